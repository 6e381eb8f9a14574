/**
 * Makes any source readable anywhere: what a decompressor puts out is kept in memory up to 16 MiB
 * and in a scratch file beyond, charged to the governor's output budget.
 */

import type { ByteSource, DecodeEnd, DecodeStream, RandomSource } from "../kernel/source.ts";
import { createScratchFile } from "./file-source.ts";
import type { ScratchFile } from "./file-source.ts";
import type { Governor } from "./governor.ts";
import { MemorySource } from "./memory-source.ts";

const IN_MEMORY = 16 * 1024 * 1024;

export interface Spooled {
  readonly source: RandomSource & { close?(): void };
  readonly end: DecodeEnd;
}

/** Runs a decoder to its end, to the governor's limit or to the caller's `limit` of bytes. */
export async function spool(
  stream: DecodeStream,
  name: string,
  governor: Governor,
  limit = Number.POSITIVE_INFINITY,
): Promise<Spooled> {
  const writer = new SpoolWriter(name);
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        return { source: writer.finish(), end: step.value };
      }
      const room = limit - writer.size;
      const chunk = step.value.length > room ? step.value.subarray(0, room) : step.value;
      if (!governor.take("outputBytes", chunk.length)) {
        return {
          source: writer.finish(),
          end: stopped("the limit on decompressed bytes is reached"),
        };
      }
      writer.append(chunk);
      if (chunk.length < step.value.length) {
        return { source: writer.finish(), end: stopped("more bytes come out than were announced") };
      }
      governor.checkAborted();
    }
  } catch (error) {
    writer.discard();
    throw error;
  } finally {
    // A stream that was left early still holds a decoder.
    await stream.return({ status: "limit", consumed: 0 });
  }
}

/** A source of known size with synchronous reads: the source itself where it is one, else its copy. */
export async function randomAccess(
  source: ByteSource,
  governor: Governor,
): Promise<RandomSource & { close?(): void }> {
  if (isRandom(source)) {
    return source;
  }
  const { source: copy } = await spool(readAll(source), source.name, governor);
  return copy;
}

function isRandom(source: ByteSource): source is RandomSource {
  return (
    source.access === "random" && source.size !== undefined && source.readIntoSync !== undefined
  );
}

async function* readAll(source: ByteSource): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  const buffer = new Uint8Array(1024 * 1024);
  let position = 0;
  for (;;) {
    const count = await source.readInto(buffer, position);
    if (count === 0) {
      return { status: "complete", consumed: position };
    }
    position += count;
    yield buffer.subarray(0, count);
  }
}

function stopped(detail: string): DecodeEnd {
  return { status: "limit", consumed: 0, detail };
}

class SpoolWriter {
  readonly #name: string;
  #chunks: Uint8Array[] = [];
  #file: ScratchFile | undefined;
  size = 0;

  constructor(name: string) {
    this.#name = name;
  }

  append(chunk: Uint8Array): void {
    this.size += chunk.length;
    if (this.#file === undefined && this.size <= IN_MEMORY) {
      this.#chunks.push(chunk.slice());
      return;
    }
    if (this.#file === undefined) {
      this.#file = createScratchFile(this.#name);
      for (const kept of this.#chunks) {
        this.#file.append(kept);
      }
      this.#chunks = [];
    }
    this.#file.append(chunk);
  }

  finish(): RandomSource & { close?(): void } {
    if (this.#file !== undefined) {
      return this.#file;
    }
    const [only] = this.#chunks;
    return new MemorySource(
      only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks),
      this.#name,
    );
  }

  discard(): void {
    this.#file?.close();
  }
}
