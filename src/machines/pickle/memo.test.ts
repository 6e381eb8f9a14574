import { describe, expect, it } from "vitest";

import { Memo } from "./memo.ts";

describe("Memo", () => {
  it("gives what was put where, across pages and beyond them", () => {
    const memo = new Memo();
    const slots = [0, 1, 16_383, 16_384, 40_000, 70_000, 10_000_000, 4_294_967_296, 2];
    for (const slot of slots) {
      memo.set(slot, slot + 1);
    }
    expect(slots.map((slot) => memo.get(slot))).toEqual(slots.map((slot) => slot + 1));
    expect(memo.size).toBe(slots.length);
    for (const slot of [3, 16_385, 69_999, 70_001, 9_999_999, 4_294_967_297, -1, Number.NaN]) {
      expect(memo.get(slot)).toBeUndefined();
    }
  });

  it("uses the number of slots as the next one, as MEMOIZE does", () => {
    const memo = new Memo();
    for (let value = 0; value < 40_000; value += 1) {
      memo.add(value);
    }
    expect([memo.size, memo.get(0), memo.get(39_999)]).toEqual([40_000, 0, 39_999]);
    memo.set(50_000, -1);
    memo.add(-2);
    expect([memo.get(40_000), memo.get(40_001), memo.get(50_000)]).toEqual([undefined, -2, -1]);
  });

  it("counts a slot once, and overwrites it", () => {
    const memo = new Memo();
    memo.set(5, 1);
    memo.set(5, 2);
    memo.set(1_000_000, 3);
    memo.set(1_000_000, 4);
    expect([memo.size, memo.get(5), memo.get(1_000_000)]).toEqual([2, 2, 4]);
  });

  it("shows the one below where nothing else is set, and leaves it as it is", () => {
    const below = new Memo();
    below.add(1);
    below.add(2);
    const memo = new Memo(below);
    memo.set(0, 9);
    memo.add(3);
    expect([memo.get(0), memo.get(1), memo.get(2), memo.size]).toEqual([9, 2, 3, 3]);
    expect([below.get(0), below.get(2), below.size]).toEqual([1, undefined, 2]);
  });
});
