/** Small helpers for reading ranges of a source into memory. */

import type { RandomSource } from "../kernel/source.ts";
import { MemorySource } from "./memory-source.ts";

/** The bytes `[start, end)`, cut to what the source has. Without a copy where they are in memory. */
export function readRange(source: RandomSource, start: number, end: number): Uint8Array {
  const from = Math.max(0, Math.min(start, source.size));
  const to = Math.max(from, Math.min(end, source.size));
  if (source instanceof MemorySource) {
    return source.bytes.subarray(from, to);
  }
  const buffer = Buffer.allocUnsafe(to - from);
  const count = source.readIntoSync(buffer, from);
  return count === buffer.length ? buffer : buffer.subarray(0, count);
}

/** Latin-1 text of some bytes: each byte one character, no byte lost. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    "latin1",
    start,
    end,
  );
}

/** UTF-8 text; what is not UTF-8 becomes U+FFFD. */
export function utf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8", start, end);
}

/** Whether `bytes` has `expected` at `offset`. */
export function hasBytes(
  bytes: Uint8Array,
  offset: number,
  expected: Uint8Array | string,
): boolean {
  if (offset < 0 || offset + expected.length > bytes.length) {
    return false;
  }
  for (let index = 0; index < expected.length; index += 1) {
    const byte = typeof expected === "string" ? expected.charCodeAt(index) : expected[index];
    if (bytes[offset + index] !== byte) {
      return false;
    }
  }
  return true;
}
