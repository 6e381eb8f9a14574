/** Bytes that are in memory already. */

import type { RandomSource, SourceRef } from "../kernel/source.ts";

export class MemorySource implements RandomSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.name = name;
    this.size = bytes.length;
    this.ref = { kind: "memory", name };
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(buffer.length, this.size - position));
    if (count > 0) {
      buffer.set(this.bytes.subarray(position, position + count));
    }
    return count;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }
}
