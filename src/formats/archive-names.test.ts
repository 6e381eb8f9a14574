import { describe, expect, it } from "vitest";

import { canonicalName, nameProblem } from "./archive-names.ts";

describe("nameProblem", () => {
  it.each([
    ["/etc/passwd", "absolute"],
    ["\\windows\\x", "absolute"],
    ["C:/x", "drive"],
    ["W:0.npy", "drive-relative"],
    ["\\\\host\\share\\x", "network-path"],
    ["//host/share", "network-path"],
    ["../x", "parent"],
    ["a/../../x", "parent"],
    ["a\\..\\..\\x", "parent"],
    ["a/.. /../x", "parent"],
    ["...", "parent"],
    ["a/../b", "inner-parent"],
    ["data.pkl\0.txt", "nul"],
    ["data.pkl.", "stripped"],
    ["data.pkl ", "stripped"],
    ["a. /b", "stripped"],
    ["aux", "device-name"],
    ["a/NUL.npy", "device-name"],
    ["COM1", "device-name"],
    ["%2e%2e%2fx", "encoded"],
    ["..%5cx", "encoded"],
    ["└«└«└»x", "encoded"],
  ])("%j is %s", (name, problem) => {
    expect(nameProblem(name)).toBe(problem);
  });

  it.each([
    "archive/data.pkl",
    "archive/.data/serialization_id",
    "a/",
    "./model_config.yaml",
    "a b/c (1).npy",
    "größe/模型.bin",
    "layers/conv2d/vars/0",
    "x..y",
    "..x",
    "a/..x/y..z",
    "auxiliary/console.npy",
    "100%/a",
    "kernel:0.npy",
    "model.safetensors.index.json",
    "",
  ])("%j is ordinary", (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it("stays linear on long names", () => {
    for (const part of ["a.", "../a/", ". ", "a/", "%2e"]) {
      expect(() => nameProblem(part.repeat(30_000))).not.toThrow();
      expect(canonicalName(part.repeat(30_000)).length).toBeLessThanOrEqual(30_000 * part.length);
    }
  });
});

describe("canonicalName", () => {
  it.each([
    ["a/b.txt", "a/b.txt"],
    ["./a//b.txt", "a/b.txt"],
    ["a\\b.txt", "a/b.txt"],
    ["a/./b.txt", "a/b.txt"],
    ["a/b.txt. ", "a/b.txt"],
    ["a/b.txt\0.png", "a/b.txt"],
    ["o\u0308", "ö"],
    ["/a", "/a"],
    ["...", "..."],
  ])("%j is %j", (name, canonical) => {
    expect(canonicalName(name)).toBe(canonical);
  });
});
