import { describe, expect, it } from "vitest";

import { fileReport, finding, reportOf, suppressedReport } from "../../../test/builders/report.ts";
import type { Report } from "../../kernel/report.ts";
import { writeAnnotations } from "./annotations.ts";
import { withoutCommands } from "./workflow-text.ts";

function lines(report: Report): string[] {
  const parts: string[] = [];
  writeAnnotations(report, (part) => parts.push(part));
  return parts.join("").split("\n").slice(0, -1);
}

describe("writeAnnotations", () => {
  it("says nothing about what is clean", () => {
    expect(lines(reportOf([fileReport({ findings: [finding({ implies: "none" })] })]))).toEqual([]);
  });

  it("says nothing about what is suppressed", () => {
    expect(lines(suppressedReport())).toEqual([]);
  });

  it("tells findings and what is incomplete, worst first, by level", () => {
    const report = reportOf([
      fileReport({
        path: "t.pt",
        verdict: "incomplete",
        issues: [{ kind: "truncated", message: "ends early", locator: "t.pt" }],
      }),
      fileReport({
        verdict: "malicious",
        findings: [finding({ implies: "suspicious", message: "b" }), finding({ message: "a" })],
      }),
    ]);

    expect(lines(report)).toEqual([
      "::error file=models/a.pkl,title=pickle/dangerous-call::A",
      "::error file=models/a.pkl,title=pickle/dangerous-call::B",
      "::warning file=models/t.pt,title=truncated::Ends early",
    ]);
  });

  it("stops at ten of a level, and says how many more there are", () => {
    const findings = Array.from({ length: 12 }, () => finding());
    const low = finding({ severity: "low", implies: "unknown" });
    const report = reportOf([
      fileReport({
        verdict: "malicious",
        findings: [...findings, ...Array.from({ length: 11 }, () => low)],
      }),
    ]);
    const written = lines(report);

    expect(written.filter((line) => line.startsWith("::error "))).toHaveLength(10);
    expect(written.filter((line) => line.startsWith("::notice "))).toHaveLength(10);
    expect(written).toHaveLength(21);
    expect(written.at(-1)).toBe(
      "not annotated, because only 10 of a kind are shown: 2 errors, 1 notice more",
    );
  });

  it("escapes what a model could end a property or a line with", () => {
    const nasty = "100%,title=x::y\n::stop-commands::z\r##[add-mask]";
    const report = reportOf([
      fileReport({ path: nasty, verdict: "malicious", findings: [finding({ message: nasty })] }),
    ]);

    expect(lines(report)).toEqual([
      String.raw`::error file=models/100%25%2Ctitle=x%3A%3Ay\n%3A%3Astop-commands%3A%3Az\r# #[add-mask],title=pickle/dangerous-call::100%25,title=x::y\n::stop-commands::z\r# #[add-mask]`,
    ]);
  });
});

describe("withoutCommands", () => {
  it("leaves no line that the runner would obey", () => {
    expect(withoutCommands("::error::x\n  ::add-mask::y\na::b ##[error]c\n")).toBe(
      ": :error::x\n  : :add-mask::y\na::b # #[error]c\n",
    );
  });
});
