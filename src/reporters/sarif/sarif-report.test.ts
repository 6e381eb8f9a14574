import { describe, expect, it } from "vitest";

import { fileReport, finding, reportOf, suppressedReport } from "../../../test/builders/report.ts";
import type { Report } from "../../kernel/report.ts";
import { ruleCatalogue } from "../catalogue.ts";
import { STATES } from "../../scan/states.ts";
import { writeSarifReport } from "./sarif-report.ts";

interface Location {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly index?: number };
    readonly region: object;
  };
  readonly logicalLocations?: readonly object[];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Location[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly unknown[];
}

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly properties: {
    readonly tags: readonly string[];
    readonly precision: string;
    readonly "security-severity"?: string;
  };
}

interface Run {
  readonly tool: {
    readonly driver: { readonly rules: readonly Rule[]; readonly semanticVersion: string };
  };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly exitCode: number;
    readonly toolExecutionNotifications: readonly {
      readonly descriptor: { readonly id: string };
      readonly message: { readonly text: string };
      readonly locations?: readonly Location[];
    }[];
  }[];
  readonly artifacts: readonly { readonly location: { uri: string }; readonly hashes?: object }[];
  readonly results: readonly Result[];
}

function text(report: Report, interrupted = false): string {
  const parts: string[] = [];
  const rules = [...ruleCatalogue(), ...STATES];
  writeSarifReport(report, { rules, exitCode: 1, interrupted, write: (part) => parts.push(part) });
  return parts.join("");
}

function run(report: Report, interrupted = false): Run {
  return (JSON.parse(text(report, interrupted)) as { runs: Run[] }).runs[0]!;
}

describe("what is suppressed", () => {
  it("is a result with its justification", () => {
    const { results, invocations } = run(suppressedReport("our own\u202e"));

    expect(results).toMatchObject([
      {
        ruleId: "pickle/dangerous-call",
        suppressions: [
          {
            kind: "external",
            status: "accepted",
            justification: String.raw`our own\u{202e} (until 2026-12-31)`,
          },
        ],
      },
    ]);
    expect(invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
      "The configuration inner/weighbridge.yaml in models was not used",
      "The configuration weighbridge.yaml in models was used",
    ]);
  });
});

const hostile = fileReport({ verdict: "malicious", findings: [finding()] });

