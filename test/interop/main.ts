/**
 * `npm run interop -- [name…]`: runs the other files of this folder, each a program that holds ours against somebody
 * else's. A program ends with 0 when they agree, with 77 when the other program is not installed, and with anything
 * else when they differ.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** What test programs of Unix have always said for "skipped". */
const SKIPPED = 77;

const WORDS: ReadonlyMap<number, string> = new Map([
  [0, "ok"],
  [SKIPPED, "skipped"],
]);

const folder = new URL(".", import.meta.url);

function programs(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && name !== "main.ts" && !name.endsWith(".test.ts"))
    .map((name) => basename(name, ".ts"))
    .toSorted();
}

async function run(name: string): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${name}.ts`, folder))], {
    stdio: "inherit",
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}

async function main(wanted: readonly string[]): Promise<number> {
  const all = programs();
  const stranger = wanted.find((name) => !all.includes(name));
  if (stranger !== undefined) {
    console.error(`no ${stranger}; there are: ${all.join(" ")}`);
    return 2;
  }
  let failed = 0;
  for (const name of wanted.length === 0 ? all : wanted) {
    const code = await run(name);
    failed += code === 0 || code === SKIPPED ? 0 : 1;
    console.log(`${(WORDS.get(code) ?? `FAILED (${code})`).padEnd(8)} ${name}`);
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
