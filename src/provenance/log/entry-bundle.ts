/** Entry bundles of tlog-tiles: up to 256 entries, each behind its length in two bytes, the high one first. */

import { Buffer } from "node:buffer";

/** A length has two bytes: logs hold digests and not documents. */
export const MAX_ENTRY = 0xffff;

/** Throws for an entry that is longer than `MAX_ENTRY`, which callers have refused. */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const { length } of entries) {
    size += 2 + length;
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const entry of entries) {
    at = bytes.writeUInt16BE(entry.length, at);
    bytes.set(entry, at);
    at += entry.length;
  }
  return bytes;
}

/** The first `count` entries; nothing where the bundle is cut off or has bytes that belong to none. */
export function decodeBundle(bytes: Uint8Array, count: number): Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (end > bytes.length) {
      return undefined;
    }
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length && entries.length >= count ? entries.slice(0, count) : undefined;
}
