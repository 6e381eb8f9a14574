/**
 * gzip (RFC 1952): any number of members, one after another, with zeros between and behind them, as
 * gzip(1) and Python's `gzip` read it. Checksum and size of each member are checked; a wrong one is
 * reported at the end, and decoding goes on, since readers that do not check exist.
 */

import { crc32 } from "node:zlib";

import { addNote, addSkipped, beginStream, decodeProgress } from "../../bytes/decode-progress.ts";
import type { DecodeProgress } from "../../bytes/decode-progress.ts";
import { Reader } from "../../bytes/reader.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import { ByteWindow } from "../../bytes/window.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { isGzip, readGzipHeader } from "./gzip-header.ts";
import { inflateRaw } from "./inflate-raw.ts";
import { Inflater } from "./inflater.ts";

const WINDOW = 64 * 1024;
const TRAILER = 8;
/** Below this the set-up of a stream costs more than it saves. */
const SMALL_MEMBER = 256 * 1024;

interface Member {
  /** Bytes of the member, header and trailer included, as far as they were read. */
  readonly size: number;
  /** Undefined for a sound one. */
  readonly problem?: Omit<DecodeEnd, "consumed">;
  /** Where it ends is not known, so nothing can be read behind it. */
  readonly lost?: boolean;
}

/** Decodes from `start` to the end of the last member that follows without a gap. */
export async function* gunzip(
  source: RandomSource,
  start = 0,
  progress: DecodeProgress = decodeProgress(),
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  const input = sliceSource(source, start, source.size, source.name);
  const window = new ByteWindow(input, WINDOW);
  const inflater = new Inflater(window);
  let problem: Omit<DecodeEnd, "consumed"> | undefined;
  let lastSize = Number.POSITIVE_INFINITY;
  window.moveTo(0);
  if (!isGzip(window.bytes)) {
    return { status: "damaged", consumed: 0, detail: "there is no gzip header" };
  }
  for (;;) {
    const at = progress.consumed;
    const tooMany = beginStream(progress);
    if (tooMany !== undefined) {
      return tooMany;
    }
    const small = Math.min(lastSize, input.size - at) < SMALL_MEMBER;
    const member = yield* readMember(input, window, small ? inflater : undefined, progress);
    problem ??= member.problem;
    progress.consumed = at + member.size;
    if (member.lost !== true) {
      progress.consumed = skipZeros(window, progress.consumed);
    }
    const next = window.copy(progress.consumed, progress.consumed + 3);
    if (member.lost === true || !isGzip(next)) {
      progress.atEnd = member.lost !== true;
      return { ...(problem ?? { status: "complete" }), consumed: progress.consumed };
    }
    lastSize = member.size;
  }
}

async function* readMember(
  input: RandomSource,
  window: ByteWindow,
  inflater: Inflater | undefined,
  progress: DecodeProgress,
): AsyncGenerator<Uint8Array, Member, void> {
  const start = progress.consumed;
  const header = readGzipHeader(window, start);
  if (header === undefined) {
    const problem = { status: "truncated", detail: "the gzip header ends early" } as const;
    return { size: input.size - start, problem, lost: true };
  }
  for (const note of header.notes) {
    addNote(progress, start, note);
  }
  for (const { start: from, end: to } of header.free) {
    addSkipped(progress, from, to);
  }
  const data = start + header.size;
  const stream = inflater?.stream(data) ?? inflateRaw(input, data);
  let crc = 0;
  let size = 0;
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        const { consumed, ...end } = step.value;
        if (end.status !== "complete") {
          return { size: header.size + consumed, problem: end, lost: true };
        }
        return endMember(window, { start, end: data + consumed, crc, size });
      }
      crc = crc32(step.value, crc);
      size += step.value.length;
      yield step.value;
    }
  } finally {
    await stream.return({ status: "limit", consumed: 0 });
  }
}

interface Decoded {
  readonly start: number;
  readonly end: number;
  readonly crc: number;
  readonly size: number;
}

function endMember(window: ByteWindow, { start, end, crc, size }: Decoded): Member {
  const trailer = new Reader(window.copy(end, end + TRAILER));
  const storedCrc = trailer.u32();
  const storedSize = trailer.u32();
  if (trailer.overrun) {
    const problem = { status: "truncated", detail: "the gzip trailer ends early" } as const;
    return { size: window.size - start, problem, lost: true };
  }
  const whole = end + TRAILER - start;
  if (storedCrc !== crc) {
    return {
      size: whole,
      problem: damaged(`the content's CRC-32 is ${hex(crc)}, the trailer says ${hex(storedCrc)}`),
    };
  }
  if (storedSize !== size % 2 ** 32) {
    return {
      size: whole,
      problem: damaged(`the content has ${size} bytes, the trailer says ${storedSize}`),
    };
  }
  return { size: whole };
}

function damaged(detail: string): Omit<DecodeEnd, "consumed"> {
  return { status: "damaged", detail };
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function skipZeros(window: ByteWindow, from: number): number {
  for (let at = from; at < window.size; at += 1) {
    if (at < window.base || at >= window.base + window.length) {
      window.moveTo(at);
    }
    if (window.bytes[at - window.base] !== 0 || window.length === 0) {
      return at;
    }
  }
  return window.size;
}
