/**
 * .xz streams (.xz file format 1.2.1) and .lzma streams, one after another in any order, as Python's
 * `lzma` reads them. Wrong checks are reported at the end, and decoding goes on.
 */

import { addNote, beginStream, decodeProgress } from "../../bytes/decode-progress.ts";
import type { DecodeProgress } from "../../bytes/decode-progress.ts";
import { buffered } from "../../bytes/buffered-source.ts";
import { readRange } from "../../bytes/read.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { isLzma } from "./is-lzma.ts";
import { LZMA_HEADER, readLzmaHeader } from "./lzma-header.ts";
import { DEFAULT_MAX_WINDOW, lzmaStream } from "./lzma-stream.ts";
import { isXz } from "./xz-headers.ts";
import { XzStreamReader } from "./xz-stream.ts";

/** What a look at the beginning of a stream may read. */
const LOOK = 4096;

type Problem = Omit<DecodeEnd, "consumed">;

/**
 * Decodes from `start` to the end of the last stream that directly follows.
 *
 * @param maxWindow bytes to look back that may be kept at most, whatever the stream asks for.
 */
export function* unxz(
  source: RandomSource,
  start = 0,
  progress: DecodeProgress = decodeProgress(),
  maxWindow = DEFAULT_MAX_WINDOW,
): Generator<Uint8Array, DecodeEnd, void> {
  const input = buffered(sliceSource(source, start, source.size, source.name));
  const xz = new XzStreamReader(input, maxWindow);
  let problem: Problem | undefined;
  for (let first = true; ; first = false) {
    const at = progress.consumed;
    const head = readRange(input, at, at + LOOK);
    const kind = streamKind(head, first);
    if (kind === "none") {
      progress.atEnd = !first;
      const none: Problem = { status: "damaged", detail: "there is no stream" };
      return { ...(problem ?? (first ? none : { status: "complete" })), consumed: at };
    }
    const tooMany = beginStream(progress);
    if (tooMany !== undefined) {
      return tooMany;
    }
    const end =
      kind === "xz" ? yield* xz.stream(progress) : yield* lzma(input, head, progress, maxWindow);
    problem ??= end.problem;
    if (end.lost === true) {
      return { ...(problem ?? { status: "damaged" }), consumed: progress.consumed };
    }
    if (kind === "xz") {
      skipPadding(input, progress);
    }
  }
}

/** The first stream is what the caller says it is; the ones behind it have to look like some. */
function streamKind(head: Uint8Array, first: boolean): "xz" | "lzma" | "none" {
  if (isXz(head)) {
    return "xz";
  }
  return isLzma(head) || (first && readLzmaHeader(head) !== undefined) ? "lzma" : "none";
}

function* lzma(
  input: RandomSource,
  head: Uint8Array,
  progress: DecodeProgress,
  maxWindow: number,
): Generator<Uint8Array, StreamEnd, void> {
  const header = readLzmaHeader(head);
  if (header === undefined) {
    return { lost: true };
  }
  const start = progress.consumed + LZMA_HEADER;
  const { consumed, ...end } = yield* lzmaStream(input, start, header, { maxWindow });
  progress.consumed = start + consumed;
  return end.status === "complete" ? {} : { problem: end, lost: true };
}

/** How a stream ended; `lost` where nothing can be read behind it. */
export interface StreamEnd {
  readonly problem?: Problem | undefined;
  readonly lost?: boolean;
}

/** Zeros between and behind streams, in groups of four (2.2). */
function skipPadding(input: RandomSource, progress: DecodeProgress): void {
  const start = progress.consumed;
  let at = start;
  for (;;) {
    const part = readRange(input, at, at + LOOK);
    const used = part.findIndex((byte) => byte !== 0);
    at += used === -1 ? part.length : used;
    if (used !== -1 || part.length === 0) {
      break;
    }
  }
  if ((at - start) % 4 !== 0) {
    addNote(progress, start, "the padding behind a stream is not a multiple of four bytes");
  }
  progress.consumed = at;
}
