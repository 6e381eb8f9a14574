/** Streams for the readers to disagree about, from a seed and from pickles of ordinary objects. */

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { disassemble } from "../../src/codecs/pickle/disassemble.ts";
import { pickle } from "../builders/pickle.ts";
import { computedLookUp } from "./computed.ts";
import { earlyStop, straddle, withFrames } from "./frames.ts";
import { mutate } from "./mutate.ts";
import { Program } from "./program.ts";
import { Random } from "./random.ts";

/** Longer ones only take time. */
const LONGEST_MUTATED = 4096;

/** Gives stream after stream; equal seeds give equal streams. */
export function* generateStreams(seed: number, seeds: readonly Buffer[]): Generator<Buffer, never> {
  const random = new Random(seed);
  const short = seeds.filter(({ length }) => length <= LONGEST_MUTATED);
  // Ordinary objects as they are come first.
  for (const stream of seeds) {
    yield stream;
  }
  for (;;) {
    yield random.weighted<() => Buffer>([
      [30, () => program(random)],
      [12, () => computed(random)],
      [12, () => withFrames(random, programParts(random))],
      [10, () => Buffer.concat([prefix(random), straddle(random, 0).bytes])],
      [3, () => Buffer.concat([prefix(random), earlyStop(random, 0).bytes])],
      [12, () => mutate(random, random.pick(short), random.pick(short))],
      [6, () => withFrames(random, instructionsOf(random.pick(short)))],
      [8, () => mutate(random, program(random), random.pick(short))],
      [6, () => severalStreams(random, short)],
      [4, () => unterminated(random)],
    ])();
  }
}

function prefix(random: Random): Buffer {
  return random.chance(0.7) ? pickle().proto(random.int(6)).bytes() : Buffer.alloc(0);
}

function programParts(random: Random, before?: Program): Buffer[] {
  return [prefix(random), ...finished(random, new Program(random, before)).parts].filter(
    ({ length }) => length > 0,
  );
}

function finished(random: Random, program: Program): Program {
  for (let count = random.between(2, 40); count > 0; count -= 1) {
    program.step();
  }
  program.finish();
  return program;
}

function program(random: Random): Buffer {
  return Buffer.concat(programParts(random));
}

function computed(random: Random): Buffer {
  const program = new Program(random);
  for (let count = random.int(4); count > 0; count -= 1) {
    program.step();
  }
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    computedLookUp(program);
  }
  program.finish();
  return Buffer.concat([prefix(random), ...program.parts]);
}

/** One stream after another, sometimes with something between them, and with a memo in common. */
function severalStreams(random: Random, seeds: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  let before: Program | undefined;
  for (let count = random.between(2, 4); count > 0; count -= 1) {
    before = finished(random, new Program(random, before));
    const stream = random.chance(0.2)
      ? random.pick(seeds)
      : Buffer.concat([prefix(random), ...before.parts]);
    parts.push(random.chance(0.3) ? withFrames(random, instructionsOf(stream)) : stream);
    if (random.chance(0.1)) {
      parts.push(Buffer.alloc(random.int(5), random.pick([0, 0xff])));
    }
  }
  return Buffer.concat(parts);
}

/** Cut in a line: one reader stops, another cuts the last byte off and goes on. */
function unterminated(random: Random): Buffer {
  const program = new Program(random);
  for (let count = random.int(6); count > 0; count -= 1) {
    program.step();
  }
  program.lookUp();
  program.emit("GLOBAL", "wb_a", program.nextName());
  const bytes = Buffer.concat(program.parts);
  return bytes.subarray(0, bytes.length - random.int(8));
}

function instructionsOf(stream: Buffer): Buffer[] {
  return [...disassemble(new MemorySource(stream, "seed"), 0)].map(({ offset, end }) =>
    stream.subarray(offset, end),
  );
}
