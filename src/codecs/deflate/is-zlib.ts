/**
 * Whether a zlib stream begins somewhere. Two bytes are all the magic there is, and text such as
 * `x^2` has them too, so the beginning is decoded: other bytes do not decode for long.
 */

import { MemorySource } from "../../bytes/memory-source.ts";
import { ByteWindow } from "../../bytes/window.ts";
import { adler32 } from "./adler32.ts";
import { Inflater } from "./inflater.ts";
import { isZlibHeader } from "./zlib-header.ts";

const HEADER = 2;
const TRAILER = 4;
const LOOK = 4096;
/** Other bytes do not decode this far without an impossible match or block. */
const CONVINCING = 64;
/** No harm fits into less. */
const WORTHWHILE = 15;
const PRESET_DICTIONARY = 0x20;

/** `certain` for a whole sound stream, `likely` for the beginning of one. */
export function isZlib(head: Uint8Array): "none" | "possible" | "likely" | "certain" {
  // Without its dictionary no loader reads such a stream; text that begins with `x ` looks like one.
  if (!isZlibHeader(head) || ((head[1] ?? 0) & PRESET_DICTIONARY) !== 0) {
    return "none";
  }
  const window = new ByteWindow(new MemorySource(head.subarray(0, HEADER + LOOK), ""));
  const stream = new Inflater(window).stream(HEADER);
  const first = stream.next();
  const output = first.done === true ? new Uint8Array(0) : first.value.slice();
  const second = first.done === true ? first : stream.next();
  if (second.done !== true) {
    return "likely";
  }
  const { status, consumed } = second.value;
  const trailer = Buffer.from(head.subarray(HEADER + consumed, HEADER + consumed + TRAILER));
  if (
    status === "complete" &&
    trailer.length === TRAILER &&
    trailer.readUInt32BE() === adler32(output)
  ) {
    return "certain";
  }
  if (consumed >= CONVINCING) {
    return "likely";
  }
  // Cut off, or its checksum is wrong.
  return status !== "damaged" && output.length >= WORTHWHILE ? "possible" : "none";
}
