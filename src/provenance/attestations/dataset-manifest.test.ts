import { describe, expect, it } from "vitest";

import { digestOf } from "../../../test/builders/claims.ts";
import { compareDataset, datasetManifest, readDatasetManifest } from "./dataset-manifest.ts";
import type { JsonObject } from "./statement.ts";

const files = ["b.csv", "a.csv", "z/𝒶.csv", "z/．csv"].map((name) => ({
  name,
  digest: digestOf(name),
  size: 3,
}));
const manifest = datasetManifest({ name: "data", files, license: "MIT", ignored: ["x"] });

function read(value: JsonObject): ReturnType<typeof readDatasetManifest> {
  return readDatasetManifest(Buffer.from(JSON.stringify(value)));
}

describe("manifests of datasets", () => {
  it("list files by the bytes of their names, whatever the order they come in", () => {
    expect((manifest["files"] as { path: string }[]).map(({ path }) => path)).toEqual([
      "a.csv",
      "b.csv",
      "z/．csv",
      "z/𝒶.csv",
    ]);
    expect(
      datasetManifest({ name: "data", files: files.toReversed(), license: "MIT", ignored: ["x"] }),
    ).toEqual(manifest);
    expect(manifest["totals"]).toEqual({ files: 4, bytes: 12 });
  });

  it("are read back as they were written", () => {
    expect(read(manifest)).toMatchObject({
      kind: "manifest",
      manifest: { name: "data", license: "MIT", ignored: ["x"], digest: manifest["root"] },
    });
  });

  it.each([
    ["a file is taken out", { files: (manifest["files"] as JsonObject[]).slice(1) }, "root"],
    [
      "a file is listed twice",
      { files: Array.from({ length: 2 }, () => (manifest["files"] as JsonObject[])[0]!) },
      "twice",
    ],
    ["a path leads out", { files: [{ path: "../x", sha256: digestOf("x"), size: 1 }] }, "refused"],
    ["the root is of others", { root: { sha256: digestOf("x") } }, "root"],
    [
      "the names are not bound",
      { root: { sha256: (manifest["root"] as { sha256: string }).sha256 } },
      "root",
    ],
    ["the totals are wrong", { totals: { files: 4, bytes: 13 } }, "totals"],
    ["there are no files", { files: [] }, "empty"],
  ] as const)("are refused where %s", (_what, change, expected) => {
    const result = read({ ...manifest, ...change });

    expect(result.kind === "failed" ? result.detail : "read").toContain(expected);
  });

  it("tell what is otherwise", () => {
    const found = [
      { name: "a.csv", digest: digestOf("changed") },
      { name: "b.csv", digest: digestOf("b.csv") },
      { name: "new.csv", digest: digestOf("new") },
    ];

    expect(compareDataset({ files }, found)).toEqual({
      changed: ["a.csv"],
      missing: ["z/𝒶.csv", "z/．csv"],
      added: ["new.csv"],
    });
  });
});
