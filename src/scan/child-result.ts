/** Results of children, and the order of what a report says. */

import type { Child, ChildResult, ParseIssue } from "../formats/format.ts";
import { unaccountedCoverage } from "../kernel/coverage.ts";
import { AppError } from "../kernel/errors.ts";
import type { DataRole, FileReport, Finding, Issue } from "../kernel/report.ts";
import type { JsonValue } from "../kernel/rule.ts";
import { compareSeverity } from "../kernel/severity.ts";
import type { DecodeEnd } from "../kernel/source.ts";
import { LISTED_ROWS, rowsOf } from "../kernel/tables.ts";
import type { LocatedTables } from "../kernel/tables.ts";
import { impliedVerdict, verdictRank } from "../kernel/verdict.ts";
import type { Verdict } from "../kernel/verdict.ts";

/**
 * A literal that nobody loads, or bytes that only look like a stream, are data: they matter when they hold
 * a payload, and say nothing about the file when they hold something ordinary or half of it.
 */
export function isMereData({ role, report }: ChildResult): boolean {
  return isDataRole(role) && verdictRank(report.verdict) < verdictRank("suspicious");
}

/** The report as it stands among its parent's children. */
export function asChild({ role, report }: ChildResult): FileReport {
  if (!isDataRole(role)) {
    return report;
  }
  const { path, ...rest } = report;
  return { path, role, ...rest };
}

function isDataRole(role: string): role is DataRole {
  return role === "literal" || role === "embedded";
}

export function endIssues(end: DecodeEnd | undefined): ParseIssue[] {
  if (end === undefined || end.status === "complete") {
    return [];
  }
  return [{ kind: end.status, message: end.detail ?? `the encoded stream is ${end.status}` }];
}

/** Tables that a report cannot list: nobody asks for the others of what is nested. */
export function longTables({ tables = [] }: ChildResult): LocatedTables[] {
  return tables.filter(
    (located) =>
      located.tables.tensors !== undefined && rowsOf(located.tables.tensors) > LISTED_ROWS,
  );
}

/** The result of a child that was not read, or not found to be anything. */
export function emptyResult(
  { role, name }: Child,
  size: number,
  verdict: Verdict,
  issues: readonly Issue[] = [],
): ChildResult {
  return {
    role,
    name,
    exports: {},
    report: {
      path: name,
      size,
      digests: {},
      digestBasis: "stated",
      format: "unknown",
      readings: [],
      verdict,
      coverage: unaccountedCoverage(size),
      findings: [],
      issues,
      children: [],
      facts: {},
    },
  };
}

export function compareFindings(a: Finding, b: Finding): number {
  return (
    verdictRank(impliedVerdict(b.implies)) - verdictRank(impliedVerdict(a.implies)) ||
    compareSeverity(a.severity, b.severity)
  );
}

export function sortedFacts(facts: Record<string, JsonValue>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a source was asked for more than it may be read for. */
export function isSourceLimit(error: unknown): error is AppError {
  return error instanceof AppError && error.code === "SOURCE_LIMIT";
}

export function sourceLimitIssue({ message, hint }: AppError, locator: string): Issue {
  return { kind: "limit", message: hint === undefined ? message : `${message}; ${hint}`, locator };
}

/** A child whose bytes cannot be had any more is incomplete; what was found in others stays found. */
export async function withinSource(
  child: Child,
  locator: string,
  scan: () => Promise<ChildResult>,
): Promise<ChildResult> {
  try {
    return await scan();
  } catch (error) {
    if (!isSourceLimit(error)) {
      throw error;
    }
    return emptyResult(child, child.size ?? 0, "incomplete", [sourceLimitIssue(error, locator)]);
  }
}
