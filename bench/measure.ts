/** Runs whole processes and says what they took. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Usage {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of processor time, of all threads. */
  readonly cpu: number;
  /** Bytes at the peak; undefined where nobody can tell. */
  readonly memory: number | undefined;
}

const USAGE = fileURLToPath(new URL("usage.cjs", import.meta.url));

/** Runs Node with a script and its arguments. Rejects when it cannot be started or is killed. */
export async function runNode(
  args: readonly string[],
  exitCodes: readonly number[] = [0],
): Promise<Usage> {
  const { stderr, wall } = await runProcess(
    process.execPath,
    ["--require", USAGE, ...args],
    exitCodes,
  );
  const [, cpu = "0", memory = "0"] = /\nusage (\d+) (\d+)\n$/.exec(stderr) ?? [];
  return { wall, cpu: Number(cpu) / 1e6, memory: Number(memory) * 1024 };
}

/** Runs any program; its processor time is known to a hundredth of a second, on Linux. */
export async function runProgram(
  command: string,
  args: readonly string[],
  exitCodes: readonly number[] = [0],
): Promise<Usage> {
  const before = childrenTime();
  const { wall } = await runProcess(command, args, exitCodes);
  const cpu = childrenTime() - before;
  return { wall, cpu: cpu > 0 ? cpu : wall, memory: undefined };
}

async function runProcess(
  command: string,
  args: readonly string[],
  exitCodes: readonly number[],
): Promise<{ stderr: string; wall: number }> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  const wall = (performance.now() - started) / 1000;
  if (code === null || !exitCodes.includes(code)) {
    throw new Error(
      `${command} ${args.join(" ")} ended with ${String(code)}: ${stderr.slice(0, 2000)}`,
    );
  }
  return { stderr, wall };
}

/** Seconds of processor time of all children that have ended. */
function childrenTime(): number {
  try {
    const fields = readFileSync("/proc/self/stat", "latin1").split(") ")[1]?.split(" ") ?? [];
    // cutime and cstime in hundredths of a second.
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}

export interface Series {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
  /** Range of the middle half of processor times, relative to the median. */
  readonly spread: number;
}

/** Runs several things in turn, so that what else the machine does meets all of them, and takes medians. */
export async function measure(
  runs: number,
  ...works: readonly (() => Promise<Usage>)[]
): Promise<Series[]> {
  const usages = works.map((): Usage[] => []);
  for (let run = 0; run <= runs; run += 1) {
    for (const [index, work] of works.entries()) {
      const usage = await work();
      // The first run warms the caches of the file system.
      if (run > 0) {
        usages[index]?.push(usage);
      }
    }
  }
  return usages.map(seriesOf);
}

function seriesOf(usages: readonly Usage[]): Series {
  const cpu = usages.map((usage) => usage.cpu).toSorted((a, b) => a - b);
  const quarter = (share: number): number => cpu[Math.round((cpu.length - 1) * share)] ?? 0;
  return {
    wall: median(usages.map(({ wall }) => wall)),
    cpu: median(cpu),
    memory: Math.max(0, ...usages.map(({ memory }) => memory ?? 0)),
    spread: (quarter(0.75) - quarter(0.25)) / Math.max(quarter(0.5), 1e-9),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function seconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}
