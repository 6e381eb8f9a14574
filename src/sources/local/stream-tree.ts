/**
 * A stream that can be read once, such as standard input, as a tree of one file. It is kept (in memory,
 * past 16 MiB in a scratch file that is already unlinked), because parsers read where they need to.
 */

import { spool } from "../../bytes/spool.ts";
import { Governor } from "../../bytes/governor.ts";
import { AppError, errorMessage } from "../../kernel/errors.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";

/** What a stream gives when it is opened; aborting the signal ends it. */
export type OpenStream = (signal?: AbortSignal) => AsyncIterable<Uint8Array>;

export interface StreamTreeOptions {
  readonly kind: "file" | "stdin" | "url";
  readonly ref: string;
  /** What the report calls the one file. */
  readonly path: string;
  readonly chunks: OpenStream;
}

/** The tree of a stream. The stream is read when its file is first opened. */
export function streamTree({ kind, ref, path, chunks }: StreamTreeOptions): Tree {
  let kept: Promise<RandomSource> | undefined;
  return {
    kind,
    ref,
    async *list(signal?: AbortSignal): AsyncGenerator<TreeFile> {
      yield {
        rawName: Buffer.from(path),
        path,
        kind: "file",
        size: undefined,
        identity: undefined,
        open: () => (kept ??= keep(chunks, path, signal)),
      };
    },
  };
}

/** Reads it all. What this gives has no `close`, so that it can be opened again and again. */
async function keep(
  chunks: OpenStream,
  name: string,
  signal: AbortSignal | undefined,
): Promise<RandomSource> {
  // What the user sends in is the input, not something that grew out of it: no output budget.
  const limits = { ...DEFAULT_LIMITS, outputBytes: Number.POSITIVE_INFINITY };
  const governor = new Governor(limits, 0, signal);
  try {
    const { source } = await spool(asDecoder(chunks(signal)), name, governor);
    if (source.close === undefined) {
      return source;
    }
    return {
      name: source.name,
      size: source.size,
      access: "random",
      ref: source.ref,
      readInto: (buffer, position) => source.readInto(buffer, position),
      readIntoSync: (buffer, position) => source.readIntoSync(buffer, position),
    };
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    throw signal?.aborted === true
      ? new AppError("ABORTED", "interrupted", { cause: error })
      : new AppError("SOURCE_UNREADABLE", `${name}: ${errorMessage(error)}`, { cause: error });
  }
}

async function* asDecoder(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  let consumed = 0;
  for await (const chunk of chunks) {
    consumed += chunk.length;
    yield chunk;
  }
  return { status: "complete", consumed };
}
