/** A report of a file of which nothing is known but what its signature says. */

import { unaccountedCoverage } from "../../kernel/coverage.ts";
import type { FileReport, Finding } from "../../kernel/report.ts";
import { subjectVerdict } from "../../scan/totals.ts";

export function bareReport(path: string, findings: readonly Finding[] = []): FileReport {
  return {
    path,
    size: 0,
    digests: {},
    digestBasis: "computed",
    format: "unknown",
    readings: [],
    verdict: subjectVerdict([], findings),
    coverage: unaccountedCoverage(0),
    findings,
    issues: [],
    children: [],
    facts: {},
  };
}
