/**
 * Zstandard (RFC 8878): frames and skippable frames, one after another. Node's zlib decodes; the walk
 * over frames and blocks is done here, so that the end of the last frame is known to the byte and
 * every block before a defect comes out. Dictionaries are not supported.
 */

import { constants, createZstdDecompress, zstdDecompressSync } from "node:zlib";

import { addSkipped, beginStream, decodeProgress } from "../../bytes/decode-progress.ts";
import type { DecodeProgress } from "../../bytes/decode-progress.ts";
import { pump, withoutFirst } from "../../bytes/pump.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import { ByteWindow } from "../../bytes/window.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { MAX_HEADER, readFrame } from "./frame.ts";
import type { ZstdFrame } from "./frame.ts";
import { Pieces } from "./pieces.ts";

const WINDOW = 256 * 1024;
const CHUNK = 128 * 1024;
/** Input up to which one call beats a stream. */
const AT_ONCE = 64 * 1024;
const MOST_AT_ONCE = 1024 * 1024;
const CHECKSUM_WRONG = "ZSTD_error_checksum_wrong";

/** What other decoders use unless they are told otherwise. */
const DEFAULT_MAX_WINDOW = 2 ** 27;
/** The largest that the library takes. */
const LIBRARY_MAX_WINDOW = 2 ** 31;

type Problem = Omit<DecodeEnd, "consumed">;

/** How a frame ended. The next one can be read unless it is `lost` where this one ends. */
interface FrameEnd {
  readonly size: number;
  readonly problem?: Problem;
  readonly lost?: boolean;
}

/**
 * Decodes from `start` to the end of the last frame that directly follows.
 *
 * @param maxWindow bytes to look back that a frame may ask for.
 */
export async function* unzstd(
  source: RandomSource,
  start = 0,
  progress: DecodeProgress = decodeProgress(),
  maxWindow = DEFAULT_MAX_WINDOW,
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  const input = sliceSource(source, start, source.size, source.name);
  const window = new ByteWindow(input, WINDOW);
  let problem: Problem | undefined;
  for (;;) {
    const at = progress.consumed;
    if (at + MAX_HEADER > window.base + window.length) {
      window.moveTo(at);
    }
    const frame = readFrame(window.copy(at, at + MAX_HEADER));
    if (frame === "none") {
      progress.atEnd = at > 0;
      const none: Problem = { status: "damaged", detail: "there is no frame" };
      return { ...(problem ?? (at === 0 ? none : { status: "complete" })), consumed: at };
    }
    const tooMany = beginStream(progress);
    if (tooMany !== undefined) {
      return tooMany;
    }
    let end: FrameEnd;
    if (typeof frame === "string") {
      end = lostFrame(input.size - at, headerProblem(frame));
    } else if (frame.kind === "zstd") {
      end = yield* readContent(window, at, frame, maxWindow);
    } else {
      end = skipFrame(progress, frame, input.size);
    }
    progress.consumed = at + end.size;
    problem ??= end.problem;
    if (end.lost === true) {
      return { ...(problem ?? { status: "damaged" }), consumed: progress.consumed };
    }
  }
}

function headerProblem(kind: "truncated" | "reserved"): Problem {
  return kind === "truncated"
    ? { status: "truncated", detail: "the header of the last frame ends early" }
    : { status: "damaged", detail: "a frame header sets a reserved bit" };
}

function lostFrame(size: number, problem: Problem): FrameEnd {
  return { size, problem, lost: true };
}

function skipFrame(
  progress: DecodeProgress,
  frame: { readonly headerSize: number; readonly size: number },
  inputSize: number,
): FrameEnd {
  const from = progress.consumed + frame.headerSize;
  const to = from + frame.size;
  addSkipped(progress, from, Math.min(to, inputSize));
  return to > inputSize
    ? lostFrame(inputSize - progress.consumed, {
        status: "truncated",
        detail: "the last skippable frame ends early",
      })
    : { size: frame.headerSize + frame.size };
}

async function* readContent(
  window: ByteWindow,
  start: number,
  frame: ZstdFrame,
  maxWindow: number,
): AsyncGenerator<Uint8Array, FrameEnd, void> {
  if (frame.dictionary !== 0) {
    return lostFrame(0, { status: "unsupported", detail: "a frame needs a dictionary" });
  }
  if (frame.windowSize > Math.min(maxWindow, LIBRARY_MAX_WINDOW)) {
    const detail = `a frame asks for ${frame.windowSize} bytes of memory`;
    return lostFrame(0, { status: "limit", detail });
  }
  const options = { params: { [constants.ZSTD_d_windowLogMax]: windowLog(frame.windowSize) } };
  const pieces = new Pieces(window, start, frame);
  const first = pieces.take(false);
  if (first !== undefined && pieces.done && first.length <= AT_ONCE) {
    const output = decodeAtOnce(first, options);
    if (output !== undefined) {
      if (output.length > 0) {
        yield output;
      }
      return { size: first.length };
    }
  }
  let put = 0;
  try {
    let piece: Uint8Array | undefined = first;
    const chunks = pump(createZstdDecompress({ chunkSize: CHUNK, ...options }), () => {
      const given = piece ?? pieces.take(false);
      piece = undefined;
      return given;
    });
    for await (const chunk of chunks) {
      put += chunk.length;
      yield chunk;
    }
    if (pieces.done) {
      return { size: pieces.at - start };
    }
  } catch (error) {
    if (!isDefect(error)) {
      throw error;
    }
  }
  return yield* withoutFirst(readSlowly(new Pieces(window, start, frame), start, options), put);
}

/** Block by block, to get all that comes before the defect. */
async function* readSlowly(
  pieces: Pieces,
  start: number,
  options: object,
): AsyncGenerator<Uint8Array, FrameEnd, void> {
  try {
    yield* pump(createZstdDecompress({ chunkSize: CHUNK, ...options }), () => pieces.take(true));
  } catch (error) {
    if (!isDefect(error)) {
      throw error;
    }
    if (error.code === CHECKSUM_WRONG) {
      const problem = { status: "damaged", detail: "the content's checksum is wrong" } as const;
      return { size: pieces.at - start, problem };
    }
    const detail = `a block cannot be decoded: ${error.message.toLowerCase()}`;
    return lostFrame(
      (pieces.problem === undefined ? pieces.last : pieces.at) - start,
      pieces.problem ?? { status: "damaged", detail },
    );
  }
  const problem = pieces.problem ?? ({ status: "damaged", detail: "a frame has no end" } as const);
  return lostFrame(pieces.at - start, problem);
}

function decodeAtOnce(frame: Uint8Array, options: object): Uint8Array | undefined {
  try {
    return zstdDecompressSync(frame, { ...options, maxOutputLength: MOST_AT_ONCE });
  } catch {
    return undefined;
  }
}

function windowLog(size: number): number {
  return Math.max(10, Math.min(31, Math.ceil(Math.log2(Math.max(1, size)))));
}

function isDefect(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    (error.code.startsWith("ZSTD_error_") || error.code === "Z_BUF_ERROR")
  );
}
