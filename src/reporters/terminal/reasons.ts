/** Why a file has its verdict: what is found in it and in all that is nested in it, worst first. */

import type { FileReport, Finding, Issue } from "../../kernel/report.ts";
import { compareSeverity } from "../../kernel/severity.ts";
import type { Severity } from "../../kernel/severity.ts";
import { formatBytes } from "../../kernel/text.ts";
import { findingVerdict, verdictRank } from "../../kernel/verdict.ts";
import type { Verdict } from "../../kernel/verdict.ts";

export interface Reason {
  readonly verdict: Verdict;
  /** A sentence without a period. */
  readonly message: string;
  /** Id of the rule; for an issue of the format its kind. */
  readonly source: string;
  readonly severity?: Severity;
  readonly locator: string;
}

/** All reasons for more than `clean`, worst first and otherwise in the order of the report. */
export function reasonsOf(file: FileReport): Reason[] {
  const reasons: Reason[] = [];
  collect(file, file.path, reasons);
  return reasons.sort(
    (a, b) => verdictRank(b.verdict) - verdictRank(a.verdict) || bySeverity(a, b),
  );
}

/** Findings that lead to no verdict of their own, and deviations from a format's specification. */
export function notesOf(file: FileReport): Reason[] {
  const notes = [
    ...file.findings
      .filter(({ implies, suppressed }) => implies === "none" && suppressed === undefined)
      .map(findingReason),
    ...file.issues.filter(({ kind }) => kind === "deviation").map(issueReason),
  ];
  return [...notes, ...file.children.flatMap(notesOf)];
}

/** Findings that the user's configuration suppresses, each with why and until when. */
export function suppressedOf(file: FileReport): Reason[] {
  const here = file.findings.flatMap((finding) => {
    return finding.suppressed === undefined
      ? []
      : [{ ...findingReason(finding), message: explained(finding) }];
  });
  return [...here, ...file.children.flatMap(suppressedOf)];
}

/** The message of a finding and, where it is suppressed, why and until when. */
export function explained({ message, suppressed }: Finding): string {
  return suppressed === undefined
    ? message
    : `${message} (suppressed until ${suppressed.expires}: ${suppressed.reason})`;
}

/** Recursion ends: nesting is held to a limit when the report is made. */
function collect(file: FileReport, locator: string, into: Reason[]): void {
  const before = into.length;
  into.push(
    ...file.findings.filter((finding) => findingVerdict(finding) !== "clean").map(findingReason),
    ...file.issues.filter(({ kind }) => kind !== "deviation").map(issueReason),
  );
  for (const child of file.children) {
    collect(child, `${locator}!${child.path}`, into);
  }
  if (into.length === before && file.verdict !== "clean") {
    into.push(unaccounted(file, locator));
  }
}

function findingReason(finding: Finding): Reason {
  const { message, rule, severity, locator } = finding;
  return { verdict: findingVerdict(finding), message, source: rule, severity, locator };
}

function issueReason({ kind, message, locator }: Issue): Reason {
  return {
    verdict: kind === "deviation" ? "clean" : "incomplete",
    message,
    source: kind,
    locator,
  };
}

/** Nothing was found, and that is the reason. */
function unaccounted(file: FileReport, locator: string): Reason {
  const { unaccounted: bytes } = file.coverage;
  const known = file.format !== "unknown";
  const all = bytes === file.size;
  const amount = all ? "all of its bytes" : `${formatBytes(bytes)} of ${formatBytes(file.size)}`;
  return {
    verdict: file.verdict,
    message: known
      ? `${file.format}: ${amount} are not accounted for`
      : "its format is not known, so nothing can be said about it",
    source: "coverage",
    locator,
  };
}

function bySeverity(a: Reason, b: Reason): number {
  return compareSeverity(a.severity ?? "info", b.severity ?? "info");
}
