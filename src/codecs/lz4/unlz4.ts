/**
 * LZ4 frames (LZ4 frame format 1.6): current, legacy and skippable ones, one after another. Wrong
 * checksums are reported at the end and decoding goes on. Dictionaries are not supported.
 */

import { addSkipped, beginStream, decodeProgress } from "../../bytes/decode-progress.ts";
import type { DecodeProgress } from "../../bytes/decode-progress.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import { ByteWindow } from "../../bytes/window.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { decodeBlock } from "./block.ts";
import type { BlockProblem } from "./block.ts";
import { MAX_HEADER, readFrame } from "./frame.ts";
import type { Lz4Frame } from "./frame.ts";
import { Xxh32, xxh32 } from "./xxh32.ts";

const WINDOW = 128 * 1024;
const HISTORY = 64 * 1024;
const CHUNK = 1024 * 1024;
const STORED = 0x80000000;
/** A byte of a block puts out at most this many. */
const MAX_RATIO = 255;

type Problem = Omit<DecodeEnd, "consumed">;

/** How a frame ended. The next one can be read unless it is `lost` where this one ends. */
interface FrameEnd {
  readonly end: number;
  readonly problem?: Problem | undefined;
  readonly lost?: boolean;
}

/** Decodes from `start` to the end of the last frame that directly follows. */
export function* unlz4(
  source: RandomSource,
  start = 0,
  progress: DecodeProgress = decodeProgress(),
): Generator<Uint8Array, DecodeEnd, void> {
  const input = sliceSource(source, start, source.size, source.name);
  const decoder = new FrameDecoder(input);
  let problem: Problem | undefined;
  for (;;) {
    const at = progress.consumed;
    const frame = readFrame(decoder.bytes(at, at + MAX_HEADER));
    if (frame === undefined) {
      progress.atEnd = at > 0;
      const none: Problem = { status: "damaged", detail: "there is no frame" };
      return { ...(problem ?? (at === 0 ? none : { status: "complete" })), consumed: at };
    }
    const tooMany = beginStream(progress);
    if (tooMany !== undefined) {
      return tooMany;
    }
    let step: FrameEnd;
    if (frame.kind === "wrong") {
      const end = frame.status === "truncated" ? input.size : at;
      step = { end, problem: { status: frame.status, detail: frame.detail }, lost: true };
    } else if (frame.kind === "skippable") {
      step = skip(progress, at + frame.headerSize, at + frame.headerSize + frame.size, input.size);
    } else {
      step = yield* decoder.content(frame, at + frame.headerSize, progress);
    }
    progress.consumed = step.end;
    problem ??= step.problem;
    if (step.lost === true) {
      return { ...(problem ?? { status: "damaged" }), consumed: progress.consumed };
    }
  }
}

function skip(progress: DecodeProgress, from: number, to: number, size: number): FrameEnd {
  addSkipped(progress, from, Math.min(to, size));
  return to <= size
    ? { end: to }
    : {
        end: size,
        problem: { status: "truncated", detail: "the last skippable frame ends early" },
        lost: true,
      };
}

/** Decodes frames, with the buffers that they share. */
class FrameDecoder {
  readonly #window: ByteWindow;
  /** What went before, as far as a match may reach, and then what the block at hand puts out. */
  #out = new Uint8Array(0);
  #end = 0;

  constructor(input: RandomSource) {
    this.#window = new ByteWindow(input, WINDOW);
  }

  /** The bytes `[start, end)`, short at the end of the input; valid until the next call. */
  bytes(start: number, end: number): Uint8Array {
    const window = this.#window;
    if (end - start > WINDOW) {
      return window.copy(start, end);
    }
    if (start < window.base || end > window.base + window.length) {
      window.moveTo(start);
    }
    const from = start - window.base;
    return window.bytes.subarray(from, Math.min(from + end - start, window.length));
  }

  *content(
    frame: Lz4Frame,
    start: number,
    progress: DecodeProgress,
  ): Generator<Uint8Array, FrameEnd, void> {
    const hash = new Xxh32();
    let problem: Problem | undefined;
    let size = 0;
    this.#end = 0;
    for (let at = start; ;) {
      const block = this.#block(frame, at);
      if (block.kind === "end") {
        return this.#finish(frame, at + block.size, { hash, size, problem });
      }
      if (block.kind === "wrong") {
        return { end: block.end, problem: problem ?? block.problem, lost: true };
      }
      const out = this.#decode(frame, block);
      if (typeof out === "string") {
        return { end: at, problem: problem ?? blockProblem(out, frame.dictionary), lost: true };
      }
      problem ??= block.problem;
      at += block.size;
      size += out.length;
      progress.consumed = at;
      if (frame.contentChecksum) {
        hash.update(out);
      }
      for (let part = 0; part < out.length; part += CHUNK) {
        yield out.subarray(part, part + CHUNK);
      }
      if (block.cut) {
        const cut: Problem = { status: "truncated", detail: "the last block ends early" };
        return { end: at, problem: problem ?? cut, lost: true };
      }
    }
  }

