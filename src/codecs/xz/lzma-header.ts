/** The 13 bytes that .lzma files begin with, which have no magic (LZMA specification, 9.20). */

import { Reader } from "../../bytes/reader.ts";
import type { LzmaStreamHeader } from "./lzma-stream.ts";

export const LZMA_HEADER = 13;
/** liblzma takes larger ones for something else. */
const MAX_SIZE = 2 ** 38;
const UNKNOWN_SIZE = 2 ** 64;
const MAX_PROPERTIES = 225;

/** Reads the header; undefined where it is short or its first byte stands for nothing. */
export function readLzmaHeader(bytes: Uint8Array): LzmaStreamHeader | undefined {
  const reader = new Reader(bytes);
  const properties = reader.u8();
  const dictionarySize = reader.u32();
  const size = reader.u64();
  return reader.overrun || properties >= MAX_PROPERTIES
    ? undefined
    : { properties, dictionarySize, size: size >= UNKNOWN_SIZE ? undefined : size };
}

/** Whether the header is one that encoders write. Other bytes look like it, too: see `isLzma`. */
export function isLzmaHeader(bytes: Uint8Array): boolean {
  const header = readLzmaHeader(bytes);
  if (
    header === undefined ||
    (header.size ?? 0) >= MAX_SIZE ||
    !isUsualSize(header.dictionarySize)
  ) {
    return false;
  }
  // A range decoder that begins with zeros takes any run of zeros, and no encoder begins so.
  return !bytes.subarray(LZMA_HEADER, LZMA_HEADER + 5).every((byte) => byte === 0);
}

/** 2^n or 2^n + 2^(n-1), or as large as can be: what liblzma takes for a .lzma header. */
function isUsualSize(size: number): boolean {
  if (size === 0xffffffff) {
    return true;
  }
  const high = 2 ** Math.floor(Math.log2(Math.max(1, size)));
  return size > 0 && (size === high || size === high + high / 2);
}
