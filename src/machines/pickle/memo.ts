/**
 * The memo: slots in an array as long as they are dense, in a map where they are not. It may lie over
 * another, which it shows where nothing else is set and never changes.
 */

import type { Value } from "./value.ts";

const DENSE_STEP = 1 << 16;

export class Memo {
  readonly #dense: (Value | undefined)[] = [];
  readonly #sparse = new Map<number, Value>();
  readonly #below: Memo | undefined;
  #size: number;

  constructor(below?: Memo) {
    this.#below = below;
    this.#size = below?.size ?? 0;
  }

  /** Number of slots that are set, which is the slot that MEMOIZE uses next. */
  get size(): number {
    return this.#size;
  }

  set(slot: number, value: Value): void {
    if (slot === this.#dense.length && this.#sparse.size === 0 && this.#below === undefined) {
      this.#dense.push(value);
      this.#size += 1;
      return;
    }
    this.#size += this.get(slot) === undefined ? 1 : 0;
    if (slot <= this.#dense.length + DENSE_STEP) {
      while (this.#dense.length < slot) {
        this.#dense.push(undefined);
      }
      this.#sparse.delete(slot);
      this.#dense[slot] = value;
    } else {
      this.#sparse.set(slot, value);
    }
  }

  get(slot: number): Value | undefined {
    return (
      this.#dense[slot] ??
      (this.#sparse.size > 0 ? this.#sparse.get(slot) : undefined) ??
      this.#below?.get(slot)
    );
  }
}
