/** The tree against the vectors of transparency-dev/merkle, and proofs that are made against those that are checked. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { vectors } from "../../../test/vectors.ts";
import { MemoryLog } from "../../../test/builders/memory-log.ts";
import {
  EMPTY_ROOT,
  hashLeaf,
  rootOf,
  sameHash,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";
import { RightEdge } from "./right-edge.ts";
import { TreeReader } from "./tree-reader.ts";

interface Vector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

const folder = vectors("merkle");

function read(kind: string): { name: string; vector: Vector }[] {
  return readdirSync(join(folder ?? "", kind), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({
      name,
      vector: JSON.parse(readFileSync(join(folder ?? "", kind, name), "utf8")) as Vector,
    }));
}

const bytes = (text: string): Buffer => Buffer.from(text, "base64");

describe.skipIf(folder === undefined)("vectors of transparency-dev/merkle", () => {
  it("agree on all inclusion proofs", () => {
    const all = read("inclusion");
    expect(all).toHaveLength(98);
    for (const { name, vector } of all) {
      const claim = {
        leaf: bytes(vector.leafHash),
        index: vector.leafIdx,
        size: vector.treeSize,
        root: bytes(vector.root),
      };
      const proof = (vector.proof ?? []).map((hash) => bytes(hash));
      expect(verifyInclusion(claim, proof), name).toBe(!vector.wantErr);
    }
  });

  it("agree on all consistency proofs", () => {
    const all = read("consistency");
    expect(all).toHaveLength(98);
    for (const { name, vector } of all) {
      const older = { size: vector.size1, root: bytes(vector.root1) };
      const newer = { size: vector.size2, root: bytes(vector.root2) };
      const proof = (vector.proof ?? []).map((hash) => bytes(hash));
      expect(verifyConsistency(older, newer, proof), name).toBe(!vector.wantErr);
    }
  });
});

describe("trees", { timeout: 60_000 }, () => {
  it("hash as RFC 6962 says", () => {
    expect(hashLeaf(Buffer.alloc(0)).toString("hex")).toBe(
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    );
    const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
      .concat("606162636465666768696a6b6c6d6e6f")
      .map((leaf) => hashLeaf(Buffer.from(leaf, "hex")));
    expect(Buffer.from(rootOf(leaves)).toString("hex")).toBe(
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    );
    expect(rootOf([])).toBe(EMPTY_ROOT);
  });

  it("give proofs that verify, between all sizes up to a full tile and some", async () => {
    const log = new MemoryLog();
    const edge = RightEdge.empty();
    const roots: Uint8Array[] = [edge.root()];
    for (let size = 1; size <= 270; size += 1) {
      for (const { path, bytes } of [...edge.append(leaf(size - 1)), ...edge.partialFiles()]) {
        await log.write(path, bytes);
      }
      roots.push(edge.root());
    }
    for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 270]) {
      const tree = new TreeReader(log, size);
      const root = roots[size]!;
      expect(sameHash(await tree.root(), root)).toBe(true);
      for (let index = 0; index < size; index += 1) {
        const claim = { leaf: hashLeaf(leaf(index)), index, size, root };
        const proof = await tree.inclusion(index);
        expect(verifyInclusion(claim, proof)).toBe(true);
        expect(verifyInclusion({ ...claim, index: (index + 1) % (size + 1) }, proof)).toBe(false);
      }
      for (let older = 1; older <= size; older += 1) {
        const proof = await tree.consistency(older);
        const then = { size: older, root: roots[older]! };
        expect(verifyConsistency(then, { size, root }, proof)).toBe(true);
        const other = { size: older, root: roots[older - 1]! };
        expect(verifyConsistency(other, { size, root }, proof)).toBe(false);
      }
    }
  });
});

function leaf(index: number): Buffer {
  return Buffer.from(`leaf ${index}`);
}
