import { describe, expect, it } from "vitest";

import { resolveLink } from "./links.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const SNAPSHOT = `/home/u/.cache/huggingface/hub/models--org--name/snapshots/${HASH}`;

function resolve(path: string, links: Record<string, string>, location?: string) {
  return resolveLink(path, new Map(Object.entries(links)), location);
}

describe("resolveLink", () => {
  it.each([
    ["a", { a: "b" }, "b"],
    ["x/a", { "x/a": "../y/b" }, "y/b"],
    ["x/a", { "x/a": "./b/../c" }, "x/c"],
    ["a", { a: "." }, ""],
    ["x/a", { "x/a": ".." }, ""],
    ["a", { a: "b", b: "c/d" }, "c/d"],
    ["a", { a: "dir/f", dir: "real" }, "real/f"],
    ["a", { a: "x/dir/../f", "x/dir": "../y/z" }, "y/f"],
  ])("stays inside from %s with %o", (path, links, expected) => {
    expect(resolve(path, links)).toEqual({ kind: "inside", path: expected });
  });

  it.each([
    ["a", { a: "../b" }],
    ["a", { a: "/etc/passwd" }],
    ["x/a", { "x/a": "../../b" }],
    ["a", { a: "dir/f", dir: "../out" }],
  ])("leaves the tree from %s with %o", (path, links) => {
    expect(resolve(path, links)).toEqual({ kind: "outside" });
    expect(resolve(path, links, "/data/models")).toEqual({ kind: "outside" });
  });

  it("knows the way back in when it knows where the tree is", () => {
    const inside = { kind: "inside", path: "b" };

    expect(resolve("a", { a: "../models/b" }, "/data/models")).toEqual(inside);
    expect(resolve("a", { a: "/data/models/b" }, "/data/models")).toEqual(inside);
    expect(resolve("a", { a: "../../../../data/models/b" }, "/data/models")).toEqual(inside);
    expect(resolve("a", { a: "../models-2/b" }, "/data/models")).toEqual({ kind: "outside" });
  });

  it.each([[{ a: "a" }], [{ a: "b", b: "a" }], [{ a: "a/x" }], [{ a: "d/f", d: "e", e: "d" }]])(
    "ends circles: %o",
    (links) => {
      expect(resolve("a", links)).toEqual({ kind: "circle" });
    },
  );

  it("knows the blobs of a Hugging Face snapshot, and only those of the same repository", () => {
    const blob = { kind: "blob" };
    const outside = { kind: "outside" };

    expect(resolve("a", { a: `../../blobs/${HASH}` }, SNAPSHOT)).toEqual(blob);
    expect(resolve("x/a", { "x/a": `../../../blobs/${HASH}` }, SNAPSHOT)).toEqual(blob);
    expect(resolve("a", { a: `../../../blobs/${HASH}` }, `${SNAPSHOT}/unet`)).toEqual(blob);
    expect(resolve("a", { a: "../../blobs/passwords" }, SNAPSHOT)).toEqual(outside);
    expect(resolve("a", { a: `../../blobs/../${HASH}` }, SNAPSHOT)).toEqual(outside);
    expect(resolve("a", { a: `../../../models--evil--x/blobs/${HASH}` }, SNAPSHOT)).toEqual(
      outside,
    );
    expect(resolve("a", { a: `../../blobs/${HASH}` }, "/data/snapshots/1")).toEqual(outside);
    expect(resolve("a", { a: `../../blobs/${HASH}` })).toEqual(outside);
  });
});
