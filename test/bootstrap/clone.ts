/**
 * A clone in miniature: the real bootstrap around a program of three lines, so that installing and building take
 * a moment instead of seconds. `state` tells what ran.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockState, writeStamp } from "../../tools/bootstrap/stamps.mjs";
import { root } from "../architecture/files.ts";

const manifest = {
  name: "miniature",
  version: "1.0.0",
  engines: { node: `>=${process.versions.node}` },
};
const lock = {
  name: "miniature",
  version: "1.0.0",
  lockfileVersion: 3,
  requires: true,
  packages: {},
};

/** Stands for the compiler: what it is given is what it writes, and a line tells that it was there. */
const buildScript = `
import { appendFileSync, cpSync, readFileSync } from "node:fs";
appendFileSync("builds.log", "built\\n");
if (readFileSync("src/cli/main.js", "utf8").includes("syntax error")) process.exit(1);
cpSync("src", process.argv[2], { recursive: true });
`;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Clone {
  readonly folder: string;
  /** Starts a task as npm would, and waits for its end. */
  start(args: readonly string[], options?: StartOptions): Promise<Outcome>;
  /** Replaces the program. */
  writeProgram(text: string): void;
  buildCount(): number;
}

/**
 * Makes the running Node too old for the clone, and puts one under tools/runtime as an installation would. It is
 * the same one by another path.
 */
export function outdateNode(clone: Clone): string {
  const runtime = join(clone.folder, "tools", "runtime");
  const name = `node-${process.platform}-${process.arch}`;
  const bin = join(runtime, "node_modules", name, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(runtime, "package.json"),
    JSON.stringify({ optionalDependencies: { [name]: "999.0.0" } }),
  );
  writeFileSync(join(runtime, "package-lock.json"), "{}");
  writeStamp(join(runtime, "node_modules"), lockState(runtime));
  symlinkSync(process.execPath, join(bin, "node"));
  requireNode(clone, ">=999");
  return bin;
}

/** Sets package.json's `engines.node`. */
export function requireNode(clone: Clone, node: string): void {
  const text = JSON.stringify({ ...manifest, type: "module", engines: { node } });
  writeFileSync(join(clone.folder, "package.json"), text);
}

export interface StartOptions {
  /** Where the user stands. */
  readonly from?: string;
  /** Called with what the program has said on stdout so far. */
  readonly onOutput?: (text: string, pid: number) => void;
}

export function makeClone(program: string): Clone {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-clone-"));
  cpSync(join(root, "tools", "bootstrap"), join(folder, "tools", "bootstrap"), { recursive: true });
  mkdirSync(join(folder, "tools", "build"));
  mkdirSync(join(folder, "src", "cli"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, type: "module" }));
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ ...lock, packages: { "": manifest } }),
  );
  writeFileSync(join(folder, "tools", "build", "main.ts"), buildScript);
  const clone: Clone = {
    folder,
    start: async (args, options = {}) => await start(folder, args, options),
    writeProgram: (text) => {
      writeFileSync(join(folder, "src", "cli", "main.js"), text);
    },
    buildCount: () => {
      const log = join(folder, "builds.log");
      return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0;
    },
  };
  clone.writeProgram(program);
  return clone;
}

async function start(
  folder: string,
  args: readonly string[],
  { from = folder, onOutput }: StartOptions,
): Promise<Outcome> {
  const child = spawn(process.execPath, [join(folder, "tools/bootstrap/main.mjs"), ...args], {
    cwd: folder,
    env: { ...process.env, INIT_CWD: from },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += String(chunk);
    if (child.pid !== undefined) onOutput?.(stdout, child.pid);
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += String(chunk)));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}
