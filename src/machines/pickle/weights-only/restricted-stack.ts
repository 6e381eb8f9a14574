/** The stack, the marks and the memo of the restricted unpickler, with a bound on what they hold. */

import { refuse } from "./refusal.ts";
import type { Mapping, Sequence, Value } from "./values.ts";

/** Bound on the values that are kept of one stream; real checkpoints stay far below. */
const MAX_VALUES = 2 ** 21;
// Characters of short texts; others are not kept.
const MAX_TEXT = 2 ** 26;

const TOO_MANY = "the pickle has more values than the simulation follows";

export class RestrictedStack {
  readonly #most: number;
  #items: Value[] = [];
  readonly #marks: Value[][] = [];
  // Keys are consecutive in what pickle writes; others go to the map.
  readonly #memo: Value[] = [];
  readonly #sparseMemo = new Map<number, Value>();
  #depth = 0;
  #objects = 0;
  #cells = 0;
  #text = 0;

  constructor(most = MAX_VALUES) {
    this.#most = most;
  }

  push(value: Value): void {
    this.#checkRoom();
    this.#items.push(value);
  }

  pop(): Value {
    const value = this.#items.pop();
    return value === undefined ? refuse("the pickle takes from an empty stack") : value;
  }

  top(): Value {
    const value = this.#items.at(-1);
    return value === undefined ? refuse("the pickle looks at an empty stack") : value;
  }

  replaceTop(value: Value): void {
    this.pop();
    this.push(value);
  }

  mark(): void {
    this.#checkRoom();
    this.#depth += this.#items.length + 1;
    this.#marks.push(this.#items);
    this.#items = [];
  }

  /** What was pushed since the last mark. */
  popMark(): Value[] {
    const items = this.#items;
    const below = this.#marks.pop();
    if (below === undefined) {
      refuse("the pickle looks for a mark that is not there");
    }
    this.#items = below;
    this.#depth -= below.length + 1;
    return items;
  }

  /** Takes the last `count` values, in order. */
  take(count: number): Value[] {
    if (this.#items.length < count) {
      refuse("the pickle takes from an empty stack");
    }
    return this.#items.splice(this.#items.length - count, count);
  }

  put(key: number): void {
    const value = this.top();
    if (key < this.#memo.length) {
      this.#memo[key] = value;
    } else if (key === this.#memo.length && key < this.#most) {
      this.#memo.push(value);
    } else {
      this.#sparseMemo.set(key, value);
    }
    if (this.#sparseMemo.size > this.#most / 4) {
      refuse(TOO_MANY);
    }
  }

  get(key: number): void {
    const value = key < this.#memo.length ? this.#memo[key] : this.#sparseMemo.get(key);
    if (value === undefined) {
      refuse(`the pickle reads memo ${key}, which it did not write`);
    }
    this.push(value);
  }

  #checkRoom(): void {
    if (this.#depth + this.#items.length >= this.#most) {
      refuse(TOO_MANY);
    }
  }

  /** Counts an object that was made, and how many values it keeps. */
  charge(cells: number): void {
    this.#objects += 1;
    this.#cells += cells;
    if (this.#objects > this.#most || this.#cells > this.#most * 2) {
      refuse(TOO_MANY);
    }
  }

  /** Counts values that a container keeps from now on. */
  chargeCells(container: Sequence | Mapping, before: number): void {
    const kept = container.kind === "sequence" ? container.items : container.entries;
    this.#cells += kept.length - before;
    if (this.#cells > this.#most * 2) {
      refuse(TOO_MANY);
    }
  }

  /** Whether a text of this length may be kept; then it is counted. */
  keepsText(length: number): boolean {
    if (length > 512 || this.#text + length > MAX_TEXT) {
      return false;
    }
    this.#text += length;
    return true;
  }
}
