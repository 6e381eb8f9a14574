/** Suppressed findings stay and imply nothing, all the way up; what was not looked at stays as it is. */

import { describe, expect, it } from "vitest";

import { pickle } from "../../test/builders/pickle.ts";
import { hostile } from "../../test/builders/pytorch.ts";
import { fileReport, finding } from "../../test/builders/report.ts";
import { scanTree } from "../../test/builders/memory-tree.ts";
import { layoutOf, shardedModel, shardOf } from "../../test/builders/shards.ts";
import { buildZip } from "../../test/builders/zip.ts";
import { allFindings, scanBytes } from "../../test/scan-bytes.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import type { FileReport, Report } from "../kernel/report.ts";
import type { Tree } from "../kernel/tree.ts";
import type { ScanOptions, Suppression } from "./events.ts";
import { scan } from "./scanner.ts";
import { makeSuppressor } from "./suppress.ts";

const TODAY = "2026-11-21";

function suppression(given: Partial<Suppression> = {}): Suppression {
  return { rule: "pickle/dangerous-call", reason: "known", expires: "2026-12-31", ...given };
}

function suppress(report: FileReport, ...suppressions: readonly Suppression[]): FileReport {
  return makeSuppressor(suppressions, TODAY).file(0, report);
}

const nested = buildZip([
  { name: "inner.zip", data: buildZip([{ name: "archive/data.pkl", data: hostile() }]) },
  { name: "other.pkl", data: pickle().proto(2).value(1).done() },
]);

describe("a suppressed finding", () => {
  it("stays in the report and leaves the verdict to what else there is", async () => {
    const report = await scanBytes(hostile(), "a.pkl");
    const suppressed = suppress(report, suppression({ path: "a.pkl" }));

    expect(report.verdict).toBe("malicious");
    expect(suppressed).toEqual({
      ...report,
      verdict: "clean",
      findings: [{ ...report.findings[0], suppressed: { reason: "known", expires: "2026-12-31" } }],
    });
  });

  it.each([
    ["models/old.zip", "clean"],
    ["models/**", "clean"],
    ["models", "clean"],
    ["old.zip", "clean"],
    ["models/old.zip!inner.zip", "clean"],
    ["models/old.zip!inner.zip!archive/data.pkl", "clean"],
    ["data.pkl", "clean"],
    ["models/old.zip!other.pkl", "malicious"],
    ["inner.zip", "malicious"],
    ["old", "malicious"],
    ["other/**", "malicious"],
  ])("is found by the path %s: %s", async (path, verdict) => {
    const report = await scanBytes(nested, "models/old.zip");

    expect(suppress(report, suppression({ path })).verdict).toBe(verdict);
  });

  it("is found by the digest that the scan computed of the file around it", async () => {
    const report = await scanBytes(nested, "old.zip");
    const { sha256: digest = "" } = report.digests;
    const inner = report.children[0]?.children[0]?.digests["sha256"] ?? "";

    expect(suppress(report, suppression({ digest })).verdict).toBe("clean");
    const named = suppression({ digest: `SHA256:${digest.toUpperCase()}`, path: "old.zip" });
    expect(suppress(report, named).verdict).toBe("clean");
    expect(suppress(report, suppression({ digest, path: "new.zip" })).verdict).toBe("malicious");
    expect(suppress(report, suppression({ digest: inner })).verdict).toBe("malicious");
    const stated: FileReport = { ...report, digestBasis: "stated" };
    expect(suppress(stated, suppression({ digest })).verdict).toBe("malicious");
    expect(suppress({ ...report, digests: {} }, suppression({ digest })).verdict).toBe("malicious");
  });

  it("takes nothing else with it", async () => {
    const report = await scanBytes(hostile(), "a.pkl");
    const other = suppression({ rule: "pickle/unknown-call", path: "a.pkl" });
    expect(suppress(report, other)).toEqual(report);

    const cut = await scanBytes(hostile().subarray(0, -1), "a.pkl");
    const verdicts = cut.issues.map(({ kind }) => kind);
    expect(verdicts).toContain("truncated");
    expect(suppress(cut, suppression({ path: "a.pkl" })).verdict).toBe("incomplete");

    const tail = await scanBytes(Buffer.concat([hostile(), Buffer.from("tail of a file")]), "a");
    expect(suppress(tail, suppression({ path: "a" })).verdict).toBe("unknown");
  });

  it("leaves a program in a literal as harmless as other literals are", async () => {
    const literal = Buffer.concat([hostile(), Buffer.from([0x80])]);
    const report = await scanBytes(pickle().proto(4).value(literal).done(), "a.pkl");
    expect(report).toMatchObject({ verdict: "malicious", children: [{ role: "literal" }] });

    const rules = [...new Set(allFindings(report).map(({ rule }) => rule))];
    const all = rules.map((rule) => suppression({ rule, path: "a.pkl" }));
    expect(suppress(report, ...all).verdict).toBe("clean");
  });

  it("never stands for something that was not looked at", () => {
    const unread = finding({ rule: "scan/polyglot", implies: "incomplete", locator: "a.pkl" });
    const report = fileReport({ verdict: "incomplete", findings: [unread] });
    const entry = suppression({ rule: "scan/polyglot", path: "a.pkl" });
    expect(suppress(report, entry)).toEqual(report);

    const refused = fileReport({
      size: 0,
      readings: [],
      verdict: "suspicious",
      findings: [finding({ rule: "tree/link-escape", implies: "suspicious" })],
    });
    const link = suppression({ rule: "tree/link-escape", path: "a.pkl" });
    expect(suppress(refused, link).verdict).toBe("unknown");
  });
});

