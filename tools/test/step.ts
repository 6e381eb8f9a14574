/** One step of the suite: a program of an installed package, and a line with its name and time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../node_modules/", import.meta.url));

interface StepOptions {
  /** Let the program write to the terminal as it goes; otherwise only a failing one is heard, at its end. */
  readonly show?: boolean;
}

/** Resolves to the exit code; a program that was killed counts as 1. */
export async function runStep(
  name: string,
  [program = "", ...args]: readonly string[],
  { show = false }: StepOptions = {},
): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [packages + program, ...args], {
    stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
  });
  const output: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];

  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const exitCode = code ?? 1;
  if (exitCode !== 0) process.stdout.write(Buffer.concat(output));
  console.log(`${exitCode === 0 ? "ok    " : "FAILED"} ${name.padEnd(8)} ${seconds} s`);
  return exitCode;
}
