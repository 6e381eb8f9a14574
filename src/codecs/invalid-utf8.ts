/** Where bytes stop being UTF-8. */

import { Buffer, isUtf8 } from "node:buffer";

const STEP = 64 * 1024;

/** Position of the first byte that belongs to no character; the length where all of them do. Linear. */
export function invalidUtf8At(bytes: Buffer): number {
  let start = 0;
  while (start < bytes.length) {
    const end = boundary(bytes, Math.min(bytes.length, start + STEP));
    if (!isUtf8(bytes.subarray(start, end))) {
      return start + within(bytes.subarray(start, end));
    }
    start = end;
  }
  return bytes.length;
}

/** The start of the character at `end`, or `end` itself where none can start shortly before. */
function boundary(bytes: Buffer, end: number): number {
  for (let at = end; at > end - 4 && end < bytes.length; at -= 1) {
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) {
      return at;
    }
  }
  return end;
}

function within(bytes: Buffer): number {
  const text = bytes.toString("utf8");
  let position = 0;
  for (const character of text) {
    const length = Buffer.byteLength(character);
    if (character === "\ufffd" && bytes[position] !== 0xef) {
      return position;
    }
    if (character === "\ufffd" && !(bytes[position + 1] === 0xbf && bytes[position + 2] === 0xbd)) {
      return position;
    }
    position += length;
  }
  return bytes.length;
}
