/**
 * `npm run bench -- [name…] [--python PYTHON] [--runs N]`: measures the hot paths against references in the same
 * run and prints ratios with their targets. `--python` names the Python of an environment with picklescan in it.
 * Figures are medians; one whose runs lie far apart is marked.
 */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { holds } from "./bench.ts";
import type { Bench, Row } from "./bench.ts";
import { digest } from "./digest.ts";
import { ggufStrings } from "./gguf-strings.ts";
import { hub } from "./hub.ts";
import { largeFile } from "./large-checkpoint.ts";
import { largeSafetensors } from "./large-safetensors.ts";
import { log } from "./log.ts";
import { pickleOpcodes } from "./pickle-opcodes.ts";
import { quick } from "./quick.ts";
import { resultCache } from "./result-cache.ts";
import { safetensorsHeader } from "./safetensors-header.ts";
import { smallFiles } from "./small-files.ts";
import { startUp } from "./start-up.ts";
import { trustPolicy } from "./trust-policy.ts";
import { zip } from "./zip.ts";

const BENCHES: readonly Bench[] = [
  pickleOpcodes,
  smallFiles,
  resultCache,
  largeFile,
  largeSafetensors,
  quick,
  zip,
  ggufStrings,
  hub,
  digest,
  log,
  startUp,
  safetensorsHeader,
  trustPolicy,
];
const PROGRAM = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
/** Runs that lie further apart than this say little. */
const SHAKY = 0.15;

function markOf(holdsTarget: boolean): string {
  return holdsTarget ? "ok" : "MISSED";
}

function show(row: Row): string {
  const { work, measured, reference, value, target, spread = 0 } = row;
  const verdict = holds(row);
  const mark = verdict === undefined ? "-" : markOf(verdict);
  const figure =
    value === undefined ? "" : `${value.toFixed(value < 10 ? 2 : 0)} ${target?.unit ?? ""}`;
  const wanted =
    target === undefined
      ? ""
      : `${target.kind} ${target.value.toFixed(target.value < 10 ? 2 : 0)} ${target.unit}`;
  const shaky = spread > SHAKY ? `  (shaky: ± ${Math.round(spread * 50)} %)` : "";
  return `${mark.padEnd(7)}${figure.padStart(10)}  ${wanted.padEnd(17)} ${work}: ${measured}; ${reference}${shaky}`;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      python: { type: "string" },
      runs: { type: "string", default: "5" },
    },
  });
  const wanted = BENCHES.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  const runs = Number(values.runs);
  if (wanted.length === 0 || !Number.isInteger(runs) || runs < 1) {
    console.error(
      `usage: npm run bench -- [name…] [--python PYTHON] [--runs N]; names: ${BENCHES.map(({ name }) => name).join(" ")}`,
    );
    return 2;
  }
  if (!existsSync(PROGRAM)) {
    console.error("build first: npm run build");
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-bench-"));
  let missed = 0;
  try {
    console.log(
      `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? "?"}, load ${loadavg()[0]?.toFixed(1)}, medians of ${runs}`,
    );
    for (const bench of wanted) {
      const rows = await bench.run({ folder, runs, program: PROGRAM, python: values.python });
      for (const row of rows) {
        missed += holds(row) === false ? 1 : 0;
        console.log(show(row));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return missed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
