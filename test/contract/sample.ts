/** A small file of some format, with what a scan has to say of it. */

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { disassemble } from "../../src/codecs/pickle/disassemble.ts";
import type { Verdict } from "../../src/kernel/verdict.ts";

export interface Sample {
  /** File name with the extension that the format usually has. */
  readonly name: string;
  /** Id of the format whose reading it is for. */
  readonly format: string;
  readonly bytes: Uint8Array;
  readonly verdict: Verdict;
  /** Rules that fire on it or on something in it. */
  readonly fires?: readonly string[];
  /**
   * Positions between two structures. Whatever is put in there, somebody has to notice: the file is not clean
   * any more.
   */
  readonly boundaries?: readonly number[];
  /** Cuts that leave a whole file of the format, where the format has such. */
  readonly wholeAt?: (cut: number) => boolean;
  /** Takes long to read: it is not cut and changed a thousand times. */
  readonly heavy?: boolean;
  /** Other formats whose loaders would take the bytes, too. */
  readonly also?: readonly string[];
}

/** Positions between the opcodes of pickle streams that follow one another from `start` on. */
export function opcodeBoundaries(bytes: Uint8Array, start = 0): number[] {
  const positions: number[] = [];
  let position = start;
  while (position < bytes.length) {
    const instructions = disassemble(new MemorySource(bytes, "sample"), position);
    let step = instructions.next();
    for (; step.done !== true; step = instructions.next()) {
      positions.push(step.value.offset);
    }
    position = step.value.position;
    if (step.value.status !== "complete") {
      break;
    }
  }
  // In front of the first opcode there is another file, and what is behind the last one is its end.
  return positions.filter((at) => at > start);
}
