/**
 * A sliding window over a source for hot loops. The loop indexes `bytes` directly and asks for more
 * only near the end; bytes past the end of the source read as zero, so that fixed-size operands need
 * no check of their own: compare the position with the size afterwards.
 */

import type { RandomSource } from "../kernel/source.ts";

const WINDOW = 1024 * 1024;

/** Bytes past the valid ones that may be indexed without a check. */
export const PADDING = 32;

export class ByteWindow {
  readonly source: RandomSource;
  readonly size: number;
  readonly bytes: Uint8Array;
  /** Position in the source of `bytes[0]`. */
  base = 0;
  /** Number of valid bytes. */
  length = 0;
  readonly #capacity: number;

  constructor(source: RandomSource, capacity = WINDOW) {
    this.source = source;
    this.size = source.size;
    this.#capacity = Math.min(capacity, source.size);
    this.bytes = new Uint8Array(this.#capacity + PADDING);
  }

  /** Moves the window so that it starts at `position`, keeping what it has already. */
  moveTo(position: number): void {
    const keepFrom = position - this.base;
    let kept = 0;
    if (keepFrom >= 0 && keepFrom < this.length) {
      if (keepFrom === 0 && this.length === this.#capacity) {
        return;
      }
      this.bytes.copyWithin(0, keepFrom, this.length);
      kept = this.length - keepFrom;
    }
    this.base = position;
    const room = this.bytes.subarray(kept, this.#capacity);
    this.length = kept + (room.length > 0 ? this.source.readIntoSync(room, position + kept) : 0);
    this.bytes.fill(0, this.length, this.length + PADDING);
  }

  /** Position of the next line feed at or after `position`, or -1 when there is none. */
  findLineFeed(position: number): number {
    let at = position;
    while (at < this.size) {
      if (at < this.base || at >= this.base + this.length) {
        this.moveTo(at);
        if (this.length === 0) {
          return -1;
        }
      }
      const found = this.bytes.indexOf(0x0a, at - this.base);
      if (found !== -1 && found < this.length) {
        return this.base + found;
      }
      at = this.base + this.length;
    }
    return -1;
  }

  /** A copy of `[start, end)`, wherever it lies; short at the end of the source. */
  copy(start: number, end: number): Uint8Array {
    const from = start - this.base;
    if (from >= 0 && end - this.base <= this.length) {
      return this.bytes.slice(from, end - this.base);
    }
    const buffer = new Uint8Array(Math.max(0, Math.min(end, this.size) - start));
    return buffer.subarray(0, this.source.readIntoSync(buffer, start));
  }
}
