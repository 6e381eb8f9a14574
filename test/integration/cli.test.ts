/** The program as its users meet it: a process with arguments, two streams and an exit code. */

import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { demoModels } from "../../src/cli/demo/models.ts";
import type { Report } from "../../src/kernel/report.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "src/cli/main.ts");
const folder = mkdtempSync(join(tmpdir(), "weighbridge-cli-"));
/** The samples; no test writes to them. */
const models = join(folder, "models");
const hostile = join(models, "hostile/shell-command.pkl");
const harmless = join(models, "harmless/settings.pkl");
const unknown = join(models, "unknown/custom-class.pkl");
const truncated = join(models, "damaged/truncated.pt");

const environment = { PATH: process.env["PATH"] };

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly cwd?: string;
  readonly input?: Uint8Array;
  readonly env?: Record<string, string>;
}

function run(args: readonly string[], { cwd = work, input, env }: Surroundings = {}): Outcome {
  const result = spawnSync(process.execPath, [main, ...args], {
    cwd,
    input: input ?? "",
    env: { ...environment, ...env },
    encoding: "utf8",
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** A fresh folder to stand in. */
let work: string;

beforeAll(() => {
  for (const { path, bytes } of demoModels()) {
    mkdirSync(join(models, path, ".."), { recursive: true });
    writeFileSync(join(models, path), bytes);
  }
});

beforeEach(() => {
  work = mkdtempSync(join(folder, "work-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("weighbridge", () => {
  it("shows help and version, and nothing else", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
    };

    expect(run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(run(["--help"])).toMatchObject({ code: 0, stderr: "" });
  });

  it("answers a mistake with a sentence on standard error and 2", () => {
    expect(run(["scna"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "weighbridge: there is no command scna; did you mean scan?\n  weighbridge --help\n",
    });
  });
});

describe("weighbridge scan", () => {
  it("is short about a clean file", () => {
    const { code, stdout, stderr } = run(["scan", harmless]);
    const lines = stdout.trimEnd().split("\n");

    expect([code, stderr]).toEqual([0, ""]);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(`clean       ${harmless}  (pickle, 68 B)`);
    expect(lines[2]).toMatch(
      /^1 file: 1 clean, 0 unknown, 0 incomplete, 0 suspicious, 0 malicious — 68 B in \d+ ms$/,
    );
  });

  it("says of a hostile file what it would do, where, and what to do instead", () => {
    const { code, stdout } = run(["scan", hostile]);

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
  ])("of %s with --fail-on %s exits with %d", (target, failOn, code) => {
    expect(run(["scan", target, "--fail-on", failOn]).code).toBe(code);
  });

  it("writes a report for machines to standard output and nothing else", () => {
    const schema = JSON.parse(
      readFileSync(join(root, "assets/schemas/report-v1.schema.json"), "utf8"),
    ) as object;
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    const first = run(["scan", models, "--format", "json"]);
    const report = JSON.parse(first.stdout) as Report;

    expect([first.code, first.stderr]).toEqual([1, ""]);
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report.totals.files).toMatchObject({ clean: 3, unknown: 1, incomplete: 1 });
    expect(run(["scan", models, "--format", "json", "--jobs", "2"]).stdout).toBe(first.stdout);
  });

  it("writes the report to a file, and the last line to standard error", () => {
    const { code, stdout, stderr } = run(["scan", harmless, hostile, "--output", "report.json"]);
    const report = JSON.parse(readFileSync(join(work, "report.json"), "utf8")) as Report;

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^2 files: 1 clean, .* 1 malicious — .*\nreport: report\.json\n$/);
    expect(report.subjects.map(({ ref }) => ref)).toEqual([harmless, hostile]);
    expect(readdirSync(work)).toEqual(["report.json"]);
  });

  it("keeps the old report where the new one cannot be written", () => {
    const { code, stderr } = run(["scan", harmless, "--output", "no/report.json"]);

    expect(code).toBe(2);
    expect(stderr).toContain("cannot write no/report.json: its folder does not exist");
  });

  it.skipIf(!existsSync("/dev/full"))("says that the disk is full", () => {
    const { code, stderr } = run(["scan", harmless, "--output", "/dev/full"]);

    expect(code).toBe(2);
    expect(stderr).toContain("cannot write /dev/full: the disk is full");
  });

  it("reads standard input", () => {
    const { code, stdout } = run(["scan", "-"], { input: readFileSync(hostile) });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^malicious {3}stdin {2}/);
  });

  it("counts clean files of a folder and groups them with nothing", () => {
    const many = join(work, "many");
    mkdirSync(many);
    for (let index = 0; index < 300; index += 1) {
      copyFileSync(harmless, join(many, `${index}.pkl`));
    }
    const { stdout } = run(["scan", "many"]);

    expect(stdout).toMatch(/^300 files: 300 clean, 0 unknown/);
    expect(run(["scan", "many", "--verbose"]).stdout.match(/^clean/gm)).toHaveLength(300);
  });

  it("takes only what matches", () => {
    expect(run(["scan", models, "--include", "harmless"]).code).toBe(0);
    expect(run(["scan", models, "--exclude", "{hostile,damaged}"]).code).toBe(0);
    expect(run(["scan", models, "--include", "*.nothing"])).toMatchObject({ code: 2, stdout: "" });
  });

  it("prints what a pickle does when it is asked to trace", () => {
    const { stdout, stderr } = run(["scan", hostile, "--trace"]);

    expect(stdout).toContain("shell-command.pkl:\n    ");
    expect(stdout).toMatch(/os.*system/);
    expect(stderr).toBe("");
    const json = run(["scan", hostile, "--trace", "--format", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: "malicious" });
    expect(json.stderr).toMatch(/^shell-command\.pkl: /);
  });

  it("holds a file to limits that the user gives", () => {
    expect(run(["scan", join(models, "harmless/state-dict.pt"), "--limits", "depth=1"]).code).toBe(
      0,
    );
    expect(run(["scan", hostile, "--limits", "dept=1"]).stderr).toContain("did you mean depth?");
  });

  it("finds what is wrong with its targets before it starts", () => {
    symlinkSync("loop", join(work, "loop"));
    mkdirSync(join(work, "empty"));
    copyFileSync(harmless, join(work, "model.pkl"));

    expect(run(["scan", "modle.pkl"]).stderr).toBe(
      "weighbridge: no such file or folder: modle.pkl\n  did you mean model.pkl?\n",
    );
    expect(run(["scan", "model.pkl", "gone", "away"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "weighbridge: no such file or folder: gone; no such file or folder: away\n  nothing was scanned\n",
    });
    expect(run(["scan", "loop"])).toMatchObject({ code: 2, stdout: "" });
    expect(run(["scan", "loop"]).stderr).toContain("the links of loop lead in a circle");
    expect(run(["scan", "empty"])).toMatchObject({ code: 2, stdout: "" });
    expect(run(["scan", "empty"]).stderr).toContain("empty: nothing to scan");
  });

  it("does not follow a link out of the folder, and says so", () => {
    mkdirSync(join(work, "repo"));
    copyFileSync(harmless, join(work, "repo", "a.pkl"));
    symlinkSync(hostile, join(work, "repo", "b.pkl"));
    const { code, stdout } = run(["scan", "repo"]);

    expect(code).toBe(1);
    expect(stdout).toContain("suspicious  repo/b.pkl");
    expect(stdout).toContain("tree/link-escape");
    expect(stdout).not.toContain("malicious   ");
  });

  it.skipIf(process.platform !== "linux")(
    "scans names that are not UTF-8 and shows them safely",
    () => {
      mkdirSync(join(work, "odd"));
      const name = Buffer.concat([
        Buffer.from(`${work}/odd/`),
        Buffer.from([0xff, 0x1b, 0x5b, 0x4a]),
      ]);
      writeFileSync(name, readFileSync(hostile));

      expect(run(["scan", "odd"]).stdout).toMatch(/^malicious {3}odd\/\\xff\\x1b\[J {2}/);
    },
  );
});

describe("configuration", () => {
  const text = `
failOn: unknown
knownNames:
  - { module: mycompany.models, name: Scaler, reason: ours }
`;

  it("is read where the user stands", () => {
    writeFileSync(join(work, "weighbridge.yaml"), "failOn: unknown\n");

    expect(run(["scan", unknown]).code).toBe(4);
    expect(run(["scan", unknown, "--fail-on", "malicious"]).code).toBe(0);
  });

  it("vouches for names", () => {
    writeFileSync(join(work, "mine.yaml"), text);

    expect(run(["scan", unknown, "--config", "mine.yaml"]).code).toBe(0);
  });

  it("is not believed where it lies in what is scanned, unless it is named", () => {
    writeFileSync(join(work, "weighbridge.yaml"), text);
    copyFileSync(unknown, join(work, "a.pkl"));
    const { code, stderr } = run(["scan", "."]);

    expect(code).toBe(0);
    expect(stderr).toContain("note: weighbridge.yaml is not used, because it lies in .,");
    expect(run(["scan", "a.pkl", "--config", "weighbridge.yaml"]).stdout).toMatch(/^clean/);
    expect(run(["scan", "."], { cwd: work }).stdout).toContain(
      "Instantiates mycompany.models.Scaler",
    );

    mkdirSync(join(work, "inner"));
    copyFileSync(join(work, "weighbridge.yaml"), join(work, "inner", "weighbridge.yaml"));
    expect(run(["scan", "inner"], { cwd: work }).stderr).toContain(
      "note: weighbridge.yaml in the scanned folder is not used as configuration",
    );
  });

  it("is refused with the place of the mistake", () => {
    writeFileSync(join(work, "weighbridge.yaml"), "knownNames:\n  - { module: a, name: b }\n");

    expect(run(["scan", harmless])).toEqual({
      code: 2,
      stdout: "",
      stderr: "weighbridge: weighbridge.yaml: knownNames[0].reason is missing\n",
    });
  });
});

describe("color", () => {
  it.each([
    [[], {}, false],
    [["--color", "always"], {}, true],
    [[], { FORCE_COLOR: "1" }, true],
    [["--color", "never"], { FORCE_COLOR: "1" }, false],
    [[], { FORCE_COLOR: "0" }, false],
    [["--color", "always"], { NO_COLOR: "1" }, true],
    [[], { NO_COLOR: "1" }, false],
  ])("with %j and %j is %s", (args, env, colored) => {
    const { stdout } = run(["scan", harmless, ...args], { env });

    expect(stdout.includes("\u001b[")).toBe(colored);
  });
});

describe.skipIf(process.platform === "win32")("interruption", () => {
  /** Starts a scan that waits for input, and lets the caller do something to it. */
  async function interrupted(signal: NodeJS.Signals): Promise<Outcome> {
    const child = spawn(process.execPath, [main, "scan", harmless, "-", "--verbose"], {
      cwd: work,
      env: environment,
    });
    let stdout = "";
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.stdout.on("data", (chunk) => {
      // The first file is told; the second will never come.
      if (stdout === "") {
        setTimeout(() => child.kill(signal), 100);
      }
      stdout += String(chunk);
    });
    const code = await new Promise<number | null>((resolve) => {
      child.on("exit", (exitCode) => resolve(exitCode));
    });
    return { code, stdout, stderr };
  }

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s exits with %d and tells what is known", async (signal, code) => {
    const outcome = await interrupted(signal);

    expect(outcome.code).toBe(code);
    expect(outcome.stdout).toContain(`clean       ${harmless}`);
    expect(outcome.stdout).toMatch(/\ninterrupted after 1 file: 1 clean,/);
    expect(outcome.stderr).toBe("interrupted: the report holds what was known so far\n");
  });

  it("by a reader that leaves is quiet", () => {
    const many = join(work, "many");
    mkdirSync(many);
    for (let index = 0; index < 3000; index += 1) {
      copyFileSync(harmless, join(many, `${index}.pkl`));
    }
    const command = `"$0" "$1" scan many --verbose | head -n 1`;
    const result = spawnSync(
      "bash",
      ["-c", `${command}; exit \${PIPESTATUS[0]}`, process.execPath, main],
      {
        cwd: work,
        env: environment,
        encoding: "utf8",
      },
    );

    expect(result.stdout).toMatch(/^clean .*\n$/);
    expect([result.status, result.stderr]).toEqual([141, ""]);
  });
});

describe("weighbridge demo", () => {
  it("writes models, says what they are, and scans them", () => {
    const { code, stdout, stderr } = run(["demo", "here"]);

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("hostile/shell-command.pkl  the oldest trick");
    expect(stdout).toMatch(/malicious {3}here\/hostile\/disguised\.pt/);
    expect(stdout).toMatch(/9 files: 3 clean, 1 unknown, 1 incomplete, 0 suspicious, 4 malicious/);
    expect(readdirSync(join(work, "here"))).toEqual(["damaged", "harmless", "hostile", "unknown"]);
    expect(existsSync(join(work, "wb_canary"))).toBe(false);
  });

  it("overwrites nothing", () => {
    writeFileSync(join(work, "mine"), "");
    const { code, stderr } = run(["demo", "."]);

    expect(code).toBe(2);
    expect(stderr).toContain(". is not empty, and demo overwrites nothing");
    expect(readdirSync(work)).toEqual(["mine"]);
  });
});
