import { describe, expect, it } from "vitest";

import { Pool } from "./pool.ts";
import { KIND, Node, TAINT } from "./value.ts";

const CAPACITY = 1 << 17;

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

describe("Pool", () => {
  it("gives the elements of tuples, also of those across its end", () => {
    const pool = new Pool();
    for (let from = 0; from < 2 * CAPACITY; from += 7) {
      pool.addTuple(from, numbers(from, 7), 0, 7);
      expect(pool.tuple(from)).toEqual(numbers(from, 7));
    }
    expect(pool.tuple(0)).toBeUndefined();
  });

  it("joins what a node is given in pieces with others in between", () => {
    const pool = new Pool();
    const node = new Node(KIND.LIST, 0, TAINT.NONE);
    for (let from = 0; from < 50_000; from += 10_000) {
      pool.add(node, numbers(from, 10_000), 0, 10_000);
      node.count += 10_000;
      pool.addTuple(1, numbers(0, 3), 0, 3);
    }
    // It is more than a quarter of the pool by now: the last piece was not joined.
    expect(pool.of(node)).toBeUndefined();
    const small = new Node(KIND.LIST, 0, TAINT.NONE);
    for (let from = 0; from < 50; from += 10) {
      pool.add(small, numbers(0, 50), from, from + 10);
      small.count += 10;
      pool.addTuple(1, numbers(0, 3), 0, 3);
    }
    expect(pool.of(small)).toEqual(numbers(0, 50));
  });

  it("forgets what is old, and never what is empty", () => {
    const pool = new Pool();
    const node = new Node(KIND.LIST, 0, TAINT.NONE);
    const empty = new Node(KIND.LIST, 0, TAINT.NONE);
    pool.add(node, [1, 2], 0, 2);
    node.count = 2;
    pool.add(empty, [], 0, 0);
    expect(pool.of(node)).toEqual([1, 2]);
    pool.addTuple(5, numbers(0, CAPACITY), 0, CAPACITY);
    expect([pool.of(node), pool.of(empty)]).toEqual([undefined, []]);
    expect(pool.tuple(5)).toHaveLength(CAPACITY);
  });
});