describe("writeSarifReport", () => {
  it("is laid out as JSON.stringify does it, and is the same for the same report", () => {
    const report = reportOf([hostile, fileReport({ path: "b" })]);
    const written = text(report);

    expect(JSON.parse(written)).toMatchObject({ version: "2.1.0", runs: [{}] });
    expect(text(report)).toBe(written);
    expect(written).toBe(`${JSON.stringify(JSON.parse(written), undefined, 2)}\n`);
    expect(JSON.parse(text(reportOf([])))).toMatchObject({
      runs: [{ results: [], artifacts: [] }],
    });
  });

  it("gives every result what code scanning needs", () => {
    const damaged = fileReport({
      path: "c.bin",
      verdict: "incomplete",
      issues: [{ kind: "truncated", message: "ends early", locator: "c.bin@0x9" }],
    });
    const { tool, results } = run(reportOf([hostile, damaged], { findings: [finding()] }));

    expect(results.map(({ ruleId }) => ruleId)).toEqual([
      "pickle/dangerous-call",
      "pickle/dangerous-call",
      "truncated",
    ]);
    for (const { ruleId, ruleIndex, level, message, locations, ...result } of results) {
      const rule = tool.driver.rules[ruleIndex]!;
      expect(rule.id).toBe(ruleId);
      for (const { text: said } of [rule.shortDescription, rule.fullDescription, rule.help]) {
        expect(said).toMatch(/\S/);
        expect(said).not.toContain("**");
      }
      expect(rule.properties.tags).toContain("security");
      expect(Number(rule.properties["security-severity"])).toBeGreaterThan(0);
      expect(rule.properties.precision).toBe("high");
      expect(["error", "warning", "note"]).toContain(level);
      expect(message.text).toMatch(/\S/);
      expect(locations[0]!.physicalLocation.artifactLocation.uri).toMatch(/^models\//);
      expect(locations[0]!.physicalLocation.region).toHaveProperty("startLine");
      expect(result.partialFingerprints["primaryLocationLineHash"]).toMatch(/^[\da-f]{32}:\d$/);
      expect(result.suppressions).toEqual([]);
    }
    expect(tool.driver.semanticVersion).toBe("0.0.0");
    expect(tool.driver.rules[0]!.properties.tags).toContain("external/cwe/cwe-502");
  });

  it.each([
    ["critical", "error"],
    ["high", "error"],
    ["medium", "warning"],
    ["low", "note"],
    ["info", "note"],
  ] as const)("takes %s for %s", (severity, level) => {
    const file = fileReport({ findings: [finding({ severity })] });

    expect(run(reportOf([file])).results[0]!.level).toBe(level);
  });

  it("keeps offsets inside of members away from the bytes of the file", () => {
    const path = "m.zip";
    const { results } = run(
      reportOf([
        fileReport({
          path,
          findings: [finding({ locator: "m.zip@0x12" }), finding({ locator: "m.zip@0x64" })],
          children: [
            fileReport({ findings: [finding({ locator: "m.zip!in.pt!data.pkl@0x1a2" })] }),
          ],
        }),
      ]),
    );
    const [top, end, nested] = results.map(({ locations }) => locations[0]!);

    expect(top!.physicalLocation.region).toEqual({ startLine: 1, byteOffset: 18, byteLength: 1 });
    expect(end!.physicalLocation.region).toMatchObject({ byteOffset: 100, byteLength: 0 });
    expect(top).not.toHaveProperty("logicalLocations");
    expect(nested!.physicalLocation.region).toEqual({ startLine: 1 });
    expect(nested!.logicalLocations).toEqual([
      { fullyQualifiedName: "m.zip!in.pt!data.pkl@0x1a2", kind: "member" },
    ]);
  });

  it.each([
    ["folder", "models", "a b/ü%[1].pkl", "models/a%20b/%C3%BC%25%5B1%5D.pkl"],
    ["folder", ".", "a.pkl", "a.pkl"],
    ["folder", "./x/../models/", "a.pkl", "models/a.pkl"],
    ["folder", "../up", "a:b.pkl", "../up/a%3Ab.pkl"],
    ["folder", "/srv/models", "a.pkl", "file:///srv/models/a.pkl"],
    ["file", "dir/a.pkl", "a.pkl", "dir/a.pkl"],
    ["file", "http:x", "http:x", "http%3Ax"],
    ["stdin", "-", "stdin", "stdin"],
    ["hub", "hf:org/name@abc", "a b.pkl", "hf:org/name@abc/a%20b.pkl"],
    ["folder", "m", "\ud800\u001b?#", "m/%EF%BF%BD%1B%3F%23"],
  ] as const)("names the file of a %s %s, %s", (kind, ref, path, uri) => {
    const { results, artifacts } = run(
      reportOf([fileReport({ path, findings: [finding({ locator: path })] })], { kind, ref }),
    );
    const location = results[0]!.locations[0]!.physicalLocation.artifactLocation;

    expect(location).toMatchObject({ uri, index: 0 });
    expect(artifacts[0]).toMatchObject({
      location: { uri },
      hashes: { "sha-256": "ab".repeat(32) },
    });
  });

  it("lets nothing vanish that nobody could read", () => {
    const coverage = { understood: 0, inert: 0, unaccounted: 100, read: 100 };
    const unknown = { format: "unknown", verdict: "unknown", coverage } as const;
    const { results, invocations, artifacts } = run(
      reportOf(
        [
          fileReport({ path: "x.dat", ...unknown }),
          fileReport({ path: "y.dat", ...unknown, verdict: "incomplete" }),
          fileReport({
            path: "z.zip",
            verdict: "unknown",
            children: [
              fileReport({ path: "1", ...unknown }),
              fileReport({ path: "2", ...unknown }),
            ],
          }),
        ],
        { quick: true, notRun: ["tree/a"] },
      ),
      true,
    );
    const [{ toolExecutionNotifications: notes, executionSuccessful, exitCode }] = invocations as [
      Run["invocations"][0],
    ];

    expect(artifacts).toHaveLength(3);
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([["coverage", "warning"]]);
    expect(notes.map(({ descriptor }) => descriptor.id)).toEqual([
      "interrupted",
      "quick",
      "rules-not-run",
      "coverage",
      "coverage",
      "coverage",
    ]);
    expect(notes[3]!.message.text).toBe("Its format is not known, so nothing can be said about it");
    expect(notes[3]!.locations![0]!.physicalLocation.artifactLocation.uri).toBe("models/x.dat");
    expect(notes[5]!.message.text).toMatch(/\(z\.zip!1\) \(and 1 more places\)$/);
    expect([executionSuccessful, exitCode]).toEqual([false, 1]);
  });

  it("lets no text of a model become a link, a placeholder or a control", () => {
    const message = "calls {0} [click](https://x.test) \\](y) \u001b[31m\u202e\u2028 <b>";
    const written = text(reportOf([fileReport({ findings: [finding({ message })] })]));
    const [{ message: said }] = (JSON.parse(written) as { runs: [Run] }).runs[0].results as [
      Result,
    ];

    expect(written).not.toMatch(/[\u001b\u202e\u2028]/u);
    expect(said.text).toContain(String.raw`Calls {{0}} \[click\](https://x.test) \\\](y) `);
    expect(said.text).not.toMatch(/(?<!\\)\[/);
    expect(said.text).not.toMatch(/[\u001b\u202e\u2028]/u);
  });

  it("tells two states of one kind apart, and neither by its offset", () => {
    function prints(offset: number): string[] {
      const issues = [offset, offset + 5].map((at) => ({
        kind: "damaged" as const,
        message: `odd at ${at}`,
        locator: `a.pkl@0x${at}`,
      }));
      const { results } = run(reportOf([fileReport({ verdict: "incomplete", issues })]));
      return results.map(({ partialFingerprints }) => partialFingerprints["weighbridge/v1"]!);
    }

    expect(new Set(prints(10)).size).toBe(2);
    expect(prints(20)).toEqual(prints(10));
  });

  it("makes two of a kind two alerts", () => {
    const { results } = run(reportOf([fileReport({ findings: [finding(), finding()] })]));
    const prints = results.map(({ partialFingerprints }) => partialFingerprints);

    expect(prints.map((print) => print["primaryLocationLineHash"]!.slice(32))).toEqual([
      ":1",
      ":2",
    ]);
    expect(prints[0]!["weighbridge/v1"]).toBe(prints[1]!["weighbridge/v1"]);
  });

  it("keeps what is worst where code scanning would refuse the number of results", () => {
    const mild = finding({ rule: "archive/trailing-data", implies: "none", severity: "low" });
    const file = fileReport({
      findings: [...Array.from({ length: 25_000 }, () => mild), finding()],
      verdict: "malicious",
    });
    const { results, invocations } = run(reportOf([file]));

    expect(results).toHaveLength(25_000);
    expect(results.at(-1)!.ruleId).toBe("pickle/dangerous-call");
    expect(invocations[0]!.toolExecutionNotifications[0]!.message.text).toBe(
      "1 of the mildest results left out: code scanning takes no more.",
    );
  });
});
