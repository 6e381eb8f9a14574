/** One .xz stream: header, blocks, index, footer (.xz file format 1.2.1, 2 to 4). */

import { addNote } from "../../bytes/decode-progress.ts";
import type { DecodeProgress } from "../../bytes/decode-progress.ts";
import { readRange } from "../../bytes/read.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { checkName, checkSize, createCheck } from "./checks.ts";
import { createFilter } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { LzmaDecoder } from "./lzma-decoder.ts";
import { Lzma2Reader } from "./lzma2.ts";
import {
  checkStreamFooter,
  readBlockHeader,
  readStreamHeader,
  STREAM_FOOTER,
  STREAM_HEADER,
} from "./xz-headers.ts";
import type { BlockHeader } from "./xz-headers.ts";
import { BlockTally, readIndex } from "./xz-index.ts";

type Problem = Omit<DecodeEnd, "consumed">;

/** How a part ended; `lost` where nothing can be read behind it. */
interface PartEnd {
  readonly problem?: Problem | undefined;
  readonly lost?: boolean;
}

interface BlockSizes extends PartEnd {
  readonly unpadded: number;
  readonly uncompressed: number;
}

export class XzStreamReader {
  readonly #input: RandomSource;
  readonly #lzma2: Lzma2Reader;

  constructor(input: RandomSource, maxWindow: number) {
    this.#input = input;
    this.#lzma2 = new Lzma2Reader(input, new LzmaDecoder(maxWindow));
  }

