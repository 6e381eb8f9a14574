/**
 * `npm run fuzz -- [seconds] [--seed N] [--python PROGRAM] [--only differential|mutation]`: looks for streams
 * of which the analysis says less than CPython does, and for mutated files that break a reader, for as long as
 * one likes. Exit 1 when something was found.
 */

import { parseArgs } from "node:util";

import { runDifferential } from "./differential.ts";
import type { Tally } from "./differential.ts";
import { runMutations } from "./mutation.ts";
import { hasPython, Oracle } from "./oracle.ts";
import { minimizeMismatch, showMismatch } from "./show.ts";

/** Mismatches that are made small and shown; more of them are rarely about something else. */
const SHOWN = 5;

async function differential(seed: number, seconds: number, python: string): Promise<boolean> {
  if (!hasPython(python)) {
    console.log(`differential: skipped, there is no ${python}`);
    return true;
  }
  const deadline = performance.now() + seconds * 1000;
  const more = ({ mismatches }: Tally): boolean =>
    performance.now() < deadline && mismatches.length < 100;
  const tally = await runDifferential({ seed, more, python });
  console.log(
    `differential: ${tally.streams} streams, ${tally.names} look-ups, ${tally.computed} with computed names, ${tally.mismatches.length} mismatches`,
  );
  const oracle = new Oracle(python);
  for (const mismatch of tally.mismatches.slice(0, SHOWN)) {
    console.log(`\n${showMismatch(await minimizeMismatch(mismatch, oracle))}`);
  }
  oracle.close();
  return tally.mismatches.length === 0;
}

async function mutation(seed: number, seconds: number): Promise<boolean> {
  const result = await runMutations(seed, seconds);
  console.log(`mutation: ${result.files} files, ${result.failures.length} failures`);
  for (const { sample, bytes, problem } of result.failures.slice(0, SHOWN)) {
    console.log(`\nfrom ${sample}: ${problem}\n${bytes.toString("base64")}`);
  }
  return result.failures.length === 0;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: "string", default: String(Date.now() % 2 ** 32) },
      python: { type: "string", default: "python3" },
      only: { type: "string" },
    },
  });
  const seconds = Number(positionals[0] ?? 60);
  const seed = Number(values.seed);
  if (!(seconds > 0) || !Number.isInteger(seed)) {
    console.error(
      "usage: npm run fuzz -- [seconds] [--seed N] [--python PROGRAM] [--only differential|mutation]",
    );
    return 2;
  }
  console.log(`seed ${seed}`);
  const share = values.only === undefined ? seconds / 2 : seconds;
  const results = [
    values.only === "mutation" || (await differential(seed, share, values.python)),
    values.only === "differential" || (await mutation(seed, share)),
  ];
  return results.every(Boolean) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
