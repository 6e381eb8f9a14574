/** A gigabyte in torch's zip layout against hashing it alone, one file and two at a time. */

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Bench } from "./bench.ts";
import { largeCheckpoint } from "./inputs.ts";
import { measure, runNode, seconds } from "./measure.ts";
import type { Usage } from "./measure.ts";

const GIBIBYTE = 1024 ** 3;
const HASH = fileURLToPath(new URL("hash.ts", import.meta.url));

async function both(...works: readonly Promise<Usage>[]): Promise<Usage> {
  const started = performance.now();
  const usages = await Promise.all(works);
  return {
    wall: (performance.now() - started) / 1000,
    cpu: usages.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: undefined,
  };
}

export const largeFile: Bench = {
  name: "large-checkpoint",
  async run({ folder, program, runs }) {
    const [first, second] = [join(folder, "large-1.pt"), join(folder, "large-2.pt")];
    largeCheckpoint(first, GIBIBYTE);
    copyFileSync(first, second);
    const [scan, hash, scanTwo, hashTwo] = await measure(
      runs,
      () => runNode([program, "scan", first]),
      () => runNode([HASH, first]),
      () => runNode([program, "scan", "--jobs", "2", first, second]),
      () => both(runNode([HASH, first]), runNode([HASH, second])),
    );
    if (
      scan === undefined ||
      hash === undefined ||
      scanTwo === undefined ||
      hashTwo === undefined
    ) {
      return [];
    }
    const gain = (2 * scan.wall) / scanTwo.wall;
    const hashGain = (2 * hash.wall) / hashTwo.wall;
    return [
      {
        work: "1 GB torch zip, with its SHA-256",
        measured: `${seconds(scan.cpu)} of processor, ${seconds(scan.wall)}`,
        reference: `hashing alone ${seconds(hash.cpu)}, ${seconds(hash.wall)}`,
        value: scan.cpu / hash.cpu,
        target: { kind: "at most", value: 1.2, unit: "x" },
        spread: scan.spread,
      },
      {
        work: "two of them on two cores: what the second core gains",
        measured: `${gain.toFixed(2)} times, ${seconds(scanTwo.wall)}`,
        reference: `two hashing processes ${hashGain.toFixed(2)} times`,
        value: gain / hashGain,
        target: { kind: "at least", value: 0.85, unit: "x" },
        spread: scanTwo.spread,
      },
    ];
  },
};
