import { describe, expect, it } from "vitest";

import { checkLayout } from "./check-layout.ts";
import type { HeaderTensor } from "./header.ts";

const START = 100;

function tensor(begin: number, end: number, more: Partial<HeaderTensor> = {}): HeaderTensor {
  const elements = end - begin;
  return {
    name: "t",
    at: 9,
    dtype: "U8",
    bits: 8,
    shape: [elements],
    elements,
    begin,
    end,
    ...more,
  };
}

const check = (tensors: readonly HeaderTensor[], size: number) =>
  checkLayout(tensors, START, START + size);

describe("checkLayout", () => {
  it("finds nothing wrong with tensors in any order, empty ones among them", () => {
    const layout = check([tensor(4, 8), tensor(0, 4), tensor(4, 4), tensor(0, 0)], 8);
    expect(layout.problems).toEqual([]);
    expect(layout.unnamed).toEqual([]);
  });

  it("sees holes in front, between and behind", () => {
    const { problems, unnamed } = check([tensor(2, 4), tensor(6, 8)], 10);
    expect(unnamed).toEqual([
      { start: 100, end: 102 },
      { start: 104, end: 106 },
      { start: 108, end: 110 },
    ]);
    expect(problems.map(({ kind }) => kind)).toEqual(["damaged", "damaged", "damaged"]);
    expect(problems.at(-1)).toMatchObject({
      offset: 108,
      message: "2 bytes behind the last tensor",
    });
  });

  it.each([
    ["another tensor", [tensor(0, 4), tensor(3, 8)], "overlaps by 1 byte"],
    ["one that encloses it", [tensor(0, 8), tensor(2, 4)], "overlaps by 6 bytes"],
    ["itself", [tensor(8, 0, { elements: 0 })], "ends in front of its beginning"],
    ["its shape", [tensor(0, 8, { elements: 3 })], "needs 3 bytes and has 8"],
    ["no whole bytes", [tensor(0, 8, { bits: 4, elements: 15 })], "needs 7.5 bytes"],
    ["64 bits", [tensor(0, 8, { elements: 2n ** 62n })], "past 64 bits"],
    ["an overflow", [tensor(0, 8, { elements: undefined })], "past 64 bits"],
  ])("sees a tensor at odds with %s", (_, tensors, message) => {
    const { problems } = check(tensors, 8);
    expect(problems.map((problem) => problem.message).join()).toContain(message);
    expect(problems[0]?.kind).toBe("damaged");
  });

  it("calls a file cut that ends before its tensors", () => {
    const { problems, sound } = check([tensor(0, 4), tensor(4, 12)], 8);
    expect(problems).toMatchObject([{ kind: "truncated", offset: 9 }]);
    expect(sound).toEqual([{ start: 100, end: 108 }]);
  });

  it("vouches for no bytes of a tensor whose length is wrong or whose dtype nobody knows", () => {
    const wrong = [tensor(0, 4, { elements: 1 }), tensor(4, 8, { bits: 0, dtype: "?" })];
    expect(check(wrong, 8)).toMatchObject({ sound: [], unnamed: [] });
  });

  it("tells of so many problems and no more", () => {
    const many = Array.from({ length: 1000 }, (_, index) => tensor(index * 4, index * 4 + 2));
    expect(check(many, 4000).problems).toHaveLength(64);
  });
});
