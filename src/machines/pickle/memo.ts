/** The memo: slots in an array as long as they are dense, in a map where they are not. */

import type { Value } from "./value.ts";

const DENSE_STEP = 1 << 16;

export class Memo {
  readonly #dense: (Value | undefined)[] = [];
  readonly #sparse = new Map<number, Value>();
  #size = 0;

  /** Number of slots that are set, which is the slot that MEMOIZE uses next. */
  get size(): number {
    return this.#size;
  }

  set(slot: number, value: Value): void {
    if (slot === this.#dense.length && this.#sparse.size === 0) {
      this.#dense.push(value);
      this.#size += 1;
      return;
    }
    if (slot <= this.#dense.length + DENSE_STEP) {
      while (this.#dense.length < slot) {
        this.#dense.push(undefined);
      }
      if (this.#dense[slot] === undefined) {
        this.#size += this.#sparse.delete(slot) ? 0 : 1;
      }
      this.#dense[slot] = value;
    } else {
      this.#size += this.#sparse.has(slot) ? 0 : 1;
      this.#sparse.set(slot, value);
    }
  }

  get(slot: number): Value | undefined {
    return this.#dense[slot] ?? (this.#sparse.size > 0 ? this.#sparse.get(slot) : undefined);
  }
}
