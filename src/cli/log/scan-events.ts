/** What a scan found, as entries of a log: one for each subject, with the whole report as their evidence. */

import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";

import type { Report, Subject } from "../../kernel/report.ts";
import { writeJsonReport } from "../../reporters/json/json-report.ts";
import { realPath } from "../config/load.ts";
import type { EventWithEvidence } from "./append-event.ts";

/** The events of a finished scan. */
export function scanEvents(report: Report): EventWithEvidence[] {
  const parts: string[] = [];
  writeJsonReport(report, (part) => parts.push(part));
  const document = {
    bytes: Buffer.from(parts.join("")),
    mediaType: "application/json",
    predicateType: report.schema,
  };
  return report.subjects.map((subject) => ({
    event: {
      type: "scanned",
      subject: subjectOf(subject),
      result: {
        verdict: subject.verdict,
        ruleset: report.tool.ruleset,
        files: subject.files.length,
        ...(subject.quick === true ? { quick: true } : {}),
      },
    },
    evidence: [document],
  }));
}

/** By the name that a signature would have for it, so that its history is one. */
function subjectOf({ kind, ref, revision, files }: Subject) {
  const [file] = files;
  const sha256 =
    files.length === 1 && file?.digestBasis === "computed" ? file.digests["sha256"] : undefined;
  const isLocal = kind === "file" || kind === "folder";
  return {
    name: isLocal ? nameOf(ref) : ref,
    files: files.length,
    ...(kind === "hub" && revision !== undefined ? { hf: revision } : {}),
    ...(kind === "file" && sha256 !== undefined ? { sha256 } : {}),
  };
}

/** The real path of a pipe such as `<(command)` is no path at all, and a file may be gone by now. */
function nameOf(ref: string): string {
  const real = realPath(ref);
  return basename(real !== undefined && existsSync(real) ? real : resolve(ref));
}
