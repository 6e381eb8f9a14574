import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { findScalarValues, looksLikeYaml } from "./scalar-values.ts";

const hasYaml = spawnSync("python3", ["-I", "-c", "import yaml"]).status === 0;
const KEY = /^k$/;

const VALUES: readonly (readonly [yaml: string, ...values: string[]])[] = [
  ["k: |\n  a\n  b\nother: 1\n", "a\nb"],
  ["a:\n  k: |-\n    a\n      b\n\n    c\n  d: 1\n", "a\n  b\n\nc"],
  ["k: |2\n    a\n  b\n", "  a\nb"],
  ["k: |+2\n    a\n", "  a"],
  ["k: &x !!str |\n  a\n", "a"],
  ["k: | # why\n  # a\n", "# a"],
  ["k: >\n  a\n  b\n\n  c\n   d\n  e\n", "a b\nc\n d\ne"],
  ["k: >-\n\n  a\n\n\n  b\n\n    c\n\n  d\n", "\na\n\nb\n\n  c\n\nd"],
  ["- k: |\n    a\n  b: 1\n- k: 'it''s'\n", "a", "it's"],
  [String.raw`k: "a\n\x41\u0042\U0001F600\e\\x41\"" # why`, 'a\nAB\u{1f600}\u001b\\x41"'],
  ["'k': |\r\n  a\r\n  b\r\n", "a\nb"],
  ["text: |\n  k: |\n    a\nk: |\n\n  b\n", "\nb"],
  ["k: |\n"],
  ["k: plain\n"],
];

describe("texts behind a key", () => {
  it.each(VALUES)("%j", (yaml, ...values) => {
    const found = findScalarValues(yaml, KEY).map((text) => text.replace(/\n+$/, ""));
    expect(found.filter((text) => text !== "")).toEqual(values);
  });

  it.skipIf(!hasYaml)("are what PyYAML reads", () => {
    const program = `import json, sys, yaml
def walk(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "k" and isinstance(inner, str): yield inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value: yield from walk(inner)
print(json.dumps([list(walk(yaml.safe_load(text))) for text in json.load(sys.stdin)]))`;
    const texts = VALUES.map(([yaml]) => yaml).filter((yaml) => !yaml.includes("plain"));
    const { stdout } = spawnSync("python3", ["-I", "-c", program], {
      encoding: "utf8",
      input: JSON.stringify(texts),
    });
    const trimmed = (all: readonly string[]) => all.map((text) => text.replace(/\n+$/, ""));
    expect((JSON.parse(stdout) as string[][]).map(trimmed)).toEqual(
      texts.map((text) => trimmed(findScalarValues(text, KEY))),
    );
  });

  it("are found in one pass, however the text is made", () => {
    expect(findScalarValues("k: '".repeat(100_000), KEY)).toEqual([]);
    expect(findScalarValues(`k: ${"''".repeat(200_000)}x`, KEY)).toEqual([]);
    expect(findScalarValues(`k: ${"!a ".repeat(100_000)}`, KEY)).toEqual([]);
    expect(findScalarValues("k: |\n".repeat(100_000), KEY)).toHaveLength(100_000);
    expect(findScalarValues(`k: |\n${" ".repeat(400_000)}`, KEY)).toHaveLength(1);
  });
});

describe("YAML by its margin", () => {
  it.each(["a: 1\nb:\n  c\n", "---\n- a\n-\n# why\n...\n", "'a b': 1\n"])("is %j", (text) => {
    expect(looksLikeYaml(text)).toBe(true);
  });

  it.each(["# Title\n\nText\n", "import x\nk: |\n", "{% if a %}\nk: |\n", "def f(k: str):\n"])(
    "is not %j",
    (text) => {
      expect(looksLikeYaml(text)).toBe(false);
    },
  );
});
