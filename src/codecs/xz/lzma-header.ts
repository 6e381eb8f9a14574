/** The 13 bytes that .lzma files begin with, which have no magic (LZMA specification, 9.20). */

import { MemorySource } from "../../bytes/memory-source.ts";
import { Reader } from "../../bytes/reader.ts";
import { lzmaStream } from "./lzma-stream.ts";
import type { LzmaStreamHeader } from "./lzma-stream.ts";

export const LZMA_HEADER = 13;
/** liblzma takes larger ones for something else. */
const MAX_SIZE = 2 ** 38;
const UNKNOWN_SIZE = 2 ** 64;
const MAX_PROPERTIES = 225;
/** What a look at the content reads, and puts out. */
const LOOK = 256;
const MUCH = 64 * 1024;
/** Other bytes do not get this far without an impossible match. */
const CONVINCING = 64;
/** No harm fits into less. */
const WORTHWHILE = 15;

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

/** Whether a .lzma stream begins here: a header that encoders write, and content that decodes. */
export function isLzma(bytes: Uint8Array): boolean {
  const header = readLzmaHeader(bytes);
  if (
    header === undefined ||
    (header.size ?? 0) >= MAX_SIZE ||
    !isUsualSize(header.dictionarySize)
  ) {
    return false;
  }
  // A range decoder that begins with zeros takes any run of zeros, and no encoder begins so.
  if (bytes.subarray(LZMA_HEADER, LZMA_HEADER + 5).every((byte) => byte === 0)) {
    return false;
  }
  const source = new MemorySource(bytes.subarray(0, LZMA_HEADER + LOOK), "");
  const stream = lzmaStream(source, LZMA_HEADER, header, { maxWindow: MUCH, chunk: MUCH });
  for (let put = 0; put < MUCH;) {
    const step = stream.next();
    if (step.done === true) {
      const { status, consumed } = step.value;
      const sound = status === "complete" || (status === "truncated" && put >= WORTHWHILE);
      return sound || consumed >= CONVINCING;
    }
    put += step.value.length;
  }
  return true;
}

/** 2^n or 2^n + 2^(n-1), or as large as can be: what liblzma takes for a .lzma header. */
function isUsualSize(size: number): boolean {
  if (size === 0xffffffff) {
    return true;
  }
  const high = 2 ** Math.floor(Math.log2(Math.max(1, size)));
  return size > 0 && (size === high || size === high + high / 2);
}
