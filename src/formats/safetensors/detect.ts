/**
 * Recognizes safetensors files by their beginning: a length, and behind it an object of that length. Nothing
 * else stands at the beginning of such a file, so a length that lies counts where the object itself is
 * unmistakable.
 */

import { hasBytes } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";
import { HEADER_START, LONGEST_HEADER } from "../../codecs/safetensors/header.ts";
import type { Match } from "../format.ts";

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
/** Tensors have these fields; one of them stands near the beginning of every header that is not empty. */
const FIELDS = ['"dtype"', '"shape"', '"data_offsets"', '"__metadata__"'] as const;
/** How far they are looked for. */
const SEARCHED = 4096;

/** What head and size show. */
export function detectSafetensors(head: Uint8Array, size: number): Match {
  const reader = new Reader(head);
  const length = reader.u64();
  if (reader.overrun || length < 2 || !head.subarray(0, HEADER_START).some(isNoText)) {
    return "none";
  }
  const isWhole = length <= LONGEST_HEADER && HEADER_START + length <= size;
  // A byte order mark makes every reader refuse the file: it is a damaged one.
  const mark = hasBytes(head, HEADER_START, "\u00ef\u00bb\u00bf") ? 3 : 0;
  let at = skipSpace(head, HEADER_START + mark);
  if (at === head.length && isWhole && size > head.length) {
    return "possible";
  }
  if (head[at] !== OPEN) {
    return "none";
  }
  at = skipSpace(head, at + 1);
  if (head[at] === CLOSE) {
    return isWhole && skipSpace(head, at + 1) >= Math.min(head.length, HEADER_START + length)
      ? "certain"
      : "none";
  }
  if (head[at] !== QUOTE) {
    return "none";
  }
  if (namesTensors(head, at)) {
    return isWhole ? "certain" : "likely";
  }
  return isWhole ? "likely" : "none";
}

/** A JSON text may well have an object as its eighth byte; a length of any size has bytes that no text has. */
function isNoText(byte: number): boolean {
  return byte < 0x09 || (byte > 0x0d && byte < 0x20) || byte === 0xff;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
      return at;
    }
    at += 1;
  }
}

/** Whether a field of a tensor stands behind the first quote, within what is searched. */
function namesTensors(head: Uint8Array, start: number): boolean {
  const end = Math.min(head.length, start + SEARCHED);
  for (let at = start; at < end; at += 1) {
    if (head[at] === QUOTE && FIELDS.some((field) => hasBytes(head, at, field))) {
      return true;
    }
  }
  return false;
}
