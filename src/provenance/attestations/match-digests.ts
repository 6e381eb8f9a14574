/**
 * Whether two sets of digests are of one artifact. Names decide nothing, and a root digest alone is not enough for a
 * model of several files: it is the same for other names.
 */

import { rootDigest } from "../oms/root-digest.ts";
import type { DigestSet } from "./statement.ts";

/**
 * `same`; `renamed`: the same contents under other names; `unbound`: the same root, and one of the two says nothing of
 * names; `other`.
 */
export type DigestMatch = "same" | "renamed" | "unbound" | "other";

/** Compares what both have. */
export function matchDigests(one: DigestSet, other: DigestSet): DigestMatch {
  if (isFileOf(one, other) || isFileOf(other, one)) {
    return "same";
  }
  const common = Object.keys(one).filter((name) => Object.hasOwn(other, name));
  const differing = common.filter((name) => one[name] !== other[name]);
  if (differing.length > 0) {
    const isRenamed =
      differing.length === 1 && differing[0] === "dirHash1" && common.includes("sha256");
    return isRenamed ? "renamed" : "other";
  }
  if (common.length === 0) {
    return "other";
  }
  return Object.hasOwn(one, "dirHash1") === Object.hasOwn(other, "dirHash1") ? "same" : "unbound";
}

/** The root digest of a model that is one file with this SHA-256. */
export function rootOfFile(sha256: string): string {
  return rootDigest([sha256]);
}

/** Whether the first is the digest of the only file in a model that the second is of. */
export function isFileOf(file: DigestSet, model: DigestSet): boolean {
  const { sha256 } = file;
  return (
    sha256 !== undefined &&
    file["dirHash1"] === undefined &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    model["sha256"] === rootOfFile(sha256)
  );
}
