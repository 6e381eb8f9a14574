import { describe, expect, it } from "vitest";

import { MemorySource } from "../bytes/memory-source.ts";
import type { Tree, TreeFile } from "../kernel/tree.ts";
import { walk } from "./walk.ts";
import type { WalkOptions } from "./walk.ts";

type Entry = string | (Partial<TreeFile> & { path: string });

function makeTree(entries: readonly Entry[], location?: string): Tree {
  const files = entries.map((entry): TreeFile => {
    const given = typeof entry === "string" ? { path: entry } : entry;
    return {
      rawName: Buffer.from(given.path),
      kind: "file",
      size: 1,
      identity: undefined,
      open: () => Promise.resolve(new MemorySource(Buffer.from(given.path), given.path)),
      ...given,
    };
  });
  return {
    kind: "folder",
    ref: "tree",
    ...(location === undefined ? {} : { location }),
    async *list() {
      yield* files;
    },
  };
}

function link(path: string, linkTarget: string, more: Partial<TreeFile> = {}): Entry {
  return { path, linkTarget, kind: "link", ...more };
}

/** A link of which the tree does not say that it leads to a file. */
function folderLink(path: string, linkTarget: string): Entry {
  return link(path, linkTarget, { size: undefined });
}

async function paths(tree: Tree, options?: WalkOptions): Promise<string[]> {
  const result: string[] = [];
  for await (const walked of walk(tree, options)) {
    if (walked.kind === "file") {
      const { path, problem } = walked.file;
      result.push(problem === undefined ? path : `${path}: ${problem}`);
    } else {
      result.push(`${walked.rule.id} ${walked.evidence.key}`);
    }
  }
  return result;
}

describe("walk", () => {
  it("gives plain files in the order of the tree", async () => {
    expect(await paths(makeTree(["b", "a/c"]))).toEqual(["b", "a/c"]);
  });

  it("applies include and exclude", async () => {
    const tree = makeTree(["a.pkl", "x/b.pkl", "x/c.txt"]);

    expect(await paths(tree, { include: ["*.pkl"] })).toEqual(["a.pkl", "x/b.pkl"]);
    expect(await paths(tree, { exclude: ["x"] })).toEqual(["a.pkl"]);
    expect(await paths(tree, { include: ["x/**"], exclude: ["*.txt"] })).toEqual(["x/b.pkl"]);
  });

  it("never drops a folder that nobody could list, unless it is excluded", async () => {
    const tree = makeTree([{ path: "secret/", kind: "other", problem: "no" }]);

    expect(await paths(tree, { include: ["*.pkl"] })).toEqual(["secret/: no"]);
    expect(await paths(tree, { exclude: ["secret"] })).toEqual([]);
  });

  it("keeps what is stated of a file in a linked folder", async () => {
    const stated = { gitBlob: "a".repeat(40) };
    const tree = makeTree([{ path: "real/a", stated }, folderLink("alias", "real")]);
    const found: unknown[] = [];
    for await (const walked of walk(tree)) {
      found.push(walked.kind === "file" && [walked.file.path, walked.file.stated]);
    }
    expect(found).toEqual([
      ["real/a", stated],
      ["alias/a", stated],
    ]);
  });

  it("follows a link to a file and opens what it leads to", async () => {
    const tree = makeTree(["real.pkl", link("alias.pkl", "real.pkl")]);

    expect(await paths(tree)).toEqual(["real.pkl", "alias.pkl"]);
  });

  it("reports a link that leaves the tree and does not open it", async () => {
    const tree = makeTree(["a", link("b", "../secret"), folderLink("c", "/etc")]);

    expect(await paths(tree)).toEqual(["a", "tree/link-escape ../secret", "tree/link-escape /etc"]);
    expect(await paths(tree, { exclude: ["b"] })).toEqual(["a", "tree/link-escape /etc"]);
  });

  it("shows where an escaping link leads without letting it write to the terminal", async () => {
    for await (const walked of walk(makeTree([link("b", "../\u001b[2J")]))) {
      expect(walked.kind === "refused" && walked.evidence.message).toContain(
        String.raw`"../\x1b[2J"`,
      );
    }
  });

  it("follows the links of a Hugging Face snapshot into its own blobs", async () => {
    const hash = "ab".repeat(32);
    const location = "/c/hub/models--org--name/snapshots/1";
    const tree = makeTree([link("model.bin", `../../blobs/${hash}`)], location);

    expect(await paths(tree)).toEqual(["model.bin"]);
    expect(await paths(makeTree([link("model.bin", `../../blobs/${hash}`)]))).toEqual([
      `tree/link-escape ../../blobs/${hash}`,
    ]);
  });

  it("keeps a dangling link, with its problem", async () => {
    const tree = makeTree([link("a", "gone", { size: undefined, problem: "not there" })]);

    expect(await paths(tree)).toEqual(["a: not there"]);
  });

  it("lists a linked folder under the link, and its own links to files", async () => {
    const tree = makeTree(["v1/a", "v1/x/b", link("v1/c", "../d"), "d", folderLink("now", "v1")]);

    expect(await paths(tree)).toEqual(["v1/a", "v1/x/b", "d", "v1/c", "now/a", "now/x/b", "now/c"]);
  });

  it("applies include and exclude to the path under the link", async () => {
    const tree = makeTree(["v1/a", "v1/b", folderLink("now", "v1")]);

    expect(await paths(tree, { exclude: ["v1"] })).toEqual(["now/a", "now/b"]);
    expect(await paths(tree, { include: ["now/a"] })).toEqual(["now/a"]);
  });

  it("ends circles", async () => {
    expect(
      await paths(makeTree(["x/a", folderLink("x/up", ".."), folderLink("x/self", ".")])),
    ).toEqual(["x/a"]);
    expect(await paths(makeTree([folderLink("a", "b"), folderLink("b", "a")]))).toEqual([
      "a: its links lead in a circle",
      "b: its links lead in a circle",
    ]);
  });

  it("lists a folder once however many links and detours lead to it", async () => {
    const folders = Array.from({ length: 30 }, (_, index) => `d${index}`);
    const tree = makeTree(
      folders.flatMap((folder, index) => [
        `${folder}/f`,
        folderLink(`${folder}/l1`, `../d${(index + 1) % 30}`),
        folderLink(`${folder}/l2`, `../d${(index + 1) % 30}`),
      ]),
    );

    expect(await paths(tree)).toHaveLength(60);
  });

  it("leaves out git's own records, says so, and nothing else below .git", async () => {
    const object = `.git/objects/ab/${"c".repeat(38)}`;
    const tree = makeTree([
      ".git/HEAD",
      ".git/hooks/post-checkout",
      ".git/model.pkl",
      object,
      ".gitattributes",
      "a",
    ]);

    expect(await paths(tree)).toEqual([
      ".git/hooks/post-checkout",
      ".git/model.pkl",
      ".gitattributes",
      "a",
      "tree/left-out .git",
    ]);
    expect(await paths(tree, { include: ["**"] })).toContain(object);
  });
});
