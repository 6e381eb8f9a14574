/** The samples and the ways to run the program that its integration tests share. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { demoModels } from "../../src/cli/demo/models.ts";
import { run } from "../../src/cli/program.ts";
// Commands load it when they need it; the first test's clock should not count that.
import "../../src/scan/scanner.ts";
import { recordingTerminal } from "../builders/terminal.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const main = join(root, "src/cli/main.ts");

// Where these tests run in a workflow, they are not about that; those that are say so.
delete process.env["GITHUB_ACTIONS"];

/** What a process inherits: nothing that changes how it looks. */
export const environment = { PATH: process.env["PATH"] };

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly input?: Uint8Array;
  readonly env?: Record<string, string>;
}

export interface Samples {
  /** The models of the demonstration; no test writes to them. */
  readonly models: string;
  readonly hostile: string;
  readonly harmless: string;
  readonly unknown: string;
  readonly truncated: string;
  /** A fresh folder to stand in. */
  freshFolder(): string;
  remove(): void;
}

/** Writes the samples into a temporary folder. */
export function writeSamples(): Samples {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-cli-"));
  const models = join(folder, "models");
  for (const { path, bytes } of demoModels()) {
    mkdirSync(dirname(join(models, path)), { recursive: true });
    writeFileSync(join(models, path), bytes);
  }
  return {
    models,
    hostile: join(models, "hostile/shell-command.pkl"),
    harmless: join(models, "harmless/settings.pkl"),
    unknown: join(models, "unknown/custom-class.pkl"),
    truncated: join(models, "damaged/truncated.pt"),
    freshFolder: () => mkdtempSync(join(folder, "work-")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs the program in a process of its own. */
export function runProcess(
  cwd: string,
  args: readonly string[],
  { input, env }: Surroundings = {},
): Outcome {
  const result = spawnSync(process.execPath, [main, ...args], {
    cwd,
    input: input ?? "",
    env: { ...environment, ...env },
    encoding: "utf8",
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** Runs the program in this process, which saves the start of another. */
export async function runHere(cwd: string, args: readonly string[]): Promise<Outcome> {
  const terminal = recordingTerminal();
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await run(args, terminal);
    return { code, stdout: terminal.stdout, stderr: terminal.stderr };
  } finally {
    process.chdir(before);
  }
}
