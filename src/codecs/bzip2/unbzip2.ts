/**
 * bzip2: any number of streams, one after another, as bzip2(1) and Python's `bz2` read them. There is
 * no written standard; the reference is bzip2 1.0.8. Wrong checksums are reported at the end, and
 * decoding goes on. Not done: searching for further blocks behind a damaged one.
 */

/* oxlint-disable typescript/no-non-null-assertion -- the loops stay inside of their arrays */

import { crc32 } from "node:zlib";

import { beginStream, decodeProgress } from "../../bytes/decode-progress.ts";
import type { DecodeProgress } from "../../bytes/decode-progress.ts";
import { readRange } from "../../bytes/read.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { BitReader } from "./bit-reader.ts";
import { Block } from "./block.ts";
import { BLOCK_MAGIC, END_MAGIC, isBzip2, same, SHORTEST_HEADER } from "./is-bzip2.ts";

const CHUNK = 256 * 1024;
const LONGEST_RUN = 255;

type Problem = Omit<DecodeEnd, "consumed">;

/** How a stream ended; `lost` where nothing can be read behind it. */
interface StreamEnd {
  readonly problem: Problem | undefined;
  readonly lost?: boolean;
}

/** Decodes from `start` to the end of the last stream that directly follows. */
export function* unbzip2(
  source: RandomSource,
  start = 0,
  progress: DecodeProgress = decodeProgress(),
): Generator<Uint8Array, DecodeEnd, void> {
  const input = sliceSource(source, start, source.size, source.name);
  if (!isBzip2(readRange(input, 0, SHORTEST_HEADER))) {
    return { status: "damaged", consumed: 0, detail: "there is no bzip2 header" };
  }
  const bits = new BitReader(input);
  const decoder = new StreamDecoder(bits);
  let problem: Problem | undefined;
  for (;;) {
    const tooMany = beginStream(progress);
    if (tooMany !== undefined) {
      return tooMany;
    }
    const end = yield* decoder.stream(progress);
    problem ??= end.problem;
    const at = bits.position;
    progress.consumed = at;
    if (end.lost === true || !isBzip2(readRange(input, at, at + SHORTEST_HEADER))) {
      progress.atEnd = end.lost !== true;
      return { ...(problem ?? { status: "complete" }), consumed: at };
    }
  }
}

class StreamDecoder {
  readonly #bits: BitReader;
  readonly #block: Block;
  readonly #out = new Uint8Array(CHUNK + LONGEST_RUN);
  readonly #reversed = new Uint8Array(CHUNK + LONGEST_RUN);
  /** Checksum of the block at hand, with all its bits reversed. */
  #crc = 0;

  constructor(bits: BitReader) {
    this.#bits = bits;
    this.#block = new Block(bits);
  }

  /** One stream, from its header to the byte behind its end. */
  *stream(progress: DecodeProgress): Generator<Uint8Array, StreamEnd, void> {
    const bits = this.#bits;
    bits.take(24);
    const level = bits.take(8) - 0x30;
    let combined = 0;
    let problem: Problem | undefined;
    for (;;) {
      progress.consumed = bits.position;
      const magic = [bits.take(24), bits.take(24)] as const;
      const stored = bits.take(16) * 2 ** 16 + bits.take(16);
      if (bits.overrun || !(same(magic, BLOCK_MAGIC) || same(magic, END_MAGIC))) {
        return {
          problem: problem ?? this.#wrong("there is no block where one should be"),
          lost: true,
        };
      }
      if (same(magic, END_MAGIC)) {
        bits.align();
        return {
          problem: problem ?? compare("stream", combined, stored),
        };
      }
      const bytes = this.#block.read(level);
      if (typeof bytes === "string" || bits.overrun) {
        const detail = typeof bytes === "string" ? bytes : "";
        return { problem: problem ?? this.#wrong(detail), lost: true };
      }
      this.#crc = 0;
      const whole = yield* this.#unrun(bytes);
      if (!whole) {
        return { problem: problem ?? this.#wrong("a block ends inside of a run"), lost: true };
      }
      const crc = reverse32(this.#crc);
      problem ??= compare("block", crc, stored);
      combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
    }
  }

  /** Undoes the first run-length coding. False when the last run has no count. */
  *#unrun(bytes: Uint8Array): Generator<Uint8Array, boolean, void> {
    const state = { from: 0, at: 0, previous: -1, run: 0 };
    while (state.from < bytes.length) {
      this.#expand(bytes, state);
      const chunk = this.#out.subarray(0, state.at);
      this.#check(chunk);
      yield chunk;
      state.at = 0;
    }
    return state.run < 4;
  }

  /** Four equal bytes are followed by how many more there are. */
  #expand(bytes: Uint8Array, state: RunState): void {
    const out = this.#out;
    let { from, at, previous, run } = state;
    while (from < bytes.length && at < CHUNK) {
      const byte = bytes[from++]!;
      if (run === 4) {
        out.fill(previous, at, at + byte);
        at += byte;
        run = 0;
        previous = -1;
      } else {
        run = byte === previous ? run + 1 : 1;
        previous = byte;
        out[at++] = byte;
      }
    }
    state.from = from;
    state.at = at;
    state.previous = previous;
    state.run = run;
  }

  /**
   * Their CRC-32 is the usual one with the bits in the other order. Turning the bytes round and using
   * the native one is faster than tables.
   */
  #check(chunk: Uint8Array): void {
    const reversed = this.#reversed;
    for (let index = 0; index < chunk.length; index += 1) {
      reversed[index] = REVERSED[chunk[index]!]!;
    }
    this.#crc = crc32(reversed.subarray(0, chunk.length), this.#crc);
  }

  #wrong(detail: string): Problem {
    return this.#bits.overrun
      ? { status: "truncated", detail: "the last stream ends early" }
      : { status: "damaged", detail };
  }
}

interface RunState {
  from: number;
  at: number;
  previous: number;
  run: number;
}

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => reverse32(byte) >>> 24);

function reverse32(value: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    result = (result << 1) | ((value >>> bit) & 1);
  }
  return result >>> 0;
}

function compare(what: string, computed: number, stored: number): Problem | undefined {
  return computed === stored
    ? undefined
    : {
        status: "damaged",
        detail: `a ${what}'s checksum is 0x${computed.toString(16)}, it says 0x${stored.toString(16)}`,
      };
}
