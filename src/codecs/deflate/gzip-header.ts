/** The header of a gzip member (RFC 1952, 2.3). Names and comments are kept up to 256 bytes. */

import { crc32 } from "node:zlib";

import type { Range } from "../../bytes/ledger.ts";
import { latin1 } from "../../bytes/read.ts";
import type { ByteWindow } from "../../bytes/window.ts";

const CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;
const FIXED_SIZE = 10;
const KEPT = 256;
const USUAL = 256;
const WINDOW = 64 * 1024;

export interface GzipHeader {
  /** Bytes from the magic to the compressed data. */
  readonly size: number;
  /** ISO 8859-1, as the writer had it. */
  readonly name?: string;
  readonly comment?: string;
  /** Parts of it that may hold anything and are longer than any use of them that is known. */
  readonly free: readonly Range[];
  /** What is wrong with it and does not keep readers from going on. */
  readonly notes: readonly string[];
}

/** Whether a gzip member that anybody could read begins at `at`. */
export function isGzip(bytes: Uint8Array, at = 0): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8;
}

/** Reads the header at `start`, which has the magic. Undefined where the source ends inside of it. */
export function readGzipHeader(window: ByteWindow, start: number): GzipHeader | undefined {
  const fixed = window.copy(start, start + FIXED_SIZE);
  if (fixed.length < FIXED_SIZE) {
    return undefined;
  }
  const flags = fixed[3] ?? 0;
  const notes: string[] = [];
  if ((flags & RESERVED) !== 0) {
    notes.push("the header sets reserved flags, which some readers refuse");
  }
  let at = start + FIXED_SIZE;
  const free: Range[] = [];
  if ((flags & EXTRA) !== 0) {
    const [low = 0, high = 0] = window.copy(at, at + 2);
    free.push({ start: at + 2, end: at + 2 + low + high * 256 });
    at += 2 + low + high * 256;
  }
  const texts: (string | undefined)[] = [];
  for (const flag of [NAME, COMMENT]) {
    if ((flags & flag) === 0) {
      texts.push(undefined);
      continue;
    }
    const end = findZero(window, at);
    if (end === undefined) {
      return undefined;
    }
    texts.push(latin1(window.copy(at, Math.min(end, at + KEPT))));
    free.push({ start: at, end });
    at = end + 1;
  }
  if ((flags & CRC) !== 0) {
    const stored = window.copy(at, at + 2);
    if ((crcOf(window, start, at) & 0xffff) !== (stored[0] ?? 0) + (stored[1] ?? 0) * 256) {
      notes.push("the header's checksum is wrong, which some readers refuse");
    }
    at += 2;
  }
  if (at > window.size) {
    return undefined;
  }
  const [name, comment] = texts;
  return {
    size: at - start,
    free: free.filter((range) => range.end - range.start > USUAL),
    notes,
    ...(name === undefined ? {} : { name }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function findZero(window: ByteWindow, from: number): number | undefined {
  for (let at = from; at < window.size;) {
    const bytes = window.copy(at, at + (at === from ? KEPT : WINDOW));
    const found = bytes.indexOf(0);
    if (found !== -1) {
      return at + found;
    }
    if (bytes.length === 0) {
      return undefined;
    }
    at += bytes.length;
  }
  return undefined;
}

function crcOf(window: ByteWindow, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at += WINDOW) {
    crc = crc32(window.copy(at, Math.min(end, at + WINDOW)), crc);
  }
  return crc;
}
