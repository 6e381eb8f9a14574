/** What became of each row, and what of it falls short. */

import type { FileReport, Finding } from "../../src/kernel/report.ts";
import type { Verdict } from "../../src/kernel/verdict.ts";
import { allowedVerdicts, isDue, reasonsOf, weightsOnlyOf } from "./judge.ts";
import type { Label, Since } from "./labels.ts";

export interface Result {
  readonly label: Label;
  /** `error`: the scan threw, which it never may. */
  readonly verdict: Verdict | "error";
  readonly format: string;
  readonly holds: boolean;
  readonly due: boolean;
  readonly allowed: readonly Verdict[];
  /** What the report says of `weights_only`, in the words of the labels. */
  readonly weightsOnly: string;
  readonly reasons: readonly string[];
  readonly milliseconds: number;
  /** Verdict of the same bytes without extension, where that was asked. */
  readonly bare?: Verdict | "error";
}

export function makeResult(
  label: Label,
  report: FileReport | Error,
  milliseconds: number,
  since: Since,
): Result {
  const allowed = allowedVerdicts(label, since);
  const common = { label, allowed, due: isDue(label, since), milliseconds };
  if (report instanceof Error) {
    const reasons = [report.stack ?? report.message];
    return { ...common, verdict: "error", format: "", holds: false, weightsOnly: "n/a", reasons };
  }
  const { verdict, format } = report;
  return {
    ...common,
    verdict,
    format,
    holds: allowed.includes(verdict),
    weightsOnly: weightsOnlyOf(report),
    reasons:
      verdict === "malicious" || verdict === "suspicious"
        ? loudest(report)
        : reasonsOf(report, verdict),
  };
}

/** The findings that made the verdict, of the file and of what is in it. */
function loudest(report: FileReport): string[] {
  const all = (file: FileReport): Finding[] => [...file.findings, ...file.children.flatMap(all)];
  const lines = all(report)
    .filter(({ implies }) => implies === report.verdict)
    .map(({ rule, message }) => `${rule}: ${message}`);
  return [...new Set(lines)].slice(0, 3);
}

/** Rows in which the report and the labels do not say the same of `weights_only`. */
export function weightsOnlyDisagreements(results: readonly Result[]): Result[] {
  return results.filter(
    ({ label, due, weightsOnly }) =>
      due && label.weightsOnly !== "" && label.weightsOnly !== weightsOnly,
  );
}

/** Rows that hold nothing but what well-known libraries write: the right answer is `clean`. */
export function knownRows(results: readonly Result[]): { known: Result[]; unknown: Result[] } {
  const known = results.filter(({ label, due }) => label.known && due);
  return { known, unknown: known.filter(({ verdict }) => verdict === "unknown") };
}
