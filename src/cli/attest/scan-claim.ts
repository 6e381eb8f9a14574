/** The claim of what a scan found, out of a report of ours that is about these very bytes. */

import { sha256 } from "../../bytes/hash.ts";
import { AppError } from "../../kernel/errors.ts";
import { REPORT_SCHEMA } from "../../kernel/report.ts";
import type { FileReport, Report, Subject } from "../../kernel/report.ts";
import { SCAN_TYPE } from "../../provenance/attestations/namespace.ts";
import { reportProblem, scanPredicate } from "../../provenance/attestations/scan-predicate.ts";
import type { JsonObject } from "../../provenance/attestations/statement.ts";
import { asObject, fieldOf, parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import type { CommandSpec } from "../command.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import type { ClaimInput } from "./run-attest.ts";

const LARGEST = 512 * 1024 * 1024;

/** Throws `AppError` USAGE where the report is of other bytes, or is none. */
export function scanClaim(
  { given, digested }: ClaimInput,
  { name }: CommandSpec,
): { readonly type: string; readonly predicate: JsonObject } {
  const path = given.value("report");
  if (path === undefined) {
    throw new AppError("USAGE", `${name} needs a report: --report FILE`, {
      hint: "weighbridge scan MODEL --output json=FILE writes one",
    });
  }
  const bytes = readNamedFile(path, "the report", LARGEST);
  const report = readReport(bytes, path);
  const tried = report.subjects.map((subject) => ({
    subject,
    problem: reportProblem(subject, digested),
  }));
  const subject = tried.find(({ problem }) => problem === undefined)?.subject;
  if (subject === undefined) {
    const why = tried[0]?.problem ?? "it is about nothing";
    throw new AppError("USAGE", `${path} is not about this model: ${why}`, {
      hint: "scan it again; a claim has to be about the bytes that were scanned",
    });
  }
  const predicate = scanPredicate({
    report,
    subject,
    reportDigest: sha256(bytes),
    scannedOn: given.value("scanned-on") ?? new Date().toISOString(),
  });
  return { type: SCAN_TYPE, predicate };
}

/** As far as a claim depends on it; a report that somebody wrote by hand is that somebody's own claim. */
function readReport(bytes: Uint8Array, path: string): Report {
  const json = parseStrictJson(bytes);
  const object = json.kind === "value" ? asObject(json.value) : undefined;
  const subjects = object === undefined ? undefined : fieldOf(object, "subjects");
  if (
    object === undefined ||
    fieldOf(object, "schema") !== REPORT_SCHEMA ||
    !Array.isArray(subjects) ||
    !subjects.every((subject) => isSubject(subject as unknown as Subject | null))
  ) {
    throw new AppError("USAGE", `${path} is no report of ${REPORT_SCHEMA}`, {
      hint: "weighbridge scan MODEL --output json=FILE writes one",
    });
  }
  return object as unknown as Report;
}

function isSubject(value: Partial<Subject> | null): boolean {
  const { files, findings, notRun } = value ?? {};
  return (
    Array.isArray(files) &&
    files.every((file) => isFile(file as Partial<FileReport> | null)) &&
    Array.isArray(findings) &&
    Array.isArray(notRun)
  );
}

/** As deep as JSON is read. */
function isFile(value: Partial<FileReport> | null): boolean {
  const { path, size, digests, coverage, findings, children } = value ?? {};
  return (
    typeof path === "string" &&
    typeof size === "number" &&
    typeof digests === "object" &&
    typeof coverage === "object" &&
    Array.isArray(findings) &&
    Array.isArray(children) &&
    children.every((child) => isFile(child as Partial<FileReport> | null))
  );
}
