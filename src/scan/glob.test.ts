import { describe, expect, it } from "vitest";

import { globMatcher } from "./glob.ts";

describe("globMatcher", () => {
  it.each([
    ["*.pkl", "a.pkl", true],
    ["*.pkl", "deep/er/a.pkl", true],
    ["*.pkl", "a.pkl.txt", false],
    ["a?.pkl", "ab.pkl", true],
    ["a?.pkl", "a/.pkl", false],
    ["models/*.pkl", "models/a.pkl", true],
    ["models/*.pkl", "models/x/a.pkl", false],
    ["models/*.pkl", "old/models/a.pkl", false],
    ["./models/*.pkl", "models/a.pkl", true],
    ["/a.pkl", "a.pkl", true],
    ["/a.pkl", "x/a.pkl", false],
    ["models/**/a.pkl", "models/a.pkl", true],
    ["models/**/a.pkl", "models/x/y/a.pkl", true],
    ["**/x/*.bin", "a/x/b/x/c.bin", true],
    ["**", "a/b", true],
    ["models", "models/a/b.pkl", true],
    ["models/", "x/models/b.pkl", true],
    ["models/**", "models", false],
    ["models/**", "models/a", true],
    ["*.{pt,pth}", "a.pth", true],
    ["*.{pt,pth}", "a.p", false],
    ["{a,b{c,d}}.x", "bd.x", true],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[!a-c]x", "dx", true],
    ["[]]", "]", true],
    [String.raw`\*.pkl`, "*.pkl", true],
    [String.raw`\*.pkl`, "a.pkl", false],
    [String.raw`a\{b`, "a{b", true],
    ["a.b", "aXb", false],
    ["*", "", true],
    ["😀?", "😀😀", true],
  ])("%s takes %s: %s", (pattern, path, expected) => {
    expect(globMatcher([pattern])(path)).toBe(expected);
  });

  it("takes what any of its patterns takes", () => {
    const matches = globMatcher(["*.a", "*.b"]);

    expect([matches("x.a"), matches("x.b"), matches("x.c")]).toEqual([true, true, false]);
  });

  it("is not slowed down by a path made for it", () => {
    const matches = globMatcher(["*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/b"]);

    expect(matches(`${"a".repeat(3000)}c`)).toBe(false);
    expect(matches("a/".repeat(1500))).toBe(false);
  });

  it.each(["a{b", "a[b", "{a,b}".repeat(9)])("refuses %s in a sentence", (pattern) => {
    expect(() => globMatcher([pattern])).toThrow(/^the pattern .* (opens|has more than)/);
  });
});