  /** Decodes the stream at `progress.consumed`, and leaves that behind it. */
  *stream(progress: DecodeProgress): Generator<Uint8Array, PartEnd, void> {
    const header = this.#bytes(progress.consumed, STREAM_HEADER);
    if (header === undefined) {
      return this.#cut(progress);
    }
    const check = readStreamHeader(header);
    if (typeof check === "string") {
      return damaged(check);
    }
    if (checkName(check) === undefined) {
      addNote(progress, progress.consumed, "the content has a check that nobody has defined");
    }
    progress.consumed += STREAM_HEADER;
    const blocks = new BlockTally();
    let problem: Problem | undefined;
    for (;;) {
      const [size] = this.#bytes(progress.consumed, 1) ?? [];
      if (size === undefined) {
        return { ...this.#cut(progress), ...(problem === undefined ? {} : { problem }) };
      }
      if (size === 0) {
        const end = this.#end(progress, check, blocks);
        return { ...end, problem: problem ?? end.problem };
      }
      const block = yield* this.#block(progress, (size + 1) * 4, check);
      problem ??= block.problem;
      if (block.lost === true) {
        return { problem, lost: true };
      }
      blocks.add(block.unpadded, block.uncompressed);
    }
  }

  *#block(
    progress: DecodeProgress,
    headerSize: number,
    checkId: number,
  ): Generator<Uint8Array, BlockSizes, void> {
    const start = progress.consumed;
    const bytes = this.#bytes(start, headerSize);
    const none = { unpadded: 0, uncompressed: 0 };
    if (bytes === undefined) {
      return { ...none, ...this.#cut(progress) };
    }
    const header = readBlockHeader(bytes);
    if ("status" in header) {
      return { ...none, problem: header, lost: true };
    }
    const filters = makeFilters(header);
    if (typeof filters === "number") {
      const detail = `a block has the filter 0x${filters.toString(16)}, which is not decoded`;
      return { ...none, problem: { status: "unsupported", detail }, lost: true };
    }
    const check = createCheck(checkId);
    let uncompressed = 0;
    const data = this.#data(progress, start + headerSize, header.dictionarySize, filters);
    let step = data.next();
    for (; step.done !== true; step = data.next()) {
      uncompressed += step.value.length;
      check?.update(step.value);
      yield step.value;
    }
    if (step.value !== undefined) {
      return { ...none, problem: step.value, lost: true };
    }
    const compressed = progress.consumed - start - headerSize;
    const unpadded = headerSize + compressed + checkSize(checkId);
    const padding = this.#bytes(progress.consumed, -compressed & 3);
    const stored = this.#bytes(progress.consumed + (-compressed & 3), checkSize(checkId));
    if (padding === undefined || stored === undefined) {
      return { ...none, ...this.#cut(progress) };
    }
    progress.consumed += padding.length + stored.length;
    const problem = blockProblem(header, compressed, uncompressed, padding);
    if (problem === undefined && check !== undefined && !same(check.digest(), stored)) {
      const detail = `the ${checkName(checkId) ?? "check"} of a block is wrong`;
      return { unpadded, uncompressed, problem: { status: "damaged", detail } };
    }
    return { unpadded, uncompressed, problem };
  }

  /** The data of a block, its filters undone. */
  *#data(
    progress: DecodeProgress,
    start: number,
    dictionarySize: number,
    filters: readonly Filter[],
  ): Generator<Uint8Array, Problem | undefined, void> {
    const chunks = this.#lzma2.decode(start, dictionarySize);
    for (;;) {
      const step = chunks.next();
      progress.consumed = this.#lzma2.at;
      if (step.done === true) {
        progress.consumed = step.value.at;
        const rest = finishFilters(filters);
        if (rest.length > 0) {
          yield rest;
        }
        return step.value.problem;
      }
      let out = step.value;
      for (const filter of filters) {
        out = filter.update(out);
      }
      if (out.length > 0) {
        yield out;
      }
    }
  }

  /** Index and footer. */
  #end(progress: DecodeProgress, check: number, blocks: BlockTally): PartEnd {
    const index = readIndex(this.#input, progress.consumed, blocks);
    if (index.kind === "wrong") {
      if (index.status === "truncated") {
        progress.consumed = this.#input.size;
      }
      return { problem: { status: index.status, detail: index.detail }, lost: true };
    }
    const footer = this.#bytes(progress.consumed + index.size, STREAM_FOOTER);
    if (footer === undefined) {
      return this.#cut(progress);
    }
    const wrong = checkStreamFooter(footer, check, index.size);
    if (wrong !== undefined) {
      return damaged(wrong);
    }
    progress.consumed += index.size + STREAM_FOOTER;
    return {};
  }

  /** Undefined where the input ends before. */
  #bytes(at: number, size: number): Uint8Array | undefined {
    const bytes = readRange(this.#input, at, at + size);
    return bytes.length === size ? bytes : undefined;
  }

  #cut(progress: DecodeProgress): PartEnd {
    progress.consumed = this.#input.size;
    return { problem: { status: "truncated", detail: "the last stream ends early" }, lost: true };
  }
}

function damaged(detail: string): PartEnd {
  return { problem: { status: "damaged", detail }, lost: true };
}

/** In the order in which they are undone; the identifier of one that is not known. */
function makeFilters(header: BlockHeader): Filter[] | number {
  const filters: Filter[] = [];
  for (const { id, properties } of header.filters.toReversed()) {
    const filter = createFilter(id, properties);
    if (filter === undefined) {
      return id;
    }
    filters.push(filter);
  }
  return filters;
}

/** What filters held back goes through the ones behind them. */
function finishFilters(filters: readonly Filter[]): Uint8Array {
  let rest = new Uint8Array(0);
  for (const filter of filters) {
    rest = Buffer.concat([filter.update(rest), filter.finish()]);
  }
  return rest;
}

function blockProblem(
  header: BlockHeader,
  compressed: number,
  uncompressed: number,
  padding: Uint8Array,
): Problem | undefined {
  if (
    (header.compressedSize ?? compressed) !== compressed ||
    (header.uncompressedSize ?? uncompressed) !== uncompressed
  ) {
    return { status: "damaged", detail: "a block has another size than its header states" };
  }
  return padding.some((byte) => byte !== 0)
    ? { status: "damaged", detail: "a block is not padded with zeros" }
    : undefined;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
