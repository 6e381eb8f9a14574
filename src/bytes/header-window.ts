/**
 * A window for reading many small structures that may lie close together or gigabytes apart: headers
 * of archive members. It reads little where it lands and more and more while it is read on in order,
 * so that twenty thousand small members cost a few large reads and three hundred large ones cost
 * three hundred small reads.
 */

import type { RandomSource } from "../kernel/source.ts";
import { MemorySource } from "./memory-source.ts";

const FIRST = 4 * 1024;
const LARGEST = 1024 * 1024;
/** A jump forward of up to this much counts as reading on. */
const NEAR = 64 * 1024;

export class HeaderWindow {
  readonly size: number;
  /** What is in memory now; valid until the next call of `load`. */
  bytes: Buffer = Buffer.alloc(0);
  /** Bytes read from the source so far. */
  bytesRead = 0;
  readonly #source: RandomSource;
  #buffer: Buffer | undefined;
  #start = 0;
  #amount = FIRST;

  constructor(source: RandomSource) {
    this.#source = source;
    this.size = source.size;
    if (source instanceof MemorySource) {
      const { buffer, byteOffset, byteLength } = source.bytes;
      this.bytes = Buffer.from(buffer, byteOffset, byteLength);
    }
  }

  /**
   * Makes `[position, position + length)` readable, as far as the source has it, and gives the index
   * of `position` in `bytes`. Gives -1 where the source ends before `position + length`.
   */
  load(position: number, length: number): number {
    if (position < 0 || position + length > this.size) {
      return -1;
    }
    const index = position - this.#start;
    if (index >= 0 && index + length <= this.bytes.length) {
      return index;
    }
    this.#move(position, length);
    return this.bytes.length >= length ? 0 : -1;
  }

  /** Loads what follows `position`, at most `limit` bytes; gives how many are there, at index 0 or later. */
  loadSome(position: number, limit: number): { readonly index: number; readonly length: number } {
    const wanted = Math.max(0, Math.min(limit, this.size - position));
    const index = wanted === 0 ? -1 : this.load(position, wanted);
    return index === -1 ? { index: 0, length: 0 } : { index, length: wanted };
  }

  #move(position: number, length: number): void {
    const gap = position - (this.#start + this.bytes.length);
    const readsOn = position >= this.#start && gap <= NEAR;
    this.#amount = readsOn ? Math.min(LARGEST, this.#amount * 4) : FIRST;
    const count = Math.min(this.size - position, Math.max(length, this.#amount));
    if (this.#buffer === undefined || this.#buffer.length < count) {
      this.#buffer = Buffer.allocUnsafe(count);
    }
    const done = this.#source.readIntoSync(this.#buffer.subarray(0, count), position);
    this.bytes = this.#buffer.subarray(0, done);
    this.#start = position;
    this.bytesRead += done;
  }
}
