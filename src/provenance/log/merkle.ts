/**
 * The Merkle tree of a log: RFC 6962 section 2.1 (hashes), RFC 9162 sections 2.1.3.2 and 2.1.4.2 (proofs), SHA-256.
 * Sizes and indices are numbers up to 2^53 - 1, so nothing here uses the 32-bit operators.
 */

import { Buffer } from "node:buffer";
import { hash as digest } from "node:crypto";

export const HASH_SIZE = 32;

/** What the tree without a leaf hashes to: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = Buffer.from(
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "hex",
);

export function hashLeaf(entry: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(entry.length + 1);
  input[0] = 0;
  input.set(entry, 1);
  return digest("sha256", input, "buffer");
}

const node = Buffer.alloc(1 + 2 * HASH_SIZE, 1);

export function hashChildren(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_SIZE);
  return digest("sha256", node, "buffer");
}

/** The root above a run of hashes, split as RFC 6962 splits leaves. Runs of a power of two are complete subtrees. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index + 1 < level.length; index += 2) {
      above.push(hashChildren(at(level, index), at(level, index + 1)));
    }
    // A last one without a sibling goes up as it is.
    if (level.length % 2 === 1) {
      above.push(at(level, level.length - 1));
    }
    level = above;
  }
  return level[0] ?? EMPTY_ROOT;
}

/** The root above complete subtrees of falling size. */
export function foldPeaks(peaks: readonly Uint8Array[]): Uint8Array {
  let right: Uint8Array | undefined;
  for (const peak of peaks.toReversed()) {
    right = right === undefined ? peak : hashChildren(peak, right);
  }
  return right ?? EMPTY_ROOT;
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export interface InclusionClaim {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether the proof shows that the leaf stands at `index` of the tree. */
export function verifyInclusion(claim: InclusionClaim, proof: readonly Uint8Array[]): boolean {
  const { index, size } = claim;
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([claim.leaf, ...proof])) {
    return false;
  }
  let hash = claim.leaf;
  let fn = index;
  let sn = size - 1;
  for (const sibling of proof) {
    if (sn === 0) {
      return false;
    }
    if (fn % 2 === 1 || fn === sn) {
      hash = hashChildren(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      hash = hashChildren(hash, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameHash(hash, claim.root);
}

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Whether the proof shows that the newer tree begins with all leaves of the older one. An older tree without leaves
 * proves nothing and is refused: whoever has one has nothing to compare.
 */
export function verifyConsistency(
  older: TreeHead,
  newer: TreeHead,
  proof: readonly Uint8Array[],
): boolean {
  const { size } = older;
  if (!isSize(size) || !isSize(newer.size) || size === 0 || size > newer.size) {
    return false;
  }
  if (size === newer.size) {
    return proof.length === 0 && sameHash(older.root, newer.root);
  }
  // The root of a complete tree is a node of the newer one, and left out of the proof.
  const path = isPowerOfTwo(size) ? [older.root, ...proof] : proof;
  const [first, ...rest] = path;
  if (proof.length === 0 || first === undefined || !areHashes(path)) {
    return false;
  }
  let fn = size - 1;
  let sn = newer.size - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  let olderHash = first;
  let newerHash = first;
  for (const hash of rest) {
    if (sn === 0) {
      return false;
    }
    if (fn % 2 === 1 || fn === sn) {
      olderHash = hashChildren(hash, olderHash);
      newerHash = hashChildren(hash, newerHash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      newerHash = hashChildren(newerHash, hash);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameHash(olderHash, older.root) && sameHash(newerHash, newer.root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(size: number): boolean {
  return 2 ** Math.round(Math.log2(size)) === size;
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every(({ length }) => length === HASH_SIZE);
}

function at(hashes: readonly Uint8Array[], index: number): Uint8Array {
  return hashes[index] ?? EMPTY_ROOT;
}
