/** The reports that the program writes, by `--format` and `--output`, and what it says in a workflow. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import type { Report } from "../../src/kernel/report.ts";
import { runHere, runProcess, writeSamples } from "./program.ts";
import type { Outcome } from "./program.ts";

interface Sarif {
  readonly runs: readonly [
    {
      readonly results: readonly {
        readonly ruleId: string;
        readonly locations: readonly object[];
      }[];
      readonly invocations: readonly { readonly exitCode: number }[];
    },
  ];
}

const samples = writeSamples();
const { hostile, harmless } = samples;
let work: string;

beforeEach(() => {
  work = samples.freshFolder();
  mkdirSync(join(work, "models"));
  copyFileSync(hostile, join(work, "models", "bad.pkl"));
  copyFileSync(harmless, join(work, "models", "good.pkl"));
});

afterAll(() => {
  samples.remove();
});

function run(...args: string[]): Promise<Outcome> {
  return runHere(work, ["scan", "models", ...args]);
}

function read(name: string): string {
  return readFileSync(join(work, name), "utf8");
}

describe("--format", () => {
  it("writes SARIF with the files as the repository has them", async () => {
    const { code, stdout, stderr } = await run("--format", "sarif");
    const { results, invocations } = (JSON.parse(stdout) as Sarif).runs[0];

    expect([code, stderr]).toEqual([1, ""]);
    expect(results[0]).toMatchObject({
      ruleId: "pickle/dangerous-call",
      locations: [{ physicalLocation: { artifactLocation: { uri: "models/bad.pkl" } } }],
    });
    expect(invocations).toMatchObject([{ exitCode: 1, executionSuccessful: true }]);
    expect((await run("--format", "sarif", "--jobs", "2")).stdout).toBe(stdout);
  });

  it("writes Markdown", async () => {
    const { code, stdout, stderr } = await run("--format", "markdown");

    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^## weighbridge: malicious\n/);
    expect(stdout).toContain("\n| malicious | <code>models/bad.pkl</code> | ");
  });
});

describe("--output", () => {
  it("writes one more report for each format, beside the one on the screen", async () => {
    const files = ["--output", "json=r.json", "--output", "sarif=r.txt", "-o", "markdown=r.md"];
    const { code, stdout, stderr } = await run(...files);

    expect(code).toBe(1);
    expect(stdout).toMatch(/^malicious {3}models\/bad\.pkl/);
    expect(stderr).toBe("report: r.json\nreport: r.txt\nreport: r.md\n");
    expect((JSON.parse(read("r.json")) as Report).verdict).toBe("malicious");
    expect((JSON.parse(read("r.txt")) as Sarif).runs[0].results).not.toEqual([]);
    expect(read("r.md")).toMatch(/^## /);
    expect(readdirSync(work).toSorted()).toEqual(["models", "r.json", "r.md", "r.txt"]);
  });

  it.each([
    ["r.sarif", /"version": "2\.1\.0"/],
    ["r.sarif.json", /"version": "2\.1\.0"/],
    ["R.JSON", /weighbridge\.report\/v1/],
    ["r.md", /^## /],
    ["a=b.txt", /^malicious /],
  ])("knows the format of %s by its name", async (name, content) => {
    const { stdout, stderr } = await run("--output", name);

    expect(stdout).toBe("");
    expect(stderr).toMatch(/^2 files: 1 clean/);
    expect(read(name)).toMatch(content);
  });

  it("believes --format more than a name", async () => {
    await run("--output", "r.json", "--format", "markdown");

    expect(read("r.json")).toMatch(/^## /);
  });

  it("takes - for standard output", async () => {
    const { stdout } = await run("--output", "json=-", "--output", "markdown=r.md");

    expect((JSON.parse(stdout) as Report).verdict).toBe("malicious");
    expect(read("r.md")).toMatch(/^## /);
  });

  it.each([
    [["--output", "json=r", "--output", "sarif=r"], "two reports cannot both go to r"],
    [["--output", "json=-", "--output", "-"], "two reports cannot both go to standard output"],
    [["--output", "json="], "--output FORMAT=FILE needs a file"],
    [["--output", "json=r", "--output", "sarif=no/r"], "cannot write no/r: its folder does not"],
  ])("refuses %j, and leaves nothing behind", async (args, sentence) => {
    const { code, stdout, stderr } = await run(...args);

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
    expect(readdirSync(work)).toEqual(["models"]);
  });

  it("keeps the old files where the scan cannot be run", async () => {
    writeFileSync(join(work, "r.json"), "old");
    mkdirSync(join(work, "empty"));
    const { code } = await runHere(work, ["scan", "empty", "--output", "json=r.json"]);

    expect(code).toBe(2);
    expect(read("r.json")).toBe("old");
    expect(existsSync(join(work, ".r.json"))).toBe(false);
  });
});

describe("in GitHub Actions", () => {
  const env = { GITHUB_ACTIONS: "true" };

  it("annotates what it finds, behind the report for people", () => {
    const { code, stdout } = runProcess(work, ["scan", "models"], { env });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^malicious {3}models\/bad\.pkl/);
    expect(stdout.split("\n").filter((line) => line.includes("::"))).toEqual([
      '::error file=models/bad.pkl,title=pickle/dangerous-call::Would run the shell command "touch wb_canary"',
    ]);
    expect(runProcess(work, ["scan", "models"]).stdout).not.toContain("::");
  });

  it("mixes no annotations into a report for machines", () => {
    const { stdout } = runProcess(work, ["scan", "models", "--format", "json"], { env });

    expect((JSON.parse(stdout) as Report).verdict).toBe("malicious");
  });

  it.skipIf(process.platform === "win32")("obeys no file's name", () => {
    copyFileSync(hostile, join(work, "models", "::error::x ##[error]y"));
    for (const args of [["--trace"], ["--trace", "--format", "json"], ["--format", "markdown"]]) {
      const { stdout, stderr } = runProcess(work, ["scan", "models", ...args], { env });
      const commands = `${stdout}${stderr}`.split("\n").filter((line) => /^\s*::|##\[/.test(line));

      expect(commands.filter((line) => !line.startsWith("::error file=models/"))).toEqual([]);
      expect(`${stdout}${stderr}`).toContain("bad.pkl");
    }
  });
});
