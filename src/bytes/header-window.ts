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
/** Kept before the position, because readers look back at the record before. */
const BEFORE = 128;

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
    const moved = position - this.#start;
    return this.bytes.length - moved >= length ? moved : -1;
  }

  /**
   * Makes some of what follows `position` readable, at most `limit` bytes: what is in memory already, or
   * as much as is worth a read. Gives where it lies in `bytes`; a length of 0 is the end of the source.
   */
  loadSome(position: number, limit: number): { readonly index: number; readonly length: number } {
    const wanted = Math.max(0, Math.min(limit, this.size - position));
    if (position < this.#start || this.#end - position < Math.min(wanted, FIRST)) {
      this.#move(position, Math.min(wanted, FIRST));
    }
    const length = Math.max(0, Math.min(wanted, this.#end - position));
    return { index: position - this.#start, length };
  }

  get #end(): number {
    return this.#start + this.bytes.length;
  }

  #move(position: number, length: number): void {
    const readsOn = position >= this.#start && position - this.#end <= NEAR;
    this.#amount = readsOn ? Math.min(LARGEST, this.#amount * 4) : FIRST;
    const start = Math.max(0, position - BEFORE);
    const count = Math.min(this.size - start, position - start + Math.max(length, this.#amount));
    if (this.#buffer === undefined || this.#buffer.length < count) {
      this.#buffer = Buffer.allocUnsafe(count);
    }
    const done = this.#source.readIntoSync(this.#buffer.subarray(0, count), start);
    this.bytes = this.#buffer.subarray(0, done);
    this.#start = start;
    this.bytesRead += done;
  }
}
