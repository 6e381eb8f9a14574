/** Whether a .lzma stream begins somewhere. Its header has no magic, so the beginning is decoded. */

import { MemorySource } from "../../bytes/memory-source.ts";
import { isLzmaHeader, LZMA_HEADER, readLzmaHeader } from "./lzma-header.ts";
import { lzmaStream } from "./lzma-stream.ts";

/** What a look at the content reads, and puts out. */
const LOOK = 256;
const MUCH = 64 * 1024;
/** Other bytes do not get this far without an impossible match. */
const CONVINCING = 64;
/** No harm fits into less. */
const WORTHWHILE = 15;

/** Whether a .lzma stream begins here: a header that encoders write, and content that decodes. */
export function isLzma(bytes: Uint8Array): boolean {
  const header = isLzmaHeader(bytes) ? readLzmaHeader(bytes) : undefined;
  if (header === undefined) {
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
