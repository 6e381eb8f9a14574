/** Verdicts made again from a report are those that the scan made, and no suppression hides what was not read. */

import { describe, expect, it } from "vitest";

import type { FileReport } from "../../src/kernel/report.ts";
import { fileVerdict } from "../../src/scan/file-verdict.ts";
import { makeSuppressor } from "../../src/scan/suppress.ts";
import { suppressionProblem } from "../../src/scan/suppression-problem.ts";
import { rulesOf, scanBytes } from "../scan-bytes.ts";
import { SAMPLES } from "./samples.ts";

/** Places whose verdict is not what their report leads to. */
function divergences(file: FileReport): string[] {
  const here = fileVerdict(file) === file.verdict ? [] : [`${file.path}: ${file.verdict}`];
  return [...here, ...file.children.flatMap(divergences)];
}

/** Whether something in it was not understood, apart from data that harms nobody. */
function hasGap({ issues, readings, size, children }: FileReport): boolean {
  return (
    issues.some(({ kind }) => kind !== "deviation") ||
    (readings.length === 0 && size > 0) ||
    readings.some(({ coverage }) => coverage.unaccounted > 0) ||
    children.some((child) => child.role === undefined && hasGap(child))
  );
}

describe.each(SAMPLES)("$name", ({ bytes, name }) => {
  it("has the verdicts that its report leads to", async () => {
    expect(divergences(await scanBytes(bytes, name))).toEqual([]);
  });

  it("is clean where everything is suppressed only if every byte is accounted for", async () => {
    const report = await scanBytes(bytes, name);
    const entries = rulesOf(report)
      .map((rule) => ({ rule, path: "**", reason: "test", expires: "2027-01-01" }))
      .filter((entry) => suppressionProblem(entry) === undefined);
    const suppressed = makeSuppressor(entries, "2026-01-01").file(0, report);
    const isWhole = !hasGap(report) && !rulesOf(report).some((rule) => !isTaken(rule));
    function isTaken(rule: string): boolean {
      return entries.some((entry) => entry.rule === rule);
    }

    expect(suppressed.verdict === "clean").toBe(isWhole);
    expect(rulesOf(suppressed)).toEqual(rulesOf(report));
  });
});
