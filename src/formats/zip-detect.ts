/**
 * Recognizes zip files from their first and last bytes, and lists what names can be seen there, for
 * the formats that are zip files with certain members.
 */

import { hasBytes } from "../bytes/read.ts";
import { CAB_SIGNATURE } from "../codecs/cab/signature.ts";
import { RAR4_SIGNATURE, RAR5_SIGNATURE } from "../codecs/rar/signatures.ts";
import { SEVENZIP_SIGNATURE } from "../codecs/sevenzip/signature-header.ts";
import { readTarHeader } from "../codecs/tar/header.ts";
import { readExtra, u64 } from "../codecs/zip/extra.ts";
import { decodeName } from "../codecs/zip/name.ts";
import { FLAG, SATURATED, SIGNATURE, SIZE } from "../codecs/zip/records.ts";
import type { Match } from "./format.ts";

export interface PeekedZip {
  readonly match: Match;
  /** Names in the part of the directory that the tail shows, then those in the head: some of all names. */
  readonly names: readonly string[];
}

const NOTHING: PeekedZip = { match: "none", names: [] };
/** Candidates for the end record that are looked at, last to first. */
const MOST_CANDIDATES = 64;

const cache = new WeakMap<Uint8Array, PeekedZip>();

/** What head and tail show of a zip file. Every format that builds on zip asks, so answers are kept. */
export function peekZip(head: Uint8Array, tail: Uint8Array, size: number): PeekedZip {
  if (tail.length === 0 && startOf(asBuffer(head)) === -1) {
    // The first look at a storage, of which a checkpoint has thousands.
    return NOTHING;
  }
  const known = cache.get(tail);
  if (known !== undefined) {
    return known;
  }
  const peeked = peek(asBuffer(head), asBuffer(tail), size);
  cache.set(tail, peeked);
  return peeked;
}

function peek(head: Buffer, tail: Buffer, size: number): PeekedZip {
  const localAt = startOf(head);
  const end = findEnd(tail, size);
  if (end === undefined) {
    const names = localAt === -1 ? [] : localNames(head, localAt);
    return names.length === 0 ? NOTHING : { match: "likely", names };
  }
  if (localAt === -1 && end.entries === 0 && !isEmptyArchive(head)) {
    return NOTHING;
  }
  const names = [
    ...centralNames(tail, end.directoryAt, end.position),
    ...localNames(head, localAt),
  ];
  return { match: matchOf(head, localAt, end), names };
}

function matchOf(head: Buffer, localAt: number, end: FoundEnd): Match {
  if (localAt !== -1 || isEmptyArchive(head)) {
    return "certain";
  }
  if (end.closesFile) {
    return "likely";
  }
  // Something before it and something behind it: it lies inside of something else. Pickles and archives hand on
  // what they hold, so it is found there.
  const isHeld = isPickle(head) || isArchive(head) || readTarHeader(head, 0) !== undefined;
  return isHeld ? "none" : "possible";
}

function isArchive(head: Buffer): boolean {
  const signatures = [SEVENZIP_SIGNATURE, RAR4_SIGNATURE, RAR5_SIGNATURE, CAB_SIGNATURE];
  return signatures.some((signature) => hasBytes(head, 0, signature));
}

function isPickle(head: Buffer): boolean {
  return head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5;
}

function isEmptyArchive(head: Buffer): boolean {
  const signature = head.length < SIZE.end ? 0 : head.readUInt32LE(0);
  return signature === SIGNATURE.end || signature === SIGNATURE.end64;
}

/** Where the first local header is: at the start, or behind the mark of a split archive. */
function startOf(head: Buffer): number {
  for (const at of [0, 4]) {
    const isThere = head.length >= at + SIZE.local && head.readUInt32LE(at) === SIGNATURE.local;
    if (isThere) {
      const mark = head.readUInt32LE(0);
      const isMarked = mark === SIGNATURE.notSplit || mark === SIGNATURE.descriptor;
      return at === 0 || isMarked ? at : -1;
    }
  }
  return -1;
}

