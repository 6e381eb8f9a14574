/** The same folder again: with results that are kept by state nothing is read, by digest everything is hashed. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import type { Bench, BenchContext, Row } from "./bench.ts";
import { smallPickles } from "./inputs.ts";
import { measure, runNode, seconds } from "./measure.ts";

const FILES = 2000;
/** Pairs in each pickle, and what it is then called. */
const SIZES = [
  { entries: 520, size: "10 kB" },
  { entries: 5200, size: "100 kB" },
];
/** Files that changed just now are not known by their state. */
const SETTLED = 2500;

export const resultCache: Bench = {
  name: "result-cache",
  async run(context) {
    const rows: Row[] = [];
    for (const { entries, size } of SIZES) {
      const folder = join(context.folder, `again-${entries}`);
      smallPickles(folder, FILES, entries);
      await setTimeout(SETTLED);
      rows.push(...(await rowsOf(context, folder, size)));
    }
    return rows;
  },
};

async function rowsOf(context: BenchContext, folder: string, size: string): Promise<Row[]> {
  const fresh = `${folder}-fresh`;
  const kept = `${folder}-kept`;
  const scan = [context.program, "scan", folder, "--quiet"];
  await runNode([...scan, "--cache=stat", "--cache-dir", kept]);
  const [first, byState, byDigest] = await measure(
    context.runs,
    () => {
      rmSync(fresh, { recursive: true, force: true });
      return runNode([...scan, "--cache=stat", "--cache-dir", fresh]);
    },
    () => runNode([...scan, "--cache=stat", "--cache-dir", kept]),
    () => runNode([...scan, "--cache", "--cache-dir", kept]),
  );
  if (first === undefined || byState === undefined || byDigest === undefined) {
    return [];
  }
  const reference = `the first ${seconds(first.cpu)}, ${seconds(first.wall)}`;
  return [
    {
      work: `${FILES} pickles of ${size} again, --cache=stat`,
      measured: `${seconds(byState.cpu)} of processor, ${seconds(byState.wall)}`,
      reference,
      value: first.cpu / byState.cpu,
      target: { kind: "at least", value: 10, unit: "x" },
      spread: byState.spread,
    },
    {
      work: `${FILES} pickles of ${size} again, --cache`,
      measured: `${seconds(byDigest.cpu)} of processor, ${seconds(byDigest.wall)}`,
      reference,
      value: first.cpu / byDigest.cpu,
      target: undefined,
      spread: byDigest.spread,
    },
  ];
}
