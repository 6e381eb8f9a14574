/** Adds up files into subjects and subjects into a report. */

import type { FileReport, Finding, Report, Subject, Totals } from "../kernel/report.ts";
import { REPORT_SCHEMA } from "../kernel/report.ts";
import { SEVERITIES } from "../kernel/severity.ts";
import type { Severity } from "../kernel/severity.ts";
import { findingVerdict, VERDICTS, worst } from "../kernel/verdict.ts";
import type { Verdict } from "../kernel/verdict.ts";

export function subjectVerdict(
  files: readonly FileReport[],
  findings: readonly Finding[],
): Verdict {
  return worst([...files.map(({ verdict }) => verdict), ...findings.map(findingVerdict)]);
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
  let suppressedCount = 0;
  let bytes = 0;
  function count({ severity, suppressed }: Finding): void {
    if (suppressed === undefined) {
      findings[severity] += 1;
    } else {
      suppressedCount += 1;
    }
  }
  for (const subject of subjects) {
    for (const finding of subject.findings) {
      count(finding);
    }
    for (const file of subject.files) {
      files[file.verdict] += 1;
      bytes += file.size;
      for (const finding of allFindings(file)) {
        count(finding);
      }
    }
  }
  return { files, findings, suppressed: suppressedCount, bytes };
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
