/** Collects names into one piece of memory. */

import type { NameColumn } from "../kernel/tables.ts";

const FIRST_BYTES = 4096;
const encoder = new TextEncoder();

export class NameColumnBuilder {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  readonly #ends: number[] = [];

  add(name: string): void {
    // No UTF-16 unit takes more than three bytes.
    const needed = this.#length + 3 * name.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#length += encoder.encodeInto(name, this.#bytes.subarray(this.#length)).written;
    this.#ends.push(this.#length);
  }

  /** The column, with memory of its own and not a byte more than it needs. */
  done(): NameColumn {
    return { bytes: this.#bytes.slice(0, this.#length), ends: Uint32Array.from(this.#ends) };
  }
}
