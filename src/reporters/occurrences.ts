/** What a report tells, flat: each finding and each state of a file at its place. */

import { createHash } from "node:crypto";

import { withoutOffsets } from "../kernel/locator.ts";
import type { FileReport, Finding, Issue, Report, Subject } from "../kernel/report.ts";
import type { Severity } from "../kernel/severity.ts";
import { findingVerdict } from "../kernel/verdict.ts";
import type { Verdict } from "../kernel/verdict.ts";
import { reasonsOf } from "./terminal/reasons.ts";
import type { Place } from "./artifact-uri.ts";

export interface Occurrence {
  readonly subject: Place;
  /** The file of the tree, where there is one. */
  readonly file?: FileReport;
  /** Id of the rule, or the name of the state. */
  readonly rule: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly message: string;
  readonly locator: string;
  readonly fingerprint: string;
  readonly finding?: Finding;
}

/** Findings, and what made files incomplete, in the order of the report. */
export function* occurrences({ subjects }: Report): Generator<Occurrence> {
  for (const subject of subjects) {
    const files = new Map(subject.files.map((file) => [file.path, file]));
    for (const finding of subject.findings) {
      yield ofFinding(subject, files.get(finding.locator), finding);
    }
    for (const file of subject.files) {
      let told = false;
      const times = new Map<string, number>();
      for (const occurrence of inFile(subject, file, file, times)) {
        told ||= occurrence.verdict !== "clean";
        yield occurrence;
      }
      const [reason] = reasonsOf(file);
      if (!told && file.verdict === "incomplete" && reason !== undefined) {
        yield ofState(subject, file, "coverage", reason, times);
      }
    }
  }
}

/** Recursion ends: nesting is held to a limit when the report is made. */
function* inFile(
  subject: Subject,
  top: FileReport,
  file: FileReport,
  times: Map<string, number>,
): Generator<Occurrence> {
  for (const finding of file.findings) {
    yield ofFinding(subject, top, finding);
  }
  for (const issue of file.issues) {
    if (issue.kind !== "deviation") {
      yield ofState(subject, top, issue.kind, issue, times);
    }
  }
  for (const child of file.children) {
    yield* inFile(subject, top, child, times);
  }
}

function ofFinding(subject: Subject, file: FileReport | undefined, finding: Finding): Occurrence {
  const { rule, severity, message, locator, fingerprint } = finding;
  const verdict = findingVerdict(finding);
  return {
    subject,
    ...(file === undefined ? {} : { file }),
    rule,
    severity,
    verdict,
    message,
    locator,
    fingerprint,
    finding,
  };
}

function ofState(
  subject: Subject,
  file: FileReport,
  state: string,
  { message, locator }: Pick<Issue, "message" | "locator">,
  times: Map<string, number>,
): Occurrence {
  const identity = JSON.stringify([state, withoutOffsets(locator)]);
  const time = times.get(identity) ?? 0;
  times.set(identity, time + 1);
  const fingerprint = createHash("sha256").update(`${identity}#${time}`).digest("hex").slice(0, 32);
  return {
    subject,
    file,
    rule: state,
    severity: "medium",
    verdict: "incomplete",
    message,
    locator,
    fingerprint,
  };
}
