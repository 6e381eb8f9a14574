/** A source that readers only get bytes from by reading, and that counts how often and how much. */

import type { RandomSource, SourceRef } from "../../src/kernel/source.ts";

export class CountingSource implements RandomSource {
  readonly access = "random";
  readonly name = "counted";
  readonly size: number;
  readonly ref: SourceRef = { kind: "memory", name: "counted" };
  reads = 0;
  bytesRead = 0;
  readonly #fill: (buffer: Uint8Array, position: number) => void;

  constructor(size: number, fill: (buffer: Uint8Array, position: number) => void) {
    this.size = size;
    this.#fill = fill;
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(buffer.length, this.size - position));
    this.#fill(buffer.subarray(0, count), position);
    this.reads += 1;
    this.bytesRead += count;
    return count;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }
}

/** The same over bytes in memory. */
export function countingSource(bytes: Uint8Array): CountingSource {
  return new CountingSource(bytes.length, (buffer, position) => {
    buffer.set(bytes.subarray(position, position + buffer.length));
  });
}
