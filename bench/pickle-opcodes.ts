/** Twenty megabytes of opcodes: plain data, and data with half a million calls. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Bench, BenchContext, Row } from "./bench.ts";
import { opcodeHeavy } from "./inputs.ts";
import type { OpcodeHeavy } from "./inputs.ts";
import { measure, runNode, runProgram, seconds } from "./measure.ts";
import { peer } from "./peer.ts";

const MEGABYTE = 1_000_000;
/** A process may take this much, … */
const MEMORY = 120 * MEGABYTE;
/** … and this much more for each memo entry. */
const PER_MEMO_ENTRY = 16;

interface Case {
  readonly name: string;
  readonly work: string;
  readonly input: OpcodeHeavy;
  readonly target: number;
  readonly memory: boolean;
}

async function runCase(
  context: BenchContext,
  { name, work, input, target, memory }: Case,
): Promise<Row[]> {
  const path = join(context.folder, `${name}.pkl`);
  writeFileSync(path, input.bytes);
  const ours = () => runNode([context.program, "scan", path]);
  const picklescan = peer(context, "picklescan");
  const theirs = picklescan === undefined ? [] : [() => runProgram(picklescan, ["-p", path])];
  const [own, other] = await measure(context.runs, ours, ...theirs);
  const size = `${(input.bytes.length / MEGABYTE).toFixed(0)} MB, ${(input.opcodes / MEGABYTE).toFixed(1)} M opcodes`;
  const measured =
    own === undefined ? "" : `${seconds(own.cpu)} of processor, ${seconds(own.wall)}`;
  const rows: Row[] = [
    {
      work: `${work}, ${size}`,
      measured,
      reference:
        other === undefined
          ? "no picklescan"
          : `picklescan ${seconds(other.cpu)}, ${seconds(other.wall)}`,
      value: own === undefined || other === undefined ? undefined : other.cpu / own.cpu,
      target: { kind: "at least", value: target, unit: "x" },
      ...(own === undefined ? {} : { spread: own.spread }),
    },
  ];
  if (memory && own !== undefined) {
    rows.push({
      work: `${work}: memory at the peak`,
      measured: `${(own.memory / MEGABYTE).toFixed(0)} MB`,
      reference: `${input.memoEntries} memo entries`,
      value: own.memory / MEGABYTE,
      target: {
        kind: "at most",
        value: (MEMORY + PER_MEMO_ENTRY * input.memoEntries) / MEGABYTE,
        unit: "MB",
      },
    });
  }
  return rows;
}

export const pickleOpcodes: Bench = {
  name: "pickle-opcodes",
  async run(context) {
    const plain = await runCase(context, {
      name: "opcodes",
      work: "pickle without names",
      input: opcodeHeavy(),
      target: 80,
      memory: true,
    });
    const calls = await runCase(context, {
      name: "calls",
      work: "pickle with 500,000 calls",
      input: opcodeHeavy(500_000),
      target: 20,
      memory: false,
    });
    return [...plain, ...calls];
  },
};