  /** Header, content and checksum of the block at `at`. */
  #block(frame: Lz4Frame, at: number): BlockStep {
    const header = this.bytes(at, at + 4);
    const inputSize = this.#window.size;
    if (header.length < 4) {
      return frame.kind === "legacy" && header.length === 0
        ? { kind: "end", size: 0 }
        : cutAt(inputSize, "the last frame has no end mark");
    }
    const word = new DataView(header.buffer, header.byteOffset).getUint32(0, true);
    const stored = frame.kind === "frame" && word >= STORED;
    const size = stored ? word - STORED : word;
    if (frame.kind === "legacy" && word > frame.blockSize + frame.blockSize / 255 + 16) {
      // Not a size: another frame or something else begins here.
      return { kind: "end", size: 0 };
    }
    if (frame.kind === "frame" && word === 0) {
      return { kind: "end", size: 4 };
    }
    if (frame.kind === "frame" && size > frame.blockSize) {
      const detail = `a block of ${size} bytes is larger than its frame allows`;
      return { kind: "wrong", end: at, problem: { status: "damaged", detail } };
    }
    const checksum = frame.blockChecksums ? 4 : 0;
    const whole = this.bytes(at + 4, at + 4 + size + checksum);
    const cut = whole.length < size + checksum;
    if (cut && !stored) {
      return cutAt(inputSize, "the last block ends early");
    }
    const data = whole.subarray(0, size);
    const sum = whole.subarray(size);
    const wrong =
      checksum > 0 &&
      !cut &&
      xxh32(data) !== new DataView(sum.buffer, sum.byteOffset).getUint32(0, true);
    return {
      kind: "block",
      data,
      stored,
      size: 4 + whole.length,
      cut,
      problem: wrong
        ? { status: "damaged", detail: "the checksum of a block is wrong" }
        : undefined,
    };
  }

  #decode(frame: Lz4Frame, block: DataBlock): Uint8Array | BlockProblem {
    const { data } = block;
    const most = block.stored ? data.length : Math.min(frame.blockSize, data.length * MAX_RATIO);
    const start = this.#makeRoom(most, frame);
    let end = start + data.length;
    if (block.stored) {
      this.#out.set(data, start);
    } else {
      const target = { out: this.#out, start, limit: start + most, lowest: 0 };
      const result = decodeBlock(data, target);
      if (typeof result === "string") {
        return result;
      }
      end = result;
    }
    this.#end = end;
    return this.#out.subarray(start, end);
  }

  /** Gives where a block of at most `most` bytes can go. */
  #makeRoom(most: number, { independent, blockSize }: Lz4Frame): number {
    const end = independent ? 0 : this.#end;
    if (end + most <= this.#out.length) {
      return end;
    }
    const keep = Math.min(HISTORY, end);
    // Room for as much again keeps frames of tiny blocks from moving all this for each of them.
    const needed = 2 * HISTORY + most;
    if (needed <= this.#out.length) {
      this.#out.copyWithin(0, end - keep, end);
    } else {
      const twice = Math.min(2 * this.#out.length, 2 * HISTORY + blockSize);
      const larger = new Uint8Array(Math.max(needed, twice));
      larger.set(this.#out.subarray(end - keep, end));
      this.#out = larger;
    }
    return keep;
  }

  #finish(
    frame: Lz4Frame,
    at: number,
    { hash, size, problem }: { hash: Xxh32; size: number; problem: Problem | undefined },
  ): FrameEnd {
    let end = at;
    let found: Problem | undefined;
    if (frame.contentChecksum) {
      const stored = this.bytes(at, at + 4);
      end += stored.length;
      if (stored.length < 4) {
        const detail = "the checksum at the end is cut off";
        return { end, problem: problem ?? { status: "truncated", detail }, lost: true };
      }
      if (new DataView(stored.buffer, stored.byteOffset).getUint32(0, true) !== hash.digest()) {
        found = { status: "damaged", detail: "the content's checksum is wrong" };
      }
    }
    if (frame.contentSize !== undefined && frame.contentSize !== size) {
      const detail = `the content has ${size} bytes, the header says ${frame.contentSize}`;
      found ??= { status: "damaged", detail };
    }
    return { end, problem: problem ?? found };
  }
}

interface DataBlock {
  readonly kind: "block";
  readonly data: Uint8Array;
  /** Not compressed. */
  readonly stored: boolean;
  /** Header and checksum included. */
  readonly size: number;
  readonly cut: boolean;
  readonly problem: Problem | undefined;
}

type BlockStep =
  | DataBlock
  | { readonly kind: "end"; readonly size: number }
  | { readonly kind: "wrong"; readonly end: number; readonly problem: Problem };

function cutAt(end: number, detail: string): BlockStep {
  return { kind: "wrong", end, problem: { status: "truncated", detail } };
}

function blockProblem(kind: BlockProblem, dictionary: boolean): Problem {
  if (kind === "reach") {
    return dictionary
      ? { status: "unsupported", detail: "a frame needs a dictionary" }
      : { status: "damaged", detail: "a match reaches before the start" };
  }
  const input = "a block ends inside of a sequence";
  const output = "a block puts out more than its frame allows";
  return { status: "damaged", detail: kind === "input" ? input : output };
}
