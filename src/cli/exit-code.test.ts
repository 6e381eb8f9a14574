import { describe, expect, it } from "vitest";

import { fileReport, finding, reportOf } from "../../test/builders/report.ts";
import { AppError } from "../kernel/errors.ts";
import type { FileReport } from "../kernel/report.ts";
import { exitCodeOf, exitCodeOfError } from "./exit-code.ts";

const clean = fileReport();
const unknown = fileReport({ verdict: "unknown" });
const incomplete = fileReport({ verdict: "incomplete" });
const suspicious = fileReport({ verdict: "suspicious" });
const malicious = fileReport({ verdict: "malicious" });
const truncated = { kind: "truncated", message: "ends early", locator: "a" } as const;
const both = fileReport({ verdict: "suspicious", issues: [truncated] });
const nested = fileReport({ verdict: "suspicious", children: [incomplete] });
const byRule = fileReport({
  verdict: "suspicious",
  findings: [finding({ implies: "incomplete" })],
});

describe("exitCodeOf", () => {
  it.each<[string, readonly FileReport[], [number, number, number, number]]>([
    // What is in the report; exit code by --fail-on malicious, suspicious, incomplete, unknown.
    ["clean", [clean], [0, 0, 0, 0]],
    ["unknown", [clean, unknown], [0, 0, 0, 4]],
    ["incomplete", [unknown, incomplete], [3, 3, 1, 1]],
    ["suspicious", [clean, suspicious], [0, 1, 1, 1]],
    ["suspicious and incomplete", [incomplete, suspicious], [3, 1, 1, 1]],
    ["one file that is both", [both], [3, 1, 1, 1]],
    ["one file with an incomplete part", [nested], [3, 1, 1, 1]],
    ["one file that a rule calls incomplete", [byRule], [3, 1, 1, 1]],
    ["malicious", [incomplete, malicious], [1, 1, 1, 1]],
  ])("of %s", (_name, files, expected) => {
    const report = reportOf(files);
    const levels = ["malicious", "suspicious", "incomplete", "unknown"] as const;

    expect(levels.map((failOn) => exitCodeOf(report, failOn))).toEqual(expected);
  });

  it("is 3 where only the whole is incomplete", () => {
    expect(exitCodeOf(reportOf([clean], { verdict: "incomplete" }), "suspicious")).toBe(3);
  });
});

describe("exitCodeOfError", () => {
  it("is 2 for what did not run and 130 for what was stopped", () => {
    expect(exitCodeOfError(new AppError("USAGE", "x"))).toBe(2);
    expect(exitCodeOfError(new AppError("ABORTED", "x"))).toBe(130);
  });
});
