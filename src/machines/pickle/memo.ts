/**
 * The memo: slots in pages as long as they are dense, in a map where they are not. It may lie over
 * another, which it shows where nothing else is set and never changes.
 */

import type { Value } from "./value.ts";

/** Slots of a page: one array for all would be copied whenever it grows. */
const PAGE = 1 << 14;
const DENSE_STEP = 1 << 16;

type Slots = (Value | undefined)[];

export class Memo {
  readonly #pages: Slots[] = [];
  /** The last page, and where it ends. */
  #last: Slots = [];
  #lastEnd = 0;
  /** Number of slots in the pages. */
  #dense = 0;
  readonly #sparse = new Map<number, Value>();
  readonly #below: Memo | undefined;
  /** No slot lies anywhere but in the pages. */
  #inOrder: boolean;
  #size: number;

  constructor(below?: Memo) {
    this.#below = below;
    this.#inOrder = below === undefined;
    this.#size = below?.size ?? 0;
  }

  /** Number of slots that are set, which is the slot that MEMOIZE uses next. */
  get size(): number {
    return this.#size;
  }

  /** MEMOIZE: sets the slot that is the number of those that are set. */
  add(value: Value): void {
    if (this.#size === this.#dense && this.#inOrder) {
      this.#push(value);
      this.#size += 1;
    } else {
      this.set(this.#size, value);
    }
  }

  set(slot: number, value: Value): void {
    if (slot === this.#dense && this.#inOrder) {
      this.#push(value);
      this.#size += 1;
      return;
    }
    this.#size += this.get(slot) === undefined ? 1 : 0;
    if (slot > this.#dense + DENSE_STEP) {
      this.#sparse.set(slot, value);
      this.#inOrder = false;
      return;
    }
    while (this.#dense <= slot) {
      this.#push(undefined);
    }
    this.#sparse.delete(slot);
    this.#pages[Math.floor(slot / PAGE)]![slot % PAGE] = value;
  }

  get(slot: number): Value | undefined {
    return (
      (slot < this.#dense ? this.#pages[Math.floor(slot / PAGE)]?.[slot % PAGE] : undefined) ??
      (this.#inOrder ? undefined : (this.#sparse.get(slot) ?? this.#below?.get(slot)))
    );
  }

  #push(value: Value | undefined): void {
    if (this.#dense === this.#lastEnd) {
      this.#last = [];
      this.#pages.push(this.#last);
      this.#lastEnd += PAGE;
    }
    this.#last.push(value);
    this.#dense += 1;
  }

  /** Number of slots with more than a position in them. */
  nodes(): number {
    let nodes = 0;
    for (const page of this.#pages) {
      for (const value of page) {
        nodes += typeof value === "object" ? 1 : 0;
      }
    }
    return nodes + this.#sparse.size;
  }
}
