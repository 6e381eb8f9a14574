import { describe, expect, it } from "vitest";

import { formatCount, formatDuration, formatFiles } from "./numbers.ts";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1234567, "1,234,567"],
  ])("groups %d", (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it("says file or files", () => {
    expect([formatFiles(0), formatFiles(1), formatFiles(2000)]).toEqual([
      "0 files",
      "1 file",
      "2,000 files",
    ]);
  });

  it.each([
    [0.4, "0 ms"],
    [41.6, "42 ms"],
    [1000, "1.0 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min 0 s"],
    [125_000, "2 min 5 s"],
    [3_599_900, "1 h 0 min"],
    [12_000_000, "3 h 20 min"],
  ])("shows %d ms", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
