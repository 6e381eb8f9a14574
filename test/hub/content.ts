/**
 * The bytes of a hub's files: real ones in memory, or virtual ones that are made when they are read, so that a shard
 * of gigabytes costs nothing. Digests are what Git and Git LFS say of them.
 */

import { createHash } from "node:crypto";

/** Something that can be sent from any place in it. */
export interface Bytes {
  readonly size: number;
  /** The bytes from `start` to before `end`, both inside of the content. */
  read(start: number, end: number): Uint8Array;
}

export interface VirtualContent extends Bytes {
  /** What the hub states. Nothing checks it: a lie is a test, too. */
  readonly sha256: string;
}

/** Shared by all reads, so that serving gigabytes leaves no garbage. */
const ZEROS = new Uint8Array(1024 * 1024);

/**
 * `head`, then zeros up to `size` bytes. Hashing gigabytes would cost seconds, so the stated digest is of the head and
 * the size only, unless the true one is given.
 */
export function zerosAfter(head: Uint8Array, size: number, sha256?: string): VirtualContent {
  return {
    size,
    sha256: sha256 ?? createHash("sha256").update(head).update(`+${size}`).digest("hex"),
    read(start, end) {
      if (start >= head.length && end - start <= ZEROS.length) {
        return ZEROS.subarray(0, end - start);
      }
      const bytes = new Uint8Array(end - start);
      bytes.set(head.subarray(Math.min(start, head.length), Math.min(end, head.length)));
      return bytes;
    },
  };
}

export function bytesOf(content: Uint8Array | Bytes | string): Bytes {
  if (typeof content === "string") {
    return bytesOf(Buffer.from(content));
  }
  if (!(content instanceof Uint8Array)) {
    return content;
  }
  return { size: content.length, read: (start, end) => content.subarray(start, end) };
}

/** The part of `bytes` from `start` to before `end`, as bytes of its own. */
export function sliceOf(bytes: Bytes, start: number, end: number): Bytes {
  return { size: end - start, read: (from, to) => bytes.read(start + from, start + to) };
}

const sha256s = new WeakMap<Uint8Array, string>();

export function sha256Of(content: Uint8Array | VirtualContent): string {
  if (!(content instanceof Uint8Array)) {
    return content.sha256;
  }
  const known = sha256s.get(content) ?? createHash("sha256").update(content).digest("hex");
  sha256s.set(content, known);
  return known;
}

/** The name that Git has for a file of these bytes. */
export function gitBlob(content: Uint8Array): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** What Git holds in place of a file that Git LFS keeps. */
export function lfsPointer(sha256: string, size: number): Uint8Array {
  return Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`,
  );
}
