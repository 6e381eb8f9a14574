import { describe, expect, it } from "vitest";

import { Random } from "../../../test/fuzz/random.ts";
import { Spans } from "./spans.ts";

describe("Spans", () => {
  it("joins what touches or overlaps, and leaves out what is empty", () => {
    const spans = new Spans();
    spans.add(10, 20);
    spans.add(30, 40);
    spans.add(5, 5);
    spans.add(20, 25);
    expect(spans.all()).toEqual([
      [10, 25],
      [30, 40],
    ]);
    spans.add(0, 50);
    expect(spans.all()).toEqual([[0, 50]]);
  });

  it("knows what an array of marks knows", () => {
    const random = new Random(7);
    for (let round = 0; round < 50; round += 1) {
      const marks = new Uint8Array(100);
      const spans = new Spans();
      for (let count = random.int(12); count > 0; count -= 1) {
        const start = random.int(100);
        const end = Math.min(100, start + random.int(20));
        marks.fill(1, start, end);
        spans.add(start, end);
      }
      const found = new Uint8Array(100);
      let before = -1;
      for (const [start, end] of spans.all()) {
        expect(start).toBeGreaterThan(before);
        found.fill(1, start, end);
        before = end;
      }
      expect(found).toEqual(marks);
    }
  });
});
