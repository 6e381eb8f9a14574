/** A range of another source: a stored archive member, the stream after another one. */

import type { RandomSource, SourceRef } from "../kernel/source.ts";
import { MemorySource } from "./memory-source.ts";

class SliceSource implements RandomSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly parent: RandomSource;
  readonly start: number;

  constructor(parent: RandomSource, start: number, end: number, name: string) {
    this.parent = parent;
    this.start = start;
    this.size = end - start;
    this.name = name;
    this.ref = { kind: "slice", of: parent.ref, start, end };
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    const count = Math.min(buffer.length, this.size - position);
    return count <= 0
      ? 0
      : this.parent.readIntoSync(buffer.subarray(0, count), this.start + position);
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }
}

/** The bytes `[start, end)` of `parent`, cut to what it has. Slices of slices and of memory collapse. */
export function sliceSource(
  parent: RandomSource,
  start: number,
  end: number,
  name: string,
): RandomSource {
  const from = Math.max(0, Math.min(start, parent.size));
  const to = Math.max(from, Math.min(end, parent.size));
  if (parent instanceof MemorySource) {
    return new MemorySource(parent.bytes.subarray(from, to), name);
  }
  if (parent instanceof SliceSource) {
    return new SliceSource(parent.parent, parent.start + from, parent.start + to, name);
  }
  return new SliceSource(parent, from, to, name);
}
