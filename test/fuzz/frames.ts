/**
 * Frames that are right, short, long, empty, nested, or that end in the middle of an operand, where
 * readers part: one goes on behind the frame, one reads the operand through, one stops.
 */

import type { OpcodeName } from "../../src/codecs/pickle/opcodes.ts";
import { littleEndian, pickle } from "../builders/pickle.ts";
import { Program } from "./program.ts";
import type { Random } from "./random.ts";

function frame(length: number | bigint): Buffer {
  return pickle().op("FRAME", length).bytes();
}

/** Puts frames around runs of opcodes; `parts` is one opcode each. */
export function withFrames(random: Random, parts: readonly Buffer[]): Buffer {
  const out: Buffer[] = [];
  let index = 0;
  while (index < parts.length) {
    const until = Math.min(parts.length, index + random.int(12));
    const run = Buffer.concat(parts.slice(index, until));
    if (random.chance(0.7)) {
      out.push(
        frame(
          random.weighted<number | bigint>([
            [6, run.length],
            [2, Math.max(0, run.length - random.between(1, 6))],
            [1, run.length + random.between(1, 40)],
            [1, 0],
            [1, random.pick([2 ** 20, 2 ** 40, 2n ** 64n - 1n, 2n ** 63n])],
          ]),
        ),
      );
    }
    if (random.chance(0.1) && run.length > 0) {
      const cut = random.int(run.length);
      out.push(run.subarray(0, cut), frame(run.length - cut), run.subarray(cut));
    } else {
      out.push(run);
    }
    index = Math.max(until, index + 1);
  }
  return Buffer.concat(out);
}

const COUNTED = [
  ["SHORT_BINUNICODE", 1],
  ["BINUNICODE", 4],
  ["BINUNICODE8", 8],
  ["SHORT_BINSTRING", 1],
  ["SHORT_BINBYTES", 1],
  ["BINBYTES", 4],
  ["BYTEARRAY8", 8],
  ["LONG1", 1],
] as const;

/** One way of letting a frame end inside an operand. */
interface Straddle {
  /** Up to the end of the frame, without the FRAME opcode. */
  readonly inside: Buffer;
  /** What a reader that reads through takes from behind the frame. */
  readonly rest: Buffer;
  /** How many bytes later a reader that lost the rest of the frame goes on. */
  readonly shift: number;
}

function countedStraddle(random: Random): Straddle {
  const [name, width] = random.pick(COUNTED);
  const length = random.between(4, 40);
  const lost = random.between(1, length - 1);
  const content = Buffer.alloc(length, "s");
  const whole = pickle().op(name, content).bytes();
  if (random.chance(0.2) && width > 1) {
    // Inside the count: who lost its first bytes reads the next ones as the count.
    const cut = random.between(1, width - 1);
    return {
      inside: whole.subarray(0, 1 + cut),
      rest: Buffer.concat([whole.subarray(1 + cut, 1 + width), content]),
      shift: 0,
    };
  }
  return {
    inside: whole.subarray(0, 1 + width + lost),
    rest: content.subarray(lost),
    shift: lost,
  };
}

function fixedStraddle(random: Random): Straddle {
  const [name, width] = random.pick([
    ["BININT", 4],
    ["BININT2", 2],
    ["BINFLOAT", 8],
  ] as const);
  const whole = pickle().op(name, 1).bytes();
  const lost = random.between(1, width - 1);
  return { inside: whole.subarray(0, 1 + lost), rest: whole.subarray(1 + lost), shift: lost };
}

function lineStraddle(random: Random): Straddle {
  const name = random.pick<OpcodeName>(["INT", "LONG", "UNICODE", "PERSID"]);
  const digits = "1".repeat(random.between(2, 12));
  const whole = pickle().op(name, digits).bytes();
  const lost = random.between(1, digits.length);
  return { inside: whole.subarray(0, 1 + lost), rest: whole.subarray(1 + lost), shift: 0 };
}

function frameStraddle(random: Random): Straddle {
  // The inner frame reaches past the outer one, whose rest some reader loses before it starts.
  const lost = random.between(1, 12);
  const inner = random.between(lost + 1, 200);
  const filler = pickle()
    .op("SHORT_BINBYTES", Buffer.alloc(Math.max(0, lost - 2)))
    .bytes();
  return {
    inside: Buffer.concat([frame(inner), filler.subarray(0, lost)]),
    rest: filler.subarray(lost),
    shift: lost,
  };
}

/**
 * A frame that ends inside an operand, then two continuations: for who reads through, a bytes operand
 * in which the program for who lost the rest of the frame is hidden.
 */
export function straddle(
  random: Random,
  serial: number,
  levels = 2,
): { bytes: Buffer; serial: number } {
  const { inside, rest, shift } = random.weighted<() => Straddle>([
    [4, () => countedStraddle(random)],
    [2, () => fixedStraddle(random)],
    [2, () => lineStraddle(random)],
    [2, () => frameStraddle(random)],
  ])();
  const before = random.chance(0.5) ? pickle().value("before").bytes() : Buffer.alloc(0);
  const hidden = continuation(random, serial, levels - 1);
  // The other reader is `shift` bytes further on; filler that is data for the one is nothing for the other.
  const filler = Buffer.alloc(Math.max(0, shift - 5) + random.int(2), "N");
  const cover = Buffer.concat([
    Buffer.from("B"),
    littleEndian(filler.length + hidden.bytes.length, 4),
    filler,
  ]);
  const open = continuation(random, hidden.serial, levels - 1);
  return {
    bytes: Buffer.concat([
      frame(before.length + inside.length),
      before,
      inside,
      rest,
      cover,
      hidden.bytes,
      open.bytes,
    ]),
    serial: open.serial,
  };
}

/** A stream that stops before its frame ends: the next one starts behind STOP, or behind the frame. */
export function earlyStop(random: Random, serial: number): { bytes: Buffer; serial: number } {
  const first = new Program(random, undefined, serial);
  for (let count = random.int(6); count > 0; count -= 1) {
    first.step();
  }
  first.finish();
  const body = Buffer.concat(first.parts);
  const hidden = continuation(random, first.serial, 1);
  const lost = random.between(5, 12);
  const cover = Buffer.concat([
    Buffer.from("B"),
    littleEndian(lost - 5 + hidden.bytes.length, 4),
    Buffer.alloc(lost - 5),
  ]);
  const open = continuation(random, hidden.serial, 1);
  return {
    bytes: Buffer.concat([frame(body.length + lost), body, cover, hidden.bytes, open.bytes]),
    serial: open.serial,
  };
}

function continuation(
  random: Random,
  serial: number,
  levels: number,
): { bytes: Buffer; serial: number } {
  if (levels > 0 && random.chance(0.4)) {
    return straddle(random, serial, levels);
  }
  const program = new Program(random, undefined, serial);
  for (let count = random.between(1, 4); count > 0; count -= 1) {
    program.step();
  }
  program.lookUp();
  program.finish();
  return { bytes: Buffer.concat(program.parts), serial: program.serial };
}
