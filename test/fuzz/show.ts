/** A mismatch for people: who saw what, the bytes, and their disassembly. */

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { disassemble } from "../../src/codecs/pickle/disassemble.ts";
import { OPCODES } from "../../src/codecs/pickle/opcodes.ts";
import { escapeText } from "../../src/kernel/text.ts";
import { analyze, missing } from "./compare.ts";
import type { Mismatch } from "./differential.ts";
import { minimize } from "./minimize.ts";
import { readersOf } from "./oracle.ts";
import type { Oracle } from "./oracle.ts";

/** The smallest stream that fails in the eyes of one of the same readers. */
export async function minimizeMismatch(mismatch: Mismatch, oracle: Oracle): Promise<Mismatch> {
  const readers = mismatch.missing.reduce((bits, seen) => bits | seen.readers, 0);
  const lost = async (stream: Buffer): Promise<Mismatch["missing"]> =>
    missing(analyze(stream), (await oracle.ask([stream]))[0] ?? []).filter(
      (seen) => (seen.readers & readers) !== 0,
    );
  const stream = await minimize(mismatch.stream, async (candidate) => {
    if (mismatch.error === undefined) {
      return (await lost(candidate)).length > 0;
    }
    try {
      analyze(candidate);
      return false;
    } catch {
      return true;
    }
  });
  return mismatch.error === undefined
    ? { stream, missing: await lost(stream) }
    : { ...mismatch, stream };
}

export function showMismatch({ stream, missing: lost, error }: Mismatch): string {
  const lines = lost.map(
    ({ module, name, readers }) =>
      `missing ${escapeText(JSON.stringify([module, name]))}, looked up by: ${readersOf(readers)}`,
  );
  if (error !== undefined) {
    lines.push(`threw ${error instanceof Error ? (error.stack ?? error.message) : "no error"}`);
  }
  return [...lines, stream.toString("hex"), ...disassembly(stream)].join("\n");
}

function disassembly(stream: Buffer): string[] {
  const lines: string[] = [];
  for (let start = 0; start < stream.length;) {
    const instructions = disassemble(new MemorySource(stream, "stream"), start);
    let step = instructions.next();
    for (; step.done !== true; step = instructions.next()) {
      const { offset, end, code } = step.value;
      const operand = stream.subarray(offset + 1, end).toString("latin1");
      lines.push(
        `${String(offset).padStart(6)} ${OPCODES[code]?.name ?? "?"} ${escapeText(operand)}`.trimEnd(),
      );
    }
    if (step.value.status !== "complete") {
      lines.push(`${String(step.value.position).padStart(6)} ${step.value.detail ?? ""}`);
      break;
    }
    start = step.value.position;
  }
  return lines;
}
