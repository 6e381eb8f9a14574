/** Serves small reads that follow one another from one large read of another source. */

import type { RandomSource, SourceRef } from "../kernel/source.ts";
import { MemorySource } from "./memory-source.ts";
import { ByteWindow } from "./window.ts";

const WINDOW = 128 * 1024;

class BufferedSource implements RandomSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly #source: RandomSource;
  readonly #window: ByteWindow;

  constructor(source: RandomSource) {
    this.name = source.name;
    this.size = source.size;
    this.ref = source.ref;
    this.#source = source;
    this.#window = new ByteWindow(source, WINDOW);
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    const window = this.#window;
    const end = Math.min(position + buffer.length, this.size);
    if (buffer.length >= WINDOW) {
      return this.#source.readIntoSync(buffer, position);
    }
    if (position < window.base || end > window.base + window.length) {
      window.moveTo(position);
    }
    const from = position - window.base;
    const count = Math.max(0, Math.min(end - position, window.length - from));
    buffer.set(window.bytes.subarray(from, from + count));
    return count;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }
}

/** The same bytes, with reads of less than 128 KiB made cheap. */
export function buffered(source: RandomSource): RandomSource {
  return source instanceof MemorySource ? source : new BufferedSource(source);
}
