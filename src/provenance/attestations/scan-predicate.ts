/**
 * The model-scan predicate out of a report of ours: verdict, coverage, findings by rule, and the report's own digest. A
 * report says something about the bytes whose digests it has, so these are held against the model first.
 */

import type { FileReport, Report, Subject } from "../../kernel/report.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import type { AttestedModel } from "./write-statement.ts";
import type { JsonObject } from "./statement.ts";

/** Paths that are listed with a rule. */
const MAX_PATHS = 20;

export interface ScanRecord {
  readonly report: Report;
  readonly subject: Subject;
  /** Of the report as a file. */
  readonly reportDigest: string;
  /** ISO 8601, UTC: reports have no times, so whoever attests says it. */
  readonly scannedOn: string;
}

/**
 * Why a report is not about a model, as half a sentence; nothing where every file of the model is in it with the
 * same digest. Files that lie beside the model (signatures, claims) may be in it as well.
 */
export function reportProblem(subject: Subject, model: AttestedModel): string | undefined {
  if (subject.quick === true) {
    return "it is of a quick scan, which reads no file as a whole and has no digests";
  }
  const isSingle = subject.kind === "file" && model.files.length === 1;
  const reported = new Map(subject.files.map((file) => [file.path, file]));
  for (const { name, digest } of model.files) {
    const file = isSingle ? subject.files[0] : reported.get(name);
    if (file === undefined) {
      return `it has no ${quote(name)}, which the model has`;
    }
    if (file.digestBasis !== "computed" || file.digests["sha256"] === undefined) {
      return `it has no digest of ${quote(name)} that was computed`;
    }
    if (file.digests["sha256"] !== digest) {
      return `${quote(name)} had other bytes when it was scanned`;
    }
  }
  return undefined;
}

/** The predicate. */
export function scanPredicate(record: ScanRecord): JsonObject {
  const { report, subject, reportDigest, scannedOn } = record;
  const summary = new Map<string, Summary>();
  for (const file of subject.files) {
    collect(file, file.path, summary);
  }
  for (const finding of subject.findings) {
    add(finding, finding.locator, summary);
  }
  const findings: JsonValue[] = [...summary.values()]
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1))
    .map(({ paths, ...rest }) => ({ ...rest, paths: [...paths] }));
  return {
    scanner: { ...report.tool },
    scannedOn,
    verdict: subject.verdict,
    report: { name: "report.json", digest: { sha256: reportDigest } },
    totals: {
      files: subject.files.length,
      bytes: sum(subject.files, ({ size }) => size),
      findings: bySeverity(summary.values()),
    },
    coverage: {
      understood: sum(subject.files, ({ coverage }) => coverage.understood),
      inert: sum(subject.files, ({ coverage }) => coverage.inert),
      unaccounted: sum(subject.files, ({ coverage }) => coverage.unaccounted),
    },
    findings,
    notRun: [...subject.notRun],
    ...(report.totals.suppressed === 0 ? {} : { suppressed: report.totals.suppressed }),
  };
}

interface Summary {
  readonly rule: string;
  readonly severity: string;
  readonly implies: string;
  readonly count: number;
  readonly paths: ReadonlySet<string>;
}

function collect(file: FileReport, path: string, summary: Map<string, Summary>): void {
  // As deep as scans recurse, which they bound.
  for (const finding of file.findings) {
    if (finding.suppressed === undefined) {
      add(finding, path, summary);
    }
  }
  for (const child of file.children) {
    collect(child, path, summary);
  }
}

function add(
  { rule, severity, implies }: { rule: string; severity: string; implies: string },
  path: string,
  summary: Map<string, Summary>,
): void {
  const key = `${rule} ${severity} ${implies}`;
  const known = summary.get(key) ?? { rule, severity, implies, count: 0, paths: new Set<string>() };
  const paths = known.paths.size < MAX_PATHS ? new Set([...known.paths, path]) : known.paths;
  summary.set(key, { ...known, count: known.count + 1, paths });
}

function bySeverity(summaries: Iterable<Summary>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { severity, count } of summaries) {
    counts[severity] = (counts[severity] ?? 0) + count;
  }
  return counts;
}

function sum(files: readonly FileReport[], value: (file: FileReport) => number): number {
  let total = 0;
  for (const file of files) {
    total += value(file);
  }
  return total;
}
