/** Exit codes: what a script learns without reading the report. */

import type { AppError } from "../kernel/errors.ts";
import type { FileReport, Report } from "../kernel/report.ts";
import type { Verdict } from "../kernel/verdict.ts";
import { verdictRank } from "../kernel/verdict.ts";
import { isHarmlessData } from "../scan/file-verdict.ts";

export const OK = 0;
/** The verdict is at or above what `--fail-on` names. */
export const FAILED = 1;
/** Wrong usage, a failure of the program or its surroundings, or nothing was scanned. */
export const NOT_RUN = 2;
export const INCOMPLETE = 3;
/** Under `--fail-on unknown`, and nothing is worse than unknown. */
export const UNKNOWN = 4;
/** Whoever read the output left; as a program that SIGPIPE ends. */
export const READER_GONE = 141;

export const FAIL_ON = ["malicious", "suspicious", "incomplete", "unknown"] as const;

export type FailOn = (typeof FAIL_ON)[number];

/** The exit code of a scan that ran to its end. */
export function exitCodeOf(report: Report, failOn: FailOn): number {
  const failing = failOn === "unknown" ? "incomplete" : failOn;
  if (atLeast(report.verdict, failing)) {
    return FAILED;
  }
  if (
    report.subjects.some(({ verdict, files }) => verdict === "incomplete" || anyIncomplete(files))
  ) {
    return INCOMPLETE;
  }
  return failOn === "unknown" && atLeast(report.verdict, "unknown") ? UNKNOWN : OK;
}

function atLeast(verdict: Verdict, other: Verdict): boolean {
  return verdictRank(verdict) >= verdictRank(other);
}

/** A verdict shows the worst only: a suspicious file may be incomplete as well. */
function anyIncomplete(files: readonly FileReport[]): boolean {
  return files.some(
    (file) =>
      !isHarmlessData(file) &&
      (file.verdict === "incomplete" ||
        file.issues.some(({ kind }) => kind !== "deviation") ||
        file.findings.some(({ implies }) => implies === "incomplete") ||
        anyIncomplete(file.children)),
  );
}

/** The exit code of an expected failure. */
export function exitCodeOfError(error: AppError): number {
  switch (error.code) {
    case "ABORTED":
      return 130;
    case "LOG_INVALID":
    case "LOG_FORKED":
      return FAILED;
    default:
      return NOT_RUN;
  }
}