interface FoundEnd {
  /** In the tail. */
  readonly position: number;
  /** In the tail; negative where the directory starts before it. */
  readonly directoryAt: number;
  readonly entries: number;
  /** Whether the file ends with the record's comment. */
  readonly closesFile: boolean;
}

/** The last end record in the tail that leads to a directory. */
function findEnd(tail: Buffer, size: number): FoundEnd | undefined {
  const tailStart = size - tail.length;
  let from = tail.length - SIZE.end;
  for (let count = 0; count < MOST_CANDIDATES && from >= 0; count += 1) {
    const at = tail.lastIndexOf("PK\u0005\u0006", from, "latin1");
    if (at === -1) {
      return undefined;
    }
    const found = endAt(tail, at, tailStart);
    if (found !== undefined) {
      return found;
    }
    from = at - 1;
  }
  return undefined;
}

function endAt(tail: Buffer, at: number, tailStart: number): FoundEnd | undefined {
  const closesFile = at + SIZE.end + tail.readUInt16LE(at + 20) === tail.length;
  let entries = tail.readUInt16LE(at + 10);
  let directorySize = tail.readUInt32LE(at + 12);
  let offset = tail.readUInt32LE(at + 16);
  let limit = at;
  const wide = at - SIZE.locator64 - SIZE.end64;
  if (wide >= 0 && tail.readUInt32LE(wide) === SIGNATURE.end64) {
    entries = u64(tail, wide + 32);
    directorySize = u64(tail, wide + 40);
    offset = u64(tail, wide + 48);
    limit = wide;
  }
  for (const directoryAt of [limit - directorySize, offset - tailStart]) {
    const isInside = directoryAt >= 0 && directoryAt + 4 <= tail.length;
    const fits = directoryAt <= limit && directoryAt + tailStart >= 0;
    const isThere = isInside
      ? directorySize === 0 || tail.readUInt32LE(directoryAt) === SIGNATURE.central
      : directorySize >= SIZE.central * Math.max(1, Math.min(entries, 0xffff));
    if (fits && isThere) {
      return { position: at, directoryAt, entries, closesFile };
    }
  }
  return undefined;
}

function centralNames(tail: Buffer, directoryAt: number, limit: number): string[] {
  const names: string[] = [];
  let at = directoryAt >= 0 ? directoryAt : tail.indexOf("PK\u0001\u0002", 0, "latin1");
  while (at >= 0 && at + SIZE.central <= limit && tail.readUInt32LE(at) === SIGNATURE.central) {
    const nameStart = at + SIZE.central;
    const nameEnd = nameStart + tail.readUInt16LE(at + 28);
    const isUtf8 = (tail.readUInt16LE(at + 8) & FLAG.utf8) !== 0;
    if (nameEnd > limit) {
      break;
    }
    names.push(decodeName(tail, nameStart, nameEnd, isUtf8));
    at = nameEnd + tail.readUInt16LE(at + 30) + tail.readUInt16LE(at + 32);
  }
  return names;
}

/** Names of the members that lie one after another in the head. */
function localNames(head: Buffer, start: number): string[] {
  const names: string[] = [];
  let at = start;
  while (at >= 0 && at + SIZE.local <= head.length && head.readUInt32LE(at) === SIGNATURE.local) {
    const flags = head.readUInt16LE(at + 6);
    const name = { start: at + SIZE.local, end: at + SIZE.local + head.readUInt16LE(at + 26) };
    const dataStart = name.end + head.readUInt16LE(at + 28);
    if (name.end > head.length) {
      break;
    }
    names.push(decodeName(head, name.start, name.end, (flags & FLAG.utf8) !== 0));
    const sizes = {
      compressedSize: head.readUInt32LE(at + 18),
      size: head.readUInt32LE(at + 22),
      offset: 0,
    };
    if ((flags & FLAG.streamed) !== 0 || dataStart > head.length) {
      break;
    }
    if (sizes.compressedSize === SATURATED) {
      readExtra(head, name, { start: name.end, end: dataStart }, sizes);
    }
    at = dataStart + sizes.compressedSize;
  }
  return names;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
