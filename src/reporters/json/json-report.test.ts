import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import { fileReport, finding, reportOf, suppressedReport } from "../../../test/builders/report.ts";
import type { Report } from "../../kernel/report.ts";
import { writeJsonReport } from "./json-report.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../../assets/schemas/report-v1.schema.json", import.meta.url), "utf8"),
) as object;
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);

function text(report: Report): string {
  const parts: string[] = [];
  writeJsonReport(report, (part) => parts.push(part));
  return parts.join("");
}

const nested = fileReport({
  path: "m.zip",
  format: "zip",
  verdict: "malicious",
  issues: [{ kind: "deviation", message: "odd", locator: "m.zip@0x1" }],
  children: [
    fileReport({ path: "data.pkl", verdict: "malicious", findings: [finding()] }),
    fileReport({ path: "x", children: [fileReport({ path: "y" })] }),
  ],
  facts: { zeta: 1, alpha: { b: [1, { d: null, c: true }], a: "" } },
});

describe("writeJsonReport", () => {
  it.each([
    ["an empty report", reportOf([])],
    ["files", reportOf([fileReport(), fileReport({ path: "b", facts: { x: {} } })])],
    ["nested files", reportOf([nested], { findings: [finding()], notRun: ["a/b"] })],
    ["what is suppressed", suppressedReport()],
    ["a file that was not read", reportOf([fileReport({ cached: "stat" })])],
    ["a literal", reportOf([fileReport({ children: [fileReport({ role: "literal" })] })])],
    ["a quick scan", reportOf([fileReport({ digests: {} })], { quick: true })],
    ["a revision", reportOf([fileReport()], { kind: "hub", revision: "abc" })],
  ])("writes %s as the schema has it, and loses nothing", (_name, report) => {
    const parsed: unknown = JSON.parse(text(report));

    expect(validate(parsed) ? [] : validate.errors).toEqual([]);
    expect(parsed).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it("is laid out as JSON.stringify does it", () => {
    const written = text(reportOf([nested], { findings: [finding()] }));

    expect(written).toBe(`${JSON.stringify(JSON.parse(written), undefined, 2)}\n`);
  });

  it("writes the same text whatever the order in which the report was put together", () => {
    const report = reportOf([nested]);

    expect(text(reversed(report) as Report)).toBe(text(report));
  });

  it("puts the keys of open maps in order", () => {
    const written = text(reportOf([nested]));

    expect(written.indexOf('"alpha"')).toBeLessThan(written.indexOf('"zeta"'));
    expect(written.indexOf('"c": true')).toBeLessThan(written.indexOf('"d": null'));
  });

  it("leaves nothing in it that a terminal would obey, and keeps the value", () => {
    const message = "a\u001b[2J\u202e\u009b\u200b\u{e0041}\ufe0f\n\ud800é";
    const report = reportOf([fileReport({ findings: [finding({ message })] })]);
    const written = text(report);

    expect(written).not.toMatch(/[\u001b\u202e\u009b\u200b\ud800]|\ufe0f|\u{e0041}/u);
    expect(written).toContain("é");
    const parsed = JSON.parse(written) as Report;
    expect(parsed.subjects[0]!.files[0]!.findings[0]!.message).toBe(message);
  });

  it("never needs the whole report in one string", () => {
    const children = Array.from({ length: 500 }, (_, index) => fileReport({ path: `c${index}` }));
    let longest = 0;
    let total = 0;
    writeJsonReport(reportOf([fileReport({ children })]), (part) => {
      longest = Math.max(longest, part.length);
      total += part.length;
    });

    expect(total).toBeGreaterThan(100_000);
    expect(longest).toBeLessThan(2000);
  });
});

/** The same value with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(reversed);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, reversed(item)] as const)
      .toReversed(),
  );
}
