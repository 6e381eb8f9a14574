/**
 * Elements of recent containers. What a container holds matters when it becomes arguments or state,
 * which is soon after it was made; the elements of old ones are forgotten, so that memory does not grow
 * with the file.
 */

import type { Node, Value } from "./value.ts";

const CAPACITY = 1 << 17;
const MASK = CAPACITY - 1;
const TUPLES = 1 << 10;

export class Pool {
  /** Grows up to its capacity, then goes round. */
  readonly #values: Value[] = [];
  /** Number of values ever put here. */
  #head = 0;
  // Flat tuples by a hash of their position: the last few thousand.
  readonly #tupleKeys = new Float64Array(TUPLES).fill(-1);
  readonly #tupleStarts = new Float64Array(TUPLES);
  readonly #tupleCounts = new Int32Array(TUPLES);

  /** Remembers `values[from..to)` as elements of a node, behind those it has. */
  add(node: Node, values: readonly Value[], from: number, to: number): void {
    if (node.count === 0) {
      node.start = this.#head;
    } else if (node.start + node.count !== this.#head) {
      const own =
        to - from + node.count > CAPACITY / 4 ? undefined : this.read(node.start, node.count);
      if (own === undefined) {
        node.start = -1;
      } else {
        node.start = this.#head;
        this.#push(own, 0, own.length);
      }
    }
    this.#push(values, from, to);
  }

  /** Remembers a flat tuple. */
  addTuple(offset: number, values: readonly Value[], from: number, to: number): void {
    const slot = offset & (TUPLES - 1);
    this.#tupleKeys[slot] = offset;
    this.#tupleStarts[slot] = this.#head;
    this.#tupleCounts[slot] = to - from;
    this.#push(values, from, to);
  }

  tuple(offset: number): readonly Value[] | undefined {
    const slot = offset & (TUPLES - 1);
    return this.#tupleKeys[slot] === offset
      ? this.read(this.#tupleStarts[slot] ?? 0, this.#tupleCounts[slot] ?? 0)
      : undefined;
  }

  /** The elements of a node, unless they are forgotten. */
  of(node: Node): readonly Value[] | undefined {
    return node.items ?? (node.start < 0 ? undefined : this.read(node.start, node.count));
  }

  read(start: number, count: number): Value[] | undefined {
    if (start < this.#head - CAPACITY || count > CAPACITY) {
      return count === 0 ? [] : undefined;
    }
    // An array that is copied has room for its elements only, and half a million calls may keep theirs.
    const from = start & MASK;
    const values = this.#values.slice(from, from + count);
    return from + count <= CAPACITY
      ? values
      : [...values, ...this.#values.slice(0, from + count - CAPACITY)];
  }

  #push(values: readonly Value[], from: number, to: number): void {
    // Of more than the pool holds, the last ones: the container counts as forgotten either way.
    for (let index = Math.max(from, to - CAPACITY); index < to; index += 1) {
      this.#values[(this.#head + index - from) & MASK] = values[index]!;
    }
    this.#head += to - from;
  }
}
