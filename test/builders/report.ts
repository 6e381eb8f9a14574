/** Reports made by hand, for tests of what shows them. */

import type { FileReport, Finding, Report, Subject } from "../../src/kernel/report.ts";
import { REPORT_SCHEMA } from "../../src/kernel/report.ts";
import { VERDICTS, worst } from "../../src/kernel/verdict.ts";
import type { Verdict } from "../../src/kernel/verdict.ts";

/** A clean pickle of 100 bytes, unless something else is said. */
export function fileReport(given: Partial<FileReport> = {}): FileReport {
  const size = given.size ?? 100;
  const coverage = { understood: size, inert: 0, unaccounted: 0, read: size };
  return {
    path: "a.pkl",
    size,
    digests: { sha256: "ab".repeat(32) },
    digestBasis: "computed",
    format: "pickle",
    readings: [{ format: "pickle", coverage }],
    verdict: "clean",
    coverage,
    findings: [],
    issues: [],
    children: [],
    facts: {},
    ...given,
  };
}

/** A dangerous call at the start of `a.pkl`, unless something else is said. */
export function finding(given: Partial<Finding> = {}): Finding {
  return {
    rule: "pickle/dangerous-call",
    severity: "critical",
    confidence: "high",
    trigger: "load",
    implies: "malicious",
    message: 'would run the shell command "touch wb_canary"',
    locator: "a.pkl@0x12",
    evidence: {},
    fingerprint: "0123456789abcdef0123456789abcdef",
    ...given,
  };
}

/** The report of one folder with these files. */
export function reportOf(files: readonly FileReport[], subject: Partial<Subject> = {}): Report {
  const verdict = worst(files.map((file) => file.verdict));
  const counts = Object.fromEntries(
    VERDICTS.map((name) => [name, files.filter((file) => file.verdict === name).length]),
  ) as Record<Verdict, number>;
  return {
    schema: REPORT_SCHEMA,
    tool: { name: "weighbridge", version: "0.0.0", ruleset: "test" },
    subjects: [
      { kind: "folder", ref: "models", verdict, files, findings: [], notRun: [], ...subject },
    ],
    verdict,
    totals: {
      files: counts,
      findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      suppressed: files.flatMap(({ findings }) => findings).filter((one) => one.suppressed).length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
    },
  };
}

/** A malicious call that the user accepts, in a folder that brings two configurations along. */
export function suppressedReport(reason = "known"): Report {
  const suppressed = { reason, expires: "2026-12-31" };
  return reportOf([fileReport({ findings: [finding({ suppressed })] })], {
    configurations: [
      { path: "inner/weighbridge.yaml", used: false },
      { path: "weighbridge.yaml", used: true },
    ],
  });
}
