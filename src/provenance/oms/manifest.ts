/** What a signature says of a model (OMS 1.0, 5 and 6): its files, their digests, and how they were taken. */

/** `sha256` is what everybody reads; the others are read and never written. */
export const ALGORITHMS = ["sha256", "blake2b", "blake3"] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** A part of a file, end exclusive. */
export interface Shard {
  readonly start: number;
  readonly end: number;
}

export interface Resource {
  /** As signed; for a shard `path:start:end`. */
  readonly name: string;
  /** The file that it is about, relative to the model. */
  readonly path: string;
  readonly algorithm: Algorithm;
  /** In hexadecimal, lower case. */
  readonly digest: string;
  readonly shard?: Shard;
}

export interface Manifest {
  /** What the signer called the model. */
  readonly name: string;
  /** Missing in version 0.1, which has none. */
  readonly root: string | undefined;
  readonly dirHash1: string | undefined;
  readonly method: "files" | "shards";
  readonly shardSize: number | undefined;
  readonly allowSymlinks: boolean;
  readonly ignorePaths: readonly string[];
  /** In the order in which they are listed, which the root digest depends on. */
  readonly resources: readonly Resource[];
}

/** Left out of every manifest, at the top of the model only. */
export const GIT_PATHS = [".git", ".gitattributes", ".github", ".gitignore"] as const;

/**
 * What is put beside a model after it was signed: the signature, claims about it, and our own evidence. They are in
 * the ignored paths of every signature of ours, so that adding them leaves it valid for every verifier.
 */
export const EVIDENCE_PATHS = [".weighbridge", "claims.jsonl", "model.sig"] as const;
