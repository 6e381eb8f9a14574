import { describe, expect, it } from "vitest";

import { didYouMean, nearest } from "./suggest.ts";

describe("nearest", () => {
  const commands = ["scan", "explain", "formats", "demo"];

  it.each([
    ["scn", "scan"],
    ["sacn", "scan"],
    ["scann", "scan"],
    ["SCAN", "scan"],
    ["fromat", "formats"],
    ["explian", "explain"],
    ["dmo", "demo"],
    ["sign", undefined],
    ["", undefined],
    ["x".repeat(100_000), undefined],
  ])("of %.10s is %s", (given, expected) => {
    expect(nearest(given, commands)).toBe(expected);
  });

  it("prefers the closest", () => {
    expect(nearest("--formt", ["--fail-on", "--format", "--form"])).toBe("--format");
  });
});

describe("didYouMean", () => {
  it("says nothing where nothing is near", () => {
    expect(didYouMean("zzz", ["scan"])).toBe("");
    expect(didYouMean("scna", ["scan"])).toBe("; did you mean scan?");
  });
});
