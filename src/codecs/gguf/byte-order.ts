/**
 * The first eight bytes of a GGUF file: magic and version. The version is a small number, so it also tells the
 * byte order. Specification: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */

import { hasBytes } from "../../bytes/read.ts";

export const GGUF_MAGIC = "GGUF";

/** The newest version that has been specified. */
export const NEWEST_GGUF = 3;

export interface GgufVersion {
  readonly version: number;
  readonly littleEndian: boolean;
}

/**
 * Version and byte order, from the head of a file; undefined where it does not begin as GGUF does. Versions that
 * do not exist yet are told too, since their first fields will hardly move.
 */
export function readGgufVersion(head: Uint8Array): GgufVersion | undefined {
  if (head.length < 8 || !hasBytes(head, 0, GGUF_MAGIC)) {
    return undefined;
  }
  const [, , , , a = 0, b = 0, c = 0, d = 0] = head;
  // All versions so far fit into one byte, and readers tell the byte order by the half that is zero.
  if (a !== 0 && b === 0 && c === 0 && d === 0) {
    return { version: a, littleEndian: true };
  }
  return a === 0 && b === 0 && c === 0 && d !== 0 ? { version: d, littleEndian: false } : undefined;
}
