import { describe, expect, it } from "vitest";

import { isHubTarget, isSafePath, parseHubTarget } from "./hub-target.ts";
import { hubUrlTarget } from "./hub-url.ts";

/** Type, id, revision, path. */
function read(target: string) {
  return parseHubTarget(target).map(({ type, id, revision, path }) => [type, id, revision, path]);
}

describe("parseHubTarget", () => {
  // As `HfFileSystem.resolve_path` of huggingface_hub 2.4.0 reads them, its main branch left open.
  it.each([
    ["org/name", "models", undefined, ""],
    ["//org/name", "models", undefined, ""],
    ["models/org/name", "models", undefined, ""],
    ["org/name/", "models", undefined, ""],
    ["org/name/a.txt", "models", undefined, "a.txt"],
    ["org/name@v1/x/y", "models", "v1", "x/y"],
    ["org/name@refs/pr/1", "models", "refs/pr/1", ""],
    ["org/name@refs/pr/1/x", "models", "refs/pr/1", "x"],
    ["org/name@refs/pr/12/y", "models", "refs/pr/12", "y"],
    ["org/name@refs/convert/parquet/a", "models", "refs/convert/parquet", "a"],
    ["org/name@refs/convert/pa-q/a", "models", "refs/convert/pa-q", "a"],
    ["org/name@refs%2Fpr%2F1/x", "models", "refs/pr/1", "x"],
    ["org/name@feature%2Fa/x", "models", "feature/a", "x"],
    ["org/name@refs/heads/main/x", "models", "refs", "heads/main/x"],
    ["org/name@a@b/c", "models", "a@b", "c"],
    ["org/name/file@2.txt", "models", undefined, "file@2.txt"],
    ["org/name/a@b/c", "models", undefined, "a@b/c"],
    ["datasets/org/name", "datasets", undefined, ""],
    ["datasets/org/name@v1/a", "datasets", "v1", "a"],
  ])("reads hf:%s", (text, type, revision, path) => {
    expect(read(`hf:${text}`)[0]).toEqual([type, "org/name", revision, path]);
  });

  it("knows the oldest models, which have no organization", () => {
    expect(read("hf:gpt2")).toEqual([["models", "gpt2", undefined, ""]]);
    expect(read("hf:gpt2@main/a.txt")).toEqual([["models", "gpt2", "main", "a.txt"]]);
    expect(read("hf:gpt2/a.txt")).toEqual([
      ["models", "gpt2/a.txt", undefined, ""],
      ["models", "gpt2", undefined, "a.txt"],
    ]);
  });

  it.each([
    ["hf:", "nothing is no name"],
    ["hf:org/na..me", "org/na..me is no name"],
    ["hf:org/na--me", "is no name"],
    ["hf:org/name.git", "is no name"],
    ["hf:../name", "is no name"],
    ["hf:org/..", "is no name"],
    ["hf:org/name%2Fx", "is no name"],
    ["hf:-org/name", "is no name"],
    [`hf:org/${"a".repeat(97)}`, "is no name"],
    ["hf:org/name@", "is no name"],
    ["hf:org/name@/x", "the revision after @ is missing or too long"],
    [`hf:org/name@${"a".repeat(256)}`, "the revision after @ is missing or too long"],
    ["hf:org/name@..", "the revision after @ leads nowhere"],
    ["hf:org/name@.", "the revision after @ leads nowhere"],
    ["hf:org/name@%2e%2e", "the revision after @ leads nowhere"],
    ["hf:org/name@..%2F..%2Fx", "the revision after @ leads nowhere"],
    ["hf:org/name@a%2F%2Fb", "the revision after @ leads nowhere"],
    ["hf:org/name@a%00b", "the revision after @ leads nowhere"],
    ["hf:org/name@%zz", "the revision is not percent-encoded correctly"],
    ["hf:org/name/../x", "the path leads nowhere"],
    ["hf:org/name/a//x", "the path leads nowhere"],
    ["hf:org/name@v1/a/./x", "the path leads nowhere"],
    ["hf:spaces/org/name", "only models and datasets can be scanned"],
    ["hf:buckets/org/name", "only models and datasets can be scanned"],
  ])("refuses %s", (target, problem) => {
    expect(() => parseHubTarget(target)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringContaining(problem) as string,
      }),
    );
  });

  it("is asked for what begins like one", () => {
    expect(["hf:a/b", "HF:a/b", "./hf:a/b", "https://a.example"].map(isHubTarget)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(read("HF:org/name")).toEqual(read("hf:org/name"));
  });
});

describe("isSafePath", () => {
  it.each(["a", "a/b", "a b#?%2e%2e/c", "...", ".git/config", "C:\\x"])("takes %j", (path) => {
    expect(isSafePath(path)).toBe(true);
  });

  it.each(["", "/a", "a/", "a//b", "..", "a/../b", ".", "a\0", "\ud800", "a".repeat(2001)])(
    "refuses %j",
    (path) => {
      expect(isSafePath(path)).toBe(false);
    },
  );
});

describe("hubUrlTarget", () => {
  const hub = new URL("https://huggingface.co");

  it.each([
    ["https://huggingface.co/org/name", "hf:org/name"],
    ["https://huggingface.co/org/name/", "hf:org/name"],
    ["https://huggingface.co/gpt2", "hf:gpt2"],
    ["https://huggingface.co/gpt2/tree/main", "hf:gpt2@main"],
    ["https://huggingface.co/org/name/tree/v1/onnx", "hf:org/name@v1/onnx"],
    ["https://huggingface.co/org/name/blob/main/a%20b.bin", "hf:org/name@main/a b.bin"],
    ["https://huggingface.co/org/name/resolve/main/a.bin?download=true", "hf:org/name@main/a.bin"],
    ["https://huggingface.co/org/name/raw/main/tree/blob", "hf:org/name@main/tree/blob"],
    ["https://huggingface.co/org/name/tree/refs%2Fpr%2F1", "hf:org/name@refs%2Fpr%2F1"],
    ["https://huggingface.co/datasets/org/name/blob/main/a", "hf:datasets/org/name@main/a"],
    ["https://huggingface.co/org/name/discussions/1", undefined],
    ["https://huggingface.co/spaces/org/name", undefined],
    ["https://huggingface.co/docs/hub", undefined],
    ["https://huggingface.co/", undefined],
    ["https://huggingface.co.evil.example/org/name", undefined],
    ["http://huggingface.co/org/name", undefined],
    ["https://other.example/org/name", undefined],
  ])("makes of %s %s", (address, target) => {
    expect(hubUrlTarget(address, hub)).toBe(target);
  });

  it("leaves out the path of a mirror, and takes nothing beside it", () => {
    const mirror = new URL("https://mirror.example/hf/main");
    const place = hubUrlTarget("https://mirror.example/hf/main/org/name/tree/v1", mirror);
    expect(place).toBe("hf:org/name@v1");
    expect(hubUrlTarget("https://mirror.example/hf/mainly/org/name", mirror)).toBeUndefined();
  });
});
