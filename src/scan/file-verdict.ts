/**
 * The verdict of one artifact out of what its report says: the one place where it is made, for a file that was just
 * scanned and for one whose findings were suppressed afterwards.
 */

import type { FileReport } from "../kernel/report.ts";
import { findingVerdict, verdictRank, worst } from "../kernel/verdict.ts";
import type { Verdict } from "../kernel/verdict.ts";

type Parts = Pick<FileReport, "size" | "readings" | "findings" | "issues" | "children">;

/** The worst of what findings, issues, ledgers and children lead to. */
export function fileVerdict({ size, readings, findings, issues, children }: Parts): Verdict {
  const verdicts: Verdict[] = findings.map(findingVerdict);
  if (issues.some(({ kind }) => kind !== "deviation")) {
    verdicts.push("incomplete");
  }
  // What was refused without reading it stays unread, whoever accepts the refusal.
  const hides = findings.some(({ suppressed }) => suppressed !== undefined);
  if (readings.length === 0 && (size > 0 || hides)) {
    verdicts.push("unknown");
  }
  for (const { coverage } of readings) {
    if (coverage.unaccounted > 0) {
      verdicts.push("unknown");
    }
  }
  for (const child of children) {
    if (!isHarmlessData(child)) {
      verdicts.push(child.verdict);
    }
  }
  return worst(verdicts);
}

/** Data that holds no payload says nothing about what it is in. */
export function isHarmlessData({ role, verdict }: FileReport): boolean {
  return role !== undefined && verdictRank(verdict) < verdictRank("suspicious");
}
