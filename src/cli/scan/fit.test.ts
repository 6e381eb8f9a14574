import { describe, expect, it } from "vitest";

import { fit } from "./fit.ts";

describe("fit", () => {
  it.each([
    ["short", 10, "short"],
    ["exactly", 7, "exactly"],
    ["too long", 5, "too …"],
    ["模型文件", 8, "模型文件"],
    ["模型文件", 7, "模型…"],
    ["😀😀😀", 4, "😀…"],
    ["a", 0, ""],
    ["", 5, ""],
  ])("%j in %d columns is %j", (line, columns, expected) => {
    expect(fit(line, columns)).toBe(expected);
  });
});
