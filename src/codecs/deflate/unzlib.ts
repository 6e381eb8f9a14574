/**
 * zlib streams (RFC 1950): header, DEFLATE data, Adler-32. One stream; what follows is not consumed,
 * as in Python's `zlib`. Streams that need a preset dictionary are not decoded.
 */

import { decodeProgress } from "../../bytes/decode-progress.ts";
import type { DecodeProgress } from "../../bytes/decode-progress.ts";
import { readRange } from "../../bytes/read.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { adler32 } from "./adler32.ts";
import { inflateRaw } from "./inflate-raw.ts";
import { isZlibHeader } from "./zlib-header.ts";

const HEADER = 2;
const TRAILER = 4;
const PRESET_DICTIONARY = 0x20;

/** Decodes the stream that begins at `start`. */
export async function* unzlib(
  source: RandomSource,
  start = 0,
  progress: DecodeProgress = decodeProgress(),
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  const header = readRange(source, start, start + HEADER);
  if (!isZlibHeader(header)) {
    return { status: "damaged", consumed: 0, detail: "there is no zlib header" };
  }
  progress.streams += 1;
  if (((header[1] ?? 0) & PRESET_DICTIONARY) !== 0) {
    return { status: "unsupported", consumed: 0, detail: "it needs a preset dictionary" };
  }
  const stream = inflateRaw(source, start + HEADER);
  let sum = 1;
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        const end = finish(source, start, step.value, sum);
        progress.consumed = end.consumed;
        progress.atEnd = step.value.status === "complete" && end.status !== "truncated";
        return end;
      }
      sum = adler32(step.value, sum);
      yield step.value;
    }
  } finally {
    await stream.return({ status: "limit", consumed: 0 });
  }
}

function finish(source: RandomSource, start: number, end: DecodeEnd, sum: number): DecodeEnd {
  const consumed = HEADER + end.consumed;
  if (end.status !== "complete") {
    return { ...end, consumed };
  }
  const trailer = readRange(source, start + consumed, start + consumed + TRAILER);
  if (trailer.length < TRAILER) {
    return {
      status: "truncated",
      consumed: consumed + trailer.length,
      detail: "the checksum at the end is cut off",
    };
  }
  const stored = Buffer.from(trailer).readUInt32BE();
  return stored === sum
    ? { status: "complete", consumed: consumed + TRAILER }
    : {
        status: "damaged",
        consumed: consumed + TRAILER,
        detail: `the content's Adler-32 is 0x${sum.toString(16)}, the stream says 0x${stored.toString(16)}`,
      };
}
