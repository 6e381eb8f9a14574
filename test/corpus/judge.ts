/** Whether a verdict is what a label asks for. */

import type { FileReport } from "../../src/kernel/report.ts";
import type { Verdict } from "../../src/kernel/verdict.ts";
import { SINCE } from "./labels.ts";
import type { Label, Since } from "./labels.ts";

const ALLOWED: Readonly<Record<Label["expected"], readonly Verdict[]>> = {
  malicious: ["malicious"],
  flagged: ["malicious", "suspicious"],
  notclean: ["malicious", "suspicious", "incomplete", "unknown"],
  benign: ["clean", "unknown"],
  any: ["clean", "unknown", "incomplete", "suspicious", "malicious"],
};

/** Whether what the label needs exists at `since`. */
export function isDue(label: Label, since: Since): boolean {
  return SINCE.indexOf(label.since) <= SINCE.indexOf(since);
}

/** Verdicts with which a row holds. Of a hostile file that is not due, it is asked that it is not clean. */
export function allowedVerdicts(label: Label, since: Since): readonly Verdict[] {
  const later =
    label.expected === "malicious" || label.expected === "flagged" ? "notclean" : label.expected;
  return ALLOWED[isDue(label, since) ? label.expected : later];
}

/** What the report says of `torch.load(weights_only=True)`, in the words of the labels. */
export function weightsOnlyOf(report: FileReport): string {
  const pickle = report.facts["pickle"] as { weightsOnly?: { result?: string } } | undefined;
  switch (pickle?.weightsOnly?.result) {
    case "accepted":
      return "yes";
    case "rejected":
      return "no";
    default:
      return "n/a";
  }
}

/** Why a file is no better than its verdict: findings and unread bytes, innermost first. */
export function reasonsOf(report: FileReport, verdict: Verdict): string[] {
  const nested = report.children.flatMap((child) =>
    child.verdict === verdict ? reasonsOf(child, verdict) : [],
  );
  const own = report.findings
    .filter(({ implies }) => implies === verdict)
    .map(({ rule, message }) => `${rule}: ${withoutNumbers(message)}`);
  if (verdict === "incomplete") {
    own.push(
      ...report.issues
        .filter(({ kind }) => kind !== "deviation")
        .map(({ kind, message }) => `${kind}: ${withoutNumbers(message)}`),
    );
  }
  if (verdict === "unknown" && own.length === 0 && nested.length === 0) {
    own.push(
      report.readings.length === 0
        ? "no format reads it"
        : `${report.readings.map(({ format }) => format).join("+")}: bytes that are not understood`,
    );
  }
  return [...new Set([...nested, ...own])];
}

/** Messages that differ in offsets and sizes only are one reason. */
function withoutNumbers(message: string): string {
  return message.replaceAll(/\b(?:0x[0-9a-f]+|\d{4,})\b/g, "#");
}
