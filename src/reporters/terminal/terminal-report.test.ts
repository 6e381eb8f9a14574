import { describe, expect, it } from "vitest";

import { fileReport, finding, reportOf, suppressedReport } from "../../../test/builders/report.ts";
import type { FileReport, Report } from "../../kernel/report.ts";
import { TerminalReport } from "./terminal-report.ts";
import type { TerminalReportOptions } from "./terminal-report.ts";

const ENDING = { milliseconds: 3400, interrupted: false };

function show(
  files: readonly FileReport[],
  options: Partial<TerminalReportOptions> = {},
  report: Report = reportOf(files),
): string {
  const parts: string[] = [];
  const terminal = new TerminalReport({
    trees: [{ kind: "folder", ref: "models" }],
    write: (text) => parts.push(text),
    color: false,
    verbosity: "normal",
    ...options,
  });
  for (const file of files) {
    terminal.file("models", file);
  }
  terminal.end(report, ENDING);
  return parts.join("");
}

function malicious(given: Partial<FileReport> = {}): FileReport {
  return fileReport({ verdict: "malicious", findings: [finding()], ...given });
}

function unknown(path: string, given: Partial<FileReport> = {}): FileReport {
  return fileReport({
    path,
    format: "unknown",
    verdict: "unknown",
    coverage: { understood: 0, inert: 0, unaccounted: 100, read: 100 },
    ...given,
  });
}

const one: Partial<TerminalReportOptions> = { trees: [{ kind: "file", ref: "models" }] };

