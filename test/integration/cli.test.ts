/** What the program does with its arguments, and what it says. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import type { Report } from "../../src/kernel/report.ts";
import { runHere, writeSamples } from "./program.ts";
import type { Outcome } from "./program.ts";

const samples = writeSamples();
const { models, hostile, harmless, unknown, truncated } = samples;
let work: string;

beforeEach(() => {
  work = samples.freshFolder();
});

afterAll(() => {
  samples.remove();
});

function run(args: readonly string[]): Promise<Outcome> {
  return runHere(work, args);
}

describe("weighbridge scan", () => {
  it("is short about a clean file", async () => {
    const { code, stdout, stderr } = await run(["scan", harmless]);
    const lines = stdout.trimEnd().split("\n");

    expect([code, stderr]).toEqual([0, ""]);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(`clean       ${harmless}  (pickle, 68 B)`);
    expect(lines[2]).toMatch(
      /^1 file: 1 clean, 0 unknown, 0 incomplete, 0 suspicious, 0 malicious — 68 B in (?:\d+ ms|[\d.]+ s)$/,
    );
  });

  it("says of a hostile file what it would do, where, and what to do instead", async () => {
    const { code, stdout } = await run(["scan", hostile]);

    expect(code).toBe(1);
    expect(stdout).toMatch(/^malicious {3}.*shell-command\.pkl {2}\(pickle, 34 B\)\n/);
    expect(stdout).toContain('Would run the shell command "touch wb_canary"');
    expect(stdout).toMatch(/pickle\/dangerous-call, critical, byte 0x[0-9a-f]+\n/);
    expect(stdout).toContain("→ Do not load it. Ask its author for safetensors");
  });

  it.each([
    [harmless, "suspicious", 0],
    [unknown, "suspicious", 0],
    [unknown, "unknown", 4],
    [truncated, "suspicious", 3],
    [truncated, "incomplete", 1],
    [hostile, "malicious", 1],
  ])("of %s with --fail-on %s exits with %d", async (target, failOn, code) => {
    expect((await run(["scan", target, "--fail-on", failOn])).code).toBe(code);
  });

  it("writes the report to a file, and the last line to standard error", async () => {
    const { code, stdout, stderr } = await run([
      "scan",
      harmless,
      hostile,
      "--output",
      "report.json",
    ]);
    const report = JSON.parse(readFileSync(join(work, "report.json"), "utf8")) as Report;

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^2 files: 1 clean, .* 1 malicious — .*\nreport: report\.json\n$/);
    expect(report.subjects.map(({ ref }) => ref)).toEqual([harmless, hostile]);
    expect(readdirSync(work)).toEqual(["report.json"]);
  });

  it("keeps the old report where the new one cannot be written", async () => {
    const { code, stderr } = await run(["scan", harmless, "--output", "no/report.json"]);

    expect(code).toBe(2);
    expect(stderr).toContain("cannot write no/report.json: its folder does not exist");
  });

  it.skipIf(!existsSync("/dev/full"))("says that the disk is full", async () => {
    const { code, stderr } = await run(["scan", harmless, "--output", "/dev/full"]);

    expect(code).toBe(2);
    expect(stderr).toContain("cannot write /dev/full: the disk is full");
  });

  it("counts clean files of a folder and groups them with nothing", async () => {
    const many = join(work, "many");
    mkdirSync(many);
    for (let index = 0; index < 300; index += 1) {
      copyFileSync(harmless, join(many, `${index}.pkl`));
    }
    const { stdout } = await run(["scan", "many"]);

    expect(stdout).toMatch(/^300 files: 300 clean, 0 unknown/);
    expect((await run(["scan", "many", "--verbose"])).stdout.match(/^clean/gm)).toHaveLength(300);
  });

  it("takes only what matches", async () => {
    expect((await run(["scan", models, "--include", "harmless"])).code).toBe(0);
    expect((await run(["scan", models, "--exclude", "{hostile,damaged}"])).code).toBe(0);
    expect(await run(["scan", models, "--include", "*.nothing"])).toMatchObject({
      code: 2,
      stdout: "",
    });
  });

  it("prints what a pickle does when it is asked to trace", async () => {
    const { stdout, stderr } = await run(["scan", hostile, "--trace"]);

    expect(stdout).toContain("shell-command.pkl:\n    ");
    expect(stdout).toMatch(/os.*system/);
    expect(stderr).toBe("");
    const json = await run(["scan", hostile, "--trace", "--format", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: "malicious" });
    expect(json.stderr).toMatch(/^shell-command\.pkl: /);
  });

  it("holds a file to limits that the user gives", async () => {
    expect(
      (await run(["scan", join(models, "harmless/state-dict.pt"), "--limits", "depth=1"])).code,
    ).toBe(0);
    expect((await run(["scan", hostile, "--limits", "dept=1"])).stderr).toContain(
      "did you mean depth?",
    );
  });

  it("finds what is wrong with its targets before it starts", async () => {
    symlinkSync("loop", join(work, "loop"));
    mkdirSync(join(work, "empty"));
    copyFileSync(harmless, join(work, "model.pkl"));

    expect((await run(["scan", "modle.pkl"])).stderr).toBe(
      "weighbridge: no such file or folder: modle.pkl\n  did you mean model.pkl?\n",
    );
    expect(await run(["scan", "model.pkl", "gone", "away"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "weighbridge: no such file or folder: gone; no such file or folder: away\n  nothing was scanned\n",
    });
    expect(await run(["scan", "loop"])).toMatchObject({ code: 2, stdout: "" });
    expect((await run(["scan", "loop"])).stderr).toContain("the links of loop lead in a circle");
    expect(await run(["scan", "empty"])).toMatchObject({ code: 2, stdout: "" });
    expect((await run(["scan", "empty"])).stderr).toContain("empty: nothing to scan");
  });

  it("does not follow a link out of the folder, and says so", async () => {
    mkdirSync(join(work, "repo"));
    copyFileSync(harmless, join(work, "repo", "a.pkl"));
    symlinkSync(hostile, join(work, "repo", "b.pkl"));
    const { code, stdout } = await run(["scan", "repo"]);

    expect(code).toBe(1);
    expect(stdout).toContain("suspicious  repo/b.pkl");
    expect(stdout).toContain("tree/link-escape");
    expect(stdout).not.toContain("malicious   ");
  });

  it.skipIf(process.platform !== "linux")(
    "scans names that are not UTF-8 and shows them safely",
    async () => {
      mkdirSync(join(work, "odd"));
      const name = Buffer.concat([
        Buffer.from(`${work}/odd/`),
        Buffer.from([0xff, 0x1b, 0x5b, 0x4a]),
      ]);
      writeFileSync(name, readFileSync(hostile));

      expect((await run(["scan", "odd"])).stdout).toMatch(/^malicious {3}odd\/\\xff\\x1b\[J {2}/);
    },
  );
});

describe("configuration", () => {
  const text = `
failOn: unknown
knownNames:
  - { module: mycompany.models, name: Scaler, reason: ours }
`;

  it("is read where the user stands", async () => {
    writeFileSync(join(work, "weighbridge.yaml"), "failOn: unknown\n");

    expect((await run(["scan", unknown])).code).toBe(4);
    expect((await run(["scan", unknown, "--fail-on", "malicious"])).code).toBe(0);
  });

  it("vouches for names", async () => {
    writeFileSync(join(work, "mine.yaml"), text);

    expect((await run(["scan", unknown, "--config", "mine.yaml"])).code).toBe(0);
  });

  it("is not believed where it lies in what is scanned, unless it is named", async () => {
    writeFileSync(join(work, "weighbridge.yaml"), text);
    copyFileSync(unknown, join(work, "a.pkl"));
    const { code, stdout, stderr } = await run(["scan", "."]);

    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain(
      ".: weighbridge.yaml, which comes with it, is not used (see --trust-config)",
    );
    expect((await run(["scan", ".", "--format", "json"])).stderr).toContain(
      "note: weighbridge.yaml is not used, because it lies in .,",
    );
    expect((await run(["scan", "a.pkl"])).stdout).toMatch(/^unknown/);
    expect((await run(["scan", "a.pkl", "--trust-config"])).stdout).toMatch(/^clean/);
    expect((await run(["scan", "a.pkl", "--config", "weighbridge.yaml"])).stdout).toMatch(/^clean/);
    expect((await run(["scan", "."])).stdout).toContain("Instantiates mycompany.models.Scaler");

    mkdirSync(join(work, "inner"));
    copyFileSync(join(work, "weighbridge.yaml"), join(work, "inner", "weighbridge.yaml"));
    expect((await run(["scan", ".", "--trust-config"])).stdout).toContain(
      `.: inner/weighbridge.yaml, which comes with it, is not used (see --trust-config)
.: weighbridge.yaml, which comes with it, is used as configuration
`,
    );
    rmSync(join(work, "weighbridge.yaml"));
    expect((await run(["scan", "."])).stdout).toContain(
      ".: inner/weighbridge.yaml, which comes with it, is not used",
    );
  });

  it.each([["."], ["models"], ["models/hostile.pkl"], ["models/hostile.pkl", "models"]])(
    "never makes a verdict better where it comes with the model: %s",
    async (...targets) => {
      mkdirSync(join(work, "models"));
      copyFileSync(hostile, join(work, "models", "hostile.pkl"));
      const mine = `failOn: malicious
exclude: ["*.pkl"]
suppressions:
  - { rule: pickle/dangerous-call, path: "*.pkl", reason: trust me, expires: 2999-12-31 }
`;
      writeFileSync(join(work, "models", "weighbridge.yaml"), mine);
      const { code, stdout } = await run(["scan", ...targets]);

      expect(code).toBe(1);
      expect(stdout).toContain("malicious   models/hostile.pkl");
      expect(stdout).toMatch(/weighbridge\.yaml, which comes with it, is not used/);
      expect(stdout).not.toContain("suppressed");
    },
  );

  it("suppresses findings until a day, and says how many", async () => {
    mkdirSync(join(work, "models"));
    copyFileSync(hostile, join(work, "models", "hostile.pkl"));
    function configure(expires: string): void {
      const entry = `{ rule: pickle/dangerous-call, path: hostile.pkl, reason: known, expires: ${expires} }`;
      writeFileSync(join(work, "weighbridge.yaml"), `suppressions: [${entry}]\n`);
    }
    configure("2999-12-31");
    const { code, stdout } = await run(["scan", "models"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^1 finding is suppressed by the configuration; --verbose shows them\n1 file: 1 clean/,
    );
    expect((await run(["scan", "models", "--verbose"])).stdout).toMatch(
      /note: would run .* \(suppressed until 2999-12-31: known\) \(pickle\/dangerous-call, critical/,
    );

    configure("2026-01-31");
    const expired = await run(["scan", "models"]);
    expect(expired.code).toBe(1);
    expect(expired.stdout).toContain("expired on 2026-01-31: what it covered counts again");
  });

  it("is refused with the place of the mistake", async () => {
    writeFileSync(join(work, "weighbridge.yaml"), "knownNames:\n  - { module: a, name: b }\n");

    expect(await run(["scan", harmless])).toEqual({
      code: 2,
      stdout: "",
      stderr: "weighbridge: weighbridge.yaml: knownNames[0].reason is missing\n",
    });
  });
});

describe("weighbridge demo", () => {
  it("overwrites nothing", async () => {
    writeFileSync(join(work, "mine"), "");
    const { code, stderr } = await run(["demo", "."]);

    expect(code).toBe(2);
    expect(stderr).toContain(". is not empty, and demo overwrites nothing");
    expect(readdirSync(work)).toEqual(["mine"]);
  });
});
