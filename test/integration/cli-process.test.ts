/** The program as a process: its streams, its exit codes, and what signals do to it. */

import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import type { Report } from "../../src/kernel/report.ts";
import { environment, main, root, runHere, runProcess, writeSamples } from "./program.ts";
import type { Outcome, Surroundings } from "./program.ts";

const samples = writeSamples();
const { models, hostile, harmless } = samples;
let work: string;

beforeEach(() => {
  work = samples.freshFolder();
});

afterAll(() => {
  samples.remove();
});

function run(args: readonly string[], surroundings?: Surroundings): Outcome {
  return runProcess(work, args, surroundings);
}

describe("weighbridge", () => {
  it("shows help and version, and nothing else", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
    };

    expect(run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(run(["--help"])).toMatchObject({ code: 0, stderr: "" });
  });

  it("scans what a shell hands over as a pipe, and logs it by the name that it has there", () => {
    const log = join(work, "log");
    expect(run(["log", "init", log, "--origin", "example.org/log"]).code).toBe(0);
    const script = '"$0" "$1" scan <(cat "$2") --log "$3"';
    const args = ["--norc", "-c", script, process.execPath, main, harmless, log];
    const { status, stdout, stderr } = spawnSync("bash", args, {
      cwd: work,
      env: environment,
      encoding: "utf8",
    });

    expect([status, stderr]).toEqual([0, `logged: entry 0 of ${log}\n`]);
    expect(stdout).toContain("1 file: 1 clean");
    const { entry } = JSON.parse(
      run(["history", /\/(\d+) /.exec(stdout)?.[1] ?? "", "--log", log, "--json"]).stdout,
    ) as { entry: { type: string } };
    expect(entry.type).toBe("scanned");
  });

  it("answers a mistake with a sentence on standard error and 2", () => {
    expect(run(["scna"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "weighbridge: there is no command scna; did you mean scan?\n  weighbridge --help\n",
    });
  });

  it("writes a report for machines to standard output and nothing else", async () => {
    const schema = JSON.parse(
      readFileSync(join(root, "assets/schemas/report-v1.schema.json"), "utf8"),
    ) as object;
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    const first = run(["scan", models, "--format", "json"]);
    const report = JSON.parse(first.stdout) as Report;

    expect([first.code, first.stderr]).toEqual([1, ""]);
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report.totals.files).toMatchObject({ clean: 3, unknown: 1, incomplete: 1 });
    expect((await runHere(work, ["scan", models, "--format", "json", "--jobs", "2"])).stdout).toBe(
      first.stdout,
    );
  });

  it("reads standard input", () => {
    const { code, stdout } = run(["scan", "-"], { input: readFileSync(hostile) });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^malicious {3}stdin {2}/);
  });
});

describe.skipIf(!existsSync("/dev/full"))("a full disk behind standard output", () => {
  it("is said, and nothing passes", () => {
    const result = spawnSync(
      "sh",
      ["-c", '"$0" "$1" scan "$2" > /dev/full', process.execPath, main, harmless],
      {
        cwd: work,
        env: environment,
        encoding: "utf8",
      },
    );

    expect([result.status, result.stderr]).toEqual([
      2,
      "weighbridge: cannot write to standard output: the disk is full\n",
    ]);
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
      ["--norc", "--noprofile", "-c", `${command}; exit \${PIPESTATUS[0]}`, process.execPath, main],
      {
        cwd: work,
        // Bash reads its start-up file by itself where it takes the pipe for a network connection.
        env: { ...environment, SHLVL: "1" },
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
});
