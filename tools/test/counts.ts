/** How many tests passed and failed, from the report that vitest writes for machines. */
import { readFile } from "node:fs/promises";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/**
 * A file that could not even be loaded has no tests to count and counts as one failure; so does a run that
 * failed for a reason outside of all tests, an unhandled rejection say.
 */
export async function countTests(reportFile: string, exitCode: number): Promise<Counts> {
  const report = await read(reportFile);
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + unloaded.length;
  return {
    passed: report.numPassedTests,
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests,
  };
}

async function read(reportFile: string): Promise<VitestReport> {
  try {
    return JSON.parse(await readFile(reportFile, "utf8")) as VitestReport;
  } catch {
    // A runner that died before its end leaves no report.
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] };
  }
}

export function describeCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