/** A folder of pickles in memory, with a link out of it. */
function tree(ref: string, paths: readonly string[]): Tree {
  return {
    kind: "folder",
    ref,
    async *list() {
      for (const path of paths) {
        const rawName = Buffer.from(path);
        const open = () => Promise.resolve(new MemorySource(hostile(), path));
        yield { path, rawName, kind: "file", size: 1, identity: undefined, open };
      }
    },
  };
}

async function reportOn(trees: readonly Tree[], options: ScanOptions): Promise<Report> {
  for await (const event of scan(trees, options)) {
    if (event.kind === "report") {
      return event.report;
    }
  }
  throw new Error("no report");
}

function run(today: string, ...suppressions: readonly Suppression[]): Promise<Report> {
  const trees = [tree("one", ["a.pkl", ".git/HEAD"]), tree("two", ["b.pkl"])];
  return reportOn(trees, { suppressions, today });
}

describe("scan", () => {
  it("counts what is suppressed by itself", async () => {
    const { totals, verdict } = await run(TODAY, suppression({ path: "*.pkl" }));

    expect(verdict).toBe("clean");
    expect(totals).toMatchObject({ suppressed: 2, files: { clean: 2 }, findings: { critical: 0 } });
  });

  it.each([["HEAD"], ["one!.git"], [".git"], ["one"]])(
    "takes findings about a subject by their locator: %s",
    async (path) => {
      const report = await run(TODAY, suppression({ rule: "tree/left-out", path }));
      const left = report.subjects[0]?.findings.find(({ rule }) => rule === "tree/left-out");

      expect(left?.suppressed !== undefined).toBe(path === "one");
    },
  );

  it("takes findings of subject rules by the path of the file that they are about", async () => {
    const layout = layoutOf(["a"], ["b"]);
    const [, second = ""] = Object.keys(layout);
    const files = { ...shardedModel(layout), [second]: shardOf(["a", "b"]) };
    const { subject } = await scanTree(files);
    const [found] = subject.findings;
    const entry = { reason: "known", expires: "2026-12-31" };
    const suppressions = subject.findings.map(({ rule, locator: path }) => ({
      ...entry,
      rule,
      path,
    }));

    expect(found?.locator).not.toBe(subject.ref);
    expect(subject.verdict).not.toBe("clean");
    expect((await scanTree(files, { suppressions, today: TODAY })).subject.verdict).toBe("clean");
  });

  it("holds a suppression to its last day, and is loud about it afterwards", async () => {
    const entry = suppression({ path: "b.pkl", expires: "2026-11-21" });
    expect((await run("2026-11-21", entry)).subjects.map(({ verdict }) => verdict)).toEqual([
      "malicious",
      "clean",
    ]);

    const report = await run("2026-11-22", entry);
    expect(report.subjects.map(({ verdict }) => verdict)).toEqual(["malicious", "malicious"]);
    expect(report.subjects[0]?.findings.map(({ rule }) => rule)).toEqual(["tree/left-out"]);
    expect(report.subjects[1]?.findings).toMatchObject([
      {
        rule: "config/expired-suppression",
        implies: "none",
        locator: "two",
        message:
          'the suppression of pickle/dangerous-call for "b.pkl" ("known") expired on 2026-11-21: what it covered counts again',
      },
    ]);
  });

  it("says which suppression matched nothing, with the first subject", async () => {
    const gone = suppression({ path: "gone.pkl" });
    const old = suppression({ path: "gone.pkl", expires: "2020-01-01" });
    const { subjects } = await run(TODAY, suppression({ path: "a.pkl" }), gone, old);

    expect(subjects.map(({ findings }) => findings.map(({ rule }) => rule))).toEqual([
      ["tree/left-out", "config/unmatched-suppression", "config/expired-suppression"],
      [],
    ]);
  });

  it("does not judge what it did not come to", async () => {
    const controller = new AbortController();
    controller.abort();
    const suppressions = [suppression({ path: "a.pkl" })];
    const options = { suppressions, today: TODAY, signal: controller.signal };
    const { subjects } = await reportOn([tree("one", ["a.pkl"])], options);

    expect(subjects[0]?.findings).toEqual([]);
  });

  it("refuses what is no suppression, and to guess the day", async () => {
    await expect(run(TODAY, suppression())).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: "suppressions[0] needs a path or a digest: what it covers",
    });
    await expect(
      reportOn([tree("one", ["a.pkl"])], { suppressions: [suppression({ path: "a" })] }),
    ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