describe("TerminalReport", () => {
  it("says of one clean file that it is, and what that means", () => {
    const coverage = { understood: 40, inert: 60, unaccounted: 0, read: 40 };

    expect(show([fileReport({ coverage })], one)).toBe(
      [
        "clean       models  (pickle, 100 B)",
        "            every byte is accounted for: 40 B understood, 60 B plain numbers",
        "1 file: 1 clean, 0 unknown, 0 incomplete, 0 suspicious, 0 malicious — 100 B in 3.4 s",
        "",
      ].join("\n"),
    );
  });

  it("counts what is suppressed, and shows it to those who want to know everything", () => {
    const report = suppressedReport("a\u001b[2Jb");
    const [subject] = report.subjects;
    const files = subject?.files ?? [];
    const end =
      "1 file: 1 clean, 0 unknown, 0 incomplete, 0 suspicious, 0 malicious — 100 B in 3.4 s\n";

    expect(show(files, {}, report)).toBe(
      `models: inner/weighbridge.yaml, which comes with it, is not used (see --trust-config)
models: weighbridge.yaml, which comes with it, is used as configuration
1 finding is suppressed by the configuration; --verbose shows them
${end}`,
    );
    expect(show(files, { verbosity: "verbose" }, report)).toContain(
      String.raw`note: would run the shell command "touch wb_canary" (suppressed until 2026-12-31: a\x1b[2Jb) (pickle/dangerous-call, critical, byte 0x12)`,
    );
    expect(show(files, { verbosity: "quiet" }, report)).toBe(end);

    const left = finding({
      rule: "tree/left-out",
      implies: "none",
      message: "m",
      locator: "models",
    });
    const whole = reportOf([], {
      findings: [{ ...left, suppressed: { reason: "r", expires: "d" } }],
    });
    expect(show([], {}, whole)).not.toContain("tree/left-out");
    expect(show([], { verbosity: "verbose" }, whole)).toContain(
      "models: m (suppressed until d: r) (tree/left-out)\n",
    );
  });

  it("asks for no safetensors where the file is one", () => {
    const told = show([{ ...malicious(), format: "safetensors" }]);

    expect(told).toContain("→ Do not load it, nor what else comes from there");
    expect(told).not.toContain("Ask its author");
  });

  it("says of a malicious file what would happen, where, and what to do", () => {
    expect(show([malicious()])).toBe(
      [
        "malicious   models/a.pkl  (pickle, 100 B)",
        '            Would run the shell command "touch wb_canary"',
        "            pickle/dangerous-call, critical, byte 0x12",
        "            → Do not load it. Ask its author for safetensors, which cannot run anything.",
        "1 file: 0 clean, 0 unknown, 0 incomplete, 0 suspicious, 1 malicious — 100 B in 3.4 s",
        "",
      ].join("\n"),
    );
  });

  it("says where in a nested file", () => {
    const inner = malicious({
      path: "data.pkl",
      findings: [finding({ locator: "m.zip!in.pt!data.pkl@0x1a2" })],
    });
    const text = show([fileReport({ path: "m.zip", verdict: "malicious", children: [inner] })]);

    expect(text).toContain("pickle/dangerous-call, critical, in.pt!data.pkl, byte 0x1a2\n");
  });

  it.each([
    ["accepted", "accepts it"],
    ["rejected", "refuses it"],
  ])("says whether weights_only %s", (result, words) => {
    const facts = { pickle: { weightsOnly: { torch: "2.9", result, reason: "x" } } };

    expect(show([malicious({ facts })], one)).toContain(`weights_only=True) ${words}\n`);
    expect(show([malicious({ facts })])).not.toContain("weights_only");
  });

  it("only counts clean files in a folder, unless all are wanted", () => {
    const files = [fileReport(), fileReport({ path: "b.pkl" })];

    expect(show(files).split("\n")).toHaveLength(2);
    expect(show(files, { listAll: true })).toContain("clean       models/b.pkl");
    expect(show(files, { verbosity: "verbose" })).toContain(`sha256 ${"ab".repeat(32)}`);
  });

  it("gives each advice once", () => {
    const text = show([malicious(), malicious({ path: "b.pkl" })]);

    expect(text.match(/Do not load it/g)).toHaveLength(1);
  });

  it("shows five reasons, the worst first, and how many more there are", () => {
    const findings = Array.from({ length: 9 }, (_, index) =>
      finding({ message: `reason ${index}`, implies: index === 8 ? "malicious" : "suspicious" }),
    );
    const file = malicious({ findings });

    expect(show([file])).toMatch(/Reason 8[^]*Reason 0[^]*Reason 3[^]*and 4 more findings/);
    expect(show([file])).not.toContain("Reason 4");
    expect(show([file], { verbosity: "verbose" })).toContain("Reason 7");
  });

  it("says the same thing once, and how often it was found", () => {
    const findings = [finding(), finding({ locator: "a.pkl@0x20" })];

    expect(show([malicious({ findings })])).toContain(
      'Would run the shell command "touch wb_canary" (2 times)\n            pickle/dangerous-call, critical, byte 0x12\n',
    );
  });

  it("says of an incomplete file why, and what to do about that", () => {
    const file = fileReport({
      verdict: "incomplete",
      issues: [{ kind: "truncated", message: "ends within the directory", locator: "a.pkl@0x9" }],
    });

    expect(show([file])).toContain(
      "            Ends within the directory\n            truncated, byte 0x9\n            → The file ends early. Get it again, and scan it again.\n",
    );
  });

  it("leaves out what weighs less than the verdict, unless everything is wanted", () => {
    const file = fileReport({
      verdict: "incomplete",
      issues: [{ kind: "damaged", message: "broken", locator: "a.pkl" }],
      children: [unknown("member")],
    });

    expect(show([file])).not.toContain("member");
    expect(show([file], { verbosity: "verbose" })).toContain("member");
    expect(show([{ ...file, verdict: "unknown", issues: [] }])).toContain("member");
  });

  it("stops listing incomplete files where they become a wall, and counts on", () => {
    const files = Array.from({ length: 60 }, (_, index) =>
      fileReport({ path: `f${index}`, verdict: "incomplete" }),
    );
    const text = show(files);

    expect(text.match(/^incomplete/gm)).toHaveLength(50);
    expect(text).toContain("and 10 more incomplete files");
    expect(text).toContain("60 incomplete");
  });

  it("lists a few unknown files together, with their advice once", () => {
    const text = show([unknown("x"), malicious(), unknown("y")]);

    expect(text.indexOf("models/x")).toBeGreaterThan(text.indexOf("models/a.pkl"));
    expect(text.match(/Take it as not scanned/g)).toHaveLength(1);
    expect(text).toContain("Its format is not known, so nothing can be said about it\n");
  });

  it("groups many unknown files by what they are", () => {
    const files = [
      ...Array.from({ length: 20 }, (_, index) => unknown(`t${index}`, { format: "text" })),
      ...Array.from({ length: 1200 }, (_, index) => unknown(`u${index}`)),
    ];
    const text = show(files);

    expect(text).toContain(
      [
        "unknown     1,220 files  (--verbose lists them)",
        "            1,200 unknown: models/u0, models/u1, models/u2, …",
        "            20 text: models/t0, models/t1, models/t2, …",
        "1,220 files: 0 clean, 1,220 unknown,",
      ].join("\n"),
    );
  });

  it("shows findings about the folder", () => {
    const report = reportOf([fileReport()], {
      findings: [finding({ rule: "tree/left-out", implies: "none", message: "left out 3" })],
    });

    expect(show([fileReport()], {}, report)).toContain("models: left out 3 (tree/left-out)\n");
  });

  it("is silent about all but failures when it should be quiet", () => {
    const text = show([unknown("x"), malicious(), fileReport()], { verbosity: "quiet" });

    expect(text).not.toMatch(/→|models\/x/);
    expect(text).toMatch(/^malicious {3}models\/a\.pkl[^]*\n3 files: 1 clean, 1 unknown,/);
  });

  it("lets no string of a file write to the terminal", () => {
    const hostile = "\u001b[2J\r\n\u202eclean";
    const text = show(
      [
        malicious({
          path: hostile,
          format: "pickle",
          findings: [
            finding({ message: hostile, rule: "a/b", locator: `${hostile}!${hostile}@0x1` }),
            finding({ message: "note", implies: "none" }),
          ],
          issues: [{ kind: "deviation", message: hostile, locator: hostile }],
          children: [fileReport({ path: hostile, verdict: "unknown", format: "zip" })],
        }),
        ...Array.from({ length: 20 }, () => unknown(hostile)),
      ],
      { verbosity: "verbose", trees: [{ kind: "folder", ref: hostile }] },
    );

    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text.split("\n").every((line) => !line.startsWith("clean"))).toBe(true);
  });

  it("uses color only where it is wanted, and never instead of a word", () => {
    const plain = show([malicious()]);
    const colored = show([malicious()], { color: true });

    expect(plain).not.toContain("\u001b");
    expect(colored.replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(plain);
    expect(colored).not.toBe(plain);
  });

  it("prints a trace under the locator that it belongs to", () => {
    const parts: string[] = [];
    const terminal = new TerminalReport({
      trees: [],
      write: (text) => parts.push(text),
      color: false,
      verbosity: "normal",
    });
    terminal.trace("a", "x = 1");
    terminal.trace("a", "y = \u001b");
    terminal.trace("b", "z");

    expect(parts.join("")).toBe("a:\n    x = 1\n    y = \\x1b\nb:\n    z\n");
  });

  it("says when it was interrupted", () => {
    const parts: string[] = [];
    const terminal = new TerminalReport({
      trees: [],
      write: (text) => parts.push(text),
      color: false,
      verbosity: "normal",
    });
    terminal.end(reportOf([fileReport()]), { milliseconds: 5, interrupted: true });

    expect(parts.join("")).toMatch(/^interrupted after 1 file: 1 clean/);
  });
});
