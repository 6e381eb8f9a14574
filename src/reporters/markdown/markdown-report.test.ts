import { describe, expect, it } from "vitest";

import { fileReport, finding, reportOf, suppressedReport } from "../../../test/builders/report.ts";
import type { Report } from "../../kernel/report.ts";
import { code } from "./code.ts";
import { writeMarkdownReport } from "./markdown-report.ts";

function text(report: Report): string {
  const parts: string[] = [];
  writeMarkdownReport(report, (part) => parts.push(part));
  return parts.join("");
}

const HOSTILE =
  '| x |\n\n# h\r![i](http://e.test/i.png) <img src=x> </code></details> `c` ``` @octocat #1 GH-1 www.e.test *b* _i_ ~s~ $m$ :tada: <!-- &lt; \\| \u202e {% raw %}"';

describe("writeMarkdownReport", () => {
  it("is one line about what is clean", () => {
    expect(text(reportOf([fileReport(), fileReport({ path: "b" })]))).toBe(
      "## weighbridge: clean\n\n2 files, 200 B: 0 malicious, 0 suspicious, 0 incomplete, 0 unknown, 2 clean\n",
    );
  });

  it("counts what is suppressed, and says which configuration was believed", () => {
    expect(text(suppressedReport())).toBe(`## weighbridge: clean

1 file, 100 B: 0 malicious, 0 suspicious, 0 incomplete, 0 unknown, 1 clean

Configuration in <code>models</code>, not used: <code>inner/weighbridge.yaml</code>

Configuration in <code>models</code>, used: <code>weighbridge.yaml</code>

1 finding is suppressed by the configuration.
`);
  });

  it("lists the rest, worst first, with the details folded", () => {
    const report = reportOf(
      [
        fileReport({ path: "u.txt", format: "unknown", verdict: "unknown" }),
        fileReport({ verdict: "malicious", findings: [finding()] }),
      ],
      { notRun: ["tree/a"] },
    );

    expect(text(report)).toBe(`## weighbridge: malicious

2 files, 200 B: **1 malicious**, 0 suspicious, 0 incomplete, **1 unknown**, 0 clean

Rules that did not run: <code>tree/a</code>

| Verdict | File | Why | Rule |
| --- | --- | --- | --- |
| malicious | <code>models/a.pkl</code> | <code>would run the shell command "touch wb&#95;canary"</code> | <code>pickle/dangerous-call</code> |
| unknown | <code>models/u.txt</code> | <code>its format is not known, so nothing can be said about it</code> | <code>coverage</code> |

<details>
<summary><code>models/a.pkl</code> (malicious, pickle, 100 B)</summary>

- <code>would run the shell command "touch wb&#95;canary"</code>, <code>pickle/dangerous-call</code>, critical, <code>byte 0x12</code>

Do not load it. Ask its author for safetensors, which cannot run anything.

SHA-256 <code>${"ab".repeat(32)}</code>

</details>
`);
  });

  it("says that a scan was quick", () => {
    expect(text(reportOf([fileReport()], { quick: true }))).toMatch(
      /<\/code>: only what the parsers asked/,
    );
  });

  it("tells findings about a tree", () => {
    const written = text(
      reportOf([fileReport()], {
        ref: "dir",
        findings: [
          finding({ implies: "suspicious", message: "odd" }),
          finding({ implies: "none" }),
        ],
      }),
    );

    expect(
      written.match(/^\| suspicious \| <code>dir<\/code> \| <code>odd<\/code>/gm),
    ).toHaveLength(1);
    expect(written.match(/^\| /gm)).toHaveLength(3);
  });

  it("lets no text of a model forge anything", () => {
    const written = text(
      reportOf(
        [
          fileReport({
            path: HOSTILE,
            verdict: "suspicious",
            findings: [
              finding({
                implies: "suspicious",
                message: HOSTILE,
                locator: `${HOSTILE}!${HOSTILE}`,
              }),
            ],
          }),
        ],
        { ref: "m", notRun: [HOSTILE] },
      ),
    );
    const lines = written.split("\n");
    const ours = written
      .replaceAll(/<code>[^<>]*<\/code>/g, "")
      .replaceAll(/^<\/?(?:details|summary)>|<\/summary>$/gm, "");

    expect(ours).not.toMatch(/[<>`@[\]]|www\.|https?:|:tada:/);
    expect(written).not.toMatch(/[`@[\]\u202e\r]|\$m|www\.|http:/u);
    // Heading, separator and one row, with four cells each.
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows.map((row) => row.split("|").length)).toEqual([6, 6, 6]);
    expect(lines.filter((line) => line.startsWith("#"))).toHaveLength(1);
  });

  it("fits into a comment, and says what it leaves out", () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      fileReport({
        path: `${index}${"<".repeat(500)}`,
        verdict: index % 2 === 0 ? "suspicious" : "incomplete",
        findings: Array.from({ length: 30 }, () => finding({ message: "@".repeat(5000) })),
      }),
    );
    const written = text(reportOf(many));
    const rows = written.match(/^\| suspicious/gm)!.length;

    expect(written.length).toBeLessThan(65_536);
    expect(written).toContain(
      `\nand ${400 - rows} more: ${200 - rows} suspicious, 200 incomplete\n`,
    );
    expect(written).toMatch(/\nDetails of \d+ files more are left out\.\n$/);
    expect(text(reportOf(many.slice(0, 1)))).toContain("- and 20 more\n");
  });
});

describe("code", () => {
  it("gives back the text when it is rendered", () => {
    const rendered = code(HOSTILE, 1000)
      .replace(/^<code>(.*)<\/code>$/, "$1")
      .replaceAll(/&#(\d+);/g, (_all, number: string) => String.fromCharCode(Number(number)));

    expect(rendered).toBe(
      HOSTILE.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\u202e", "\\u{202e}"),
    );
  });
});
