/**
 * The central directory (APPNOTE 4.3.12), read in windows of 16 MiB: one read for all but the largest
 * archives. The list ends where the signatures end, whatever count and size the end record claims,
 * since readers differ in which of the two they believe.
 */

import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { readExtra } from "./extra.ts";
import type { Extra, ExtraOddity, Sizes } from "./extra.ts";
import { decodeName } from "./name.ts";
import { FLAG, SATURATED, SIGNATURE, SIZE } from "./records.ts";

/** One header of the directory. */
export interface CentralEntry {
  readonly name: string;
  /** The name's bytes, where they are not ASCII. */
  readonly rawName: Uint8Array | undefined;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Absolute position of the local header, with what lies before the archive added. */
  readonly offset: number;
  /** Position of this header. */
  readonly position: number;
  /** Host system, upper byte of "version made by": 3 is Unix. */
  readonly system: number;
  readonly attributes: number;
  readonly disk: number;
  readonly unicodeName: string | undefined;
  readonly aesMethod: number | undefined;
  readonly oddity: ExtraOddity | undefined;
}

export interface CentralDirectory {
  readonly entries: readonly CentralEntry[];
  /** After the last header. */
  readonly end: number;
  /** Whether the budget of entries ran out. */
  readonly cut: boolean;
}

const WINDOW = 16 * 1024 * 1024;
const LARGEST_HEADER = SIZE.central + 3 * 0xffff;
const NO_EXTRA: Extra = { unicodeName: undefined, aesMethod: undefined, oddity: undefined };

/**
 * Reads headers from `start` on for as long as there are any before `limit`.
 *
 * @param base what to add to every offset in the directory.
 * @param grant asks for a number of entries and gives how many there may be.
 */
export function readCentralDirectory(
  source: RandomSource,
  { start, limit, base }: { readonly start: number; readonly limit: number; readonly base: number },
  grant: (entries: number) => number,
): CentralDirectory {
  const entries: CentralEntry[] = [];
  let position = start;
  for (;;) {
    const windowEnd = Math.min(limit, position + WINDOW);
    const bytes = asBuffer(readRange(source, position, windowEnd));
    const before = entries.length;
    const used = parseWindow(bytes, position, base, entries);
    const granted = grant(entries.length - before);
    if (granted < entries.length - before) {
      const end = entries[before + granted]?.position ?? position;
      entries.length = before + granted;
      return { entries, end, cut: true };
    }
    position += used;
    // What is left of a window that was full may be the first half of a header.
    const hasMore = windowEnd < limit && bytes.length - used < LARGEST_HEADER && used > 0;
    if (!hasMore) {
      return { entries, end: position, cut: false };
    }
  }
}

/** Parses all whole headers in a window; gives the number of bytes that they take. */
function parseWindow(
  bytes: Buffer,
  position: number,
  base: number,
  entries: CentralEntry[],
): number {
  // One string for the window: names are cheap slices of it.
  const text = bytes.toString("latin1");
  let at = 0;
  while (at + SIZE.central <= bytes.length && bytes.readUInt32LE(at) === SIGNATURE.central) {
    const nameEnd = at + SIZE.central + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const end = extraEnd + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) {
      break;
    }
    entries.push(parseHeader(bytes, text, { at, nameEnd, extraEnd }, { position, base }));
    at = end;
  }
  return at;
}

function parseHeader(
  bytes: Buffer,
  text: string,
  {
    at,
    nameEnd,
    extraEnd,
  }: { readonly at: number; readonly nameEnd: number; readonly extraEnd: number },
  { position, base }: { readonly position: number; readonly base: number },
): CentralEntry {
  const flags = bytes.readUInt16LE(at + 8);
  const nameStart = at + SIZE.central;
  const sizes: Sizes = {
    compressedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
  const isPlain =
    extraEnd === nameEnd &&
    sizes.compressedSize !== SATURATED &&
    sizes.size !== SATURATED &&
    sizes.offset !== SATURATED;
  const extra = isPlain
    ? NO_EXTRA
    : readExtra(
        bytes,
        { start: nameStart, end: nameEnd },
        { start: nameEnd, end: extraEnd },
        sizes,
      );
  let ascii = 0;
  for (let index = nameStart; index < nameEnd; index += 1) {
    ascii |= bytes[index]!;
  }
  const isAscii = ascii < 0x80;
  return {
    name: isAscii
      ? text.slice(nameStart, nameEnd)
      : decodeName(bytes, nameStart, nameEnd, (flags & FLAG.utf8) !== 0),
    rawName: isAscii ? undefined : bytes.subarray(nameStart, nameEnd),
    flags,
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    compressedSize: sizes.compressedSize,
    size: sizes.size,
    offset: sizes.offset + base,
    position: position + at,
    system: bytes[at + 5]!,
    attributes: bytes.readUInt32LE(at + 38),
    disk: bytes.readUInt16LE(at + 34),
    unicodeName: extra.unicodeName,
    aesMethod: extra.aesMethod,
    oddity: extra.oddity,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
