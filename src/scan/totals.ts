/** Adds up files into subjects and subjects into a report. */

import type { FileReport, Finding, Report, Subject, Totals } from "../kernel/report.ts";
import { REPORT_SCHEMA } from "../kernel/report.ts";
import { SEVERITIES } from "../kernel/severity.ts";
import type { Severity } from "../kernel/severity.ts";
import { impliedVerdict, VERDICTS, worst } from "../kernel/verdict.ts";
import type { Verdict } from "../kernel/verdict.ts";

export function subjectVerdict(
  files: readonly FileReport[],
  findings: readonly Finding[],
): Verdict {
  return worst([
    ...files.map(({ verdict }) => verdict),
    ...findings.map(({ implies }) => impliedVerdict(implies)),
  ]);
}

/** Findings of a file and of everything nested in it. */
export function* allFindings(file: FileReport): Generator<Finding> {
  yield* file.findings;
  for (const child of file.children) {
    yield* allFindings(child);
  }
}

function totalsOf(subjects: readonly Subject[]): Totals {
  const files = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<
    Verdict,
    number
  >;
  const findings = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<
    Severity,
    number
  >;
  let bytes = 0;
  for (const subject of subjects) {
    for (const { severity } of subject.findings) {
      findings[severity] += 1;
    }
    for (const file of subject.files) {
      files[file.verdict] += 1;
      bytes += file.size;
      for (const { severity } of allFindings(file)) {
        findings[severity] += 1;
      }
    }
  }
  return { files, findings, bytes };
}

/** @param tool name, version and ruleset of the program that scanned. */
export function makeReport(tool: Report["tool"], subjects: readonly Subject[]): Report {
  return {
    schema: REPORT_SCHEMA,
    tool,
    subjects,
    verdict: worst(subjects.map(({ verdict }) => verdict)),
    totals: totalsOf(subjects),
  };
}
