import { describe, expect, it } from "vitest";

import { parseSize, readLimits } from "./sizes.ts";

describe("parseSize", () => {
  it.each([
    ["0", 0],
    ["12", 12],
    ["1_000", 1000],
    ["2GB", 2e9],
    ["2 gb", 2e9],
    ["2GiB", 2 * 1024 ** 3],
    ["1.5k", 1500],
    ["1T", 1e12],
    ["", undefined],
    ["GB", undefined],
    ["-1", undefined],
    ["1e9", undefined],
    ["2XB", undefined],
    ["constructor", undefined],
    ["99999TB", undefined],
  ])("reads %j as %s", (text, size) => {
    expect(parseSize(text)).toBe(size);
  });
});

describe("readLimits", () => {
  it("reads several limits, in one option or in many", () => {
    expect(readLimits(["outputBytes=2GB,depth=32", "ENTRIES=5"])).toEqual({
      outputBytes: 2e9,
      depth: 32,
      entries: 5,
    });
    expect(readLimits([])).toEqual({});
  });

  it.each([
    ["depth", "--limits takes key=value, and depth is not that"],
    ["", "--limits takes key=value, and nothing is not that"],
    ["dept=3", "--limits has no limit dept; did you mean depth?"],
    ["depth=0", "--limits depth is a whole number above 0 or a size such as 2GB and not 0"],
    ["depth=x", "--limits depth is a whole number above 0 or a size such as 2GB and not x"],
    ["depth=101", "--limits depth is at most 100"],
  ])("refuses %j", (text, message) => {
    expect(() => readLimits([text])).toThrow(expect.objectContaining({ code: "USAGE", message }));
  });
});
