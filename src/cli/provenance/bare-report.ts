/** A report of a file of which nothing is known but what its signature says. */

import type { FileReport, Finding } from "../../kernel/report.ts";
import { unreadableReport } from "../../scan/scan-file.ts";
import { subjectVerdict } from "../../scan/totals.ts";

export function bareReport(path: string, findings: readonly Finding[] = []): FileReport {
  return unreadableReport(path, "unreadable", "", findings, subjectVerdict([], findings));
}
