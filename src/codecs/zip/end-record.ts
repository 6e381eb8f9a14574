/**
 * End records (APPNOTE 4.3.14 to 4.3.16) and what they claim of the directory. Readers differ in which
 * record they take (the last signature, the last whose comment fits, the one that ZIP64 points to) and
 * in how they count offsets when something lies before the archive, so all claims are listed, in the
 * order in which CPython's zipfile would prefer them, and none is believed yet.
 */

import type { HeaderWindow } from "../../bytes/header-window.ts";
import { u64 } from "./extra.ts";
import { SATURATED, SATURATED16, SIGNATURE, SIZE } from "./records.ts";

export interface EndRecord {
  readonly offset: number;
  /** After the comment, as far as the file has it. */
  readonly end: number;
  /** After the comment as it is announced; behind `end` where the file is shorter. */
  readonly announcedEnd: number;
  readonly disk: number;
  readonly entries: number;
  readonly directorySize: number;
  readonly directoryOffset: number;
  /** The record before the locator, which CPython takes, and the one that the locator points to. */
  readonly zip64: readonly Zip64Record[];
  /** Whether a ZIP64 locator is there and no record where it points to. */
  readonly danglingLocator: boolean;
}

export interface Zip64Record {
  readonly offset: number;
  /** After its extensible data. */
  readonly end: number;
  readonly entries: number;
  readonly directorySize: number;
  readonly directoryOffset: number;
}

/** One way to find the directory. */
export interface DirectoryClaim {
  readonly start: number;
  /** What lies before the archive: added to every offset. */
  readonly base: number;
  /** Number of entries as stated, of which 32-bit readers know 16 bits. */
  readonly entries: number;
  /** Size as stated. */
  readonly size: number;
  /** Where the directory has to end. */
  readonly limit: number;
  readonly record: EndRecord;
}

/** All end records in `[from, to)`, first to last. */
export function findEndRecords(window: HeaderWindow, from: number, to: number): EndRecord[] {
  const index = window.load(from, to - from);
  if (index === -1) {
    return [];
  }
  const positions: number[] = [];
  const end = index + to - from;
  for (let at = window.bytes.indexOf("PK\u0005\u0006", index, "latin1"); at !== -1;) {
    if (at + SIZE.end > end) {
      break;
    }
    positions.push(from + at - index);
    at = window.bytes.indexOf("PK\u0005\u0006", at + 4, "latin1");
  }
  const records: EndRecord[] = [];
  for (const position of positions) {
    const record = readEndRecord(window, position);
    if (record !== undefined) {
      records.push(record);
    }
  }
  return records;
}

/** The end record at `offset`; nothing where there is none. */
export function readEndRecord(window: HeaderWindow, offset: number): EndRecord | undefined {
  const at = window.load(offset, SIZE.end);
  if (at === -1 || window.bytes.readUInt32LE(at) !== SIGNATURE.end) {
    return undefined;
  }
  const { bytes } = window;
  const announcedEnd = offset + SIZE.end + bytes.readUInt16LE(at + 20);
  const fields = {
    offset,
    announcedEnd,
    end: Math.min(announcedEnd, window.size),
    disk: bytes.readUInt16LE(at + 4),
    entries: bytes.readUInt16LE(at + 10),
    directorySize: bytes.readUInt32LE(at + 12),
    directoryOffset: bytes.readUInt32LE(at + 16),
  };
  return { ...fields, ...readZip64(window, offset - SIZE.locator64) };
}

function readZip64(
  window: HeaderWindow,
  locator: number,
): { zip64: Zip64Record[]; danglingLocator: boolean } {
  const at = locator < 0 ? -1 : window.load(locator, SIZE.locator64);
  if (at === -1 || window.bytes.readUInt32LE(at) !== SIGNATURE.locator64) {
    return { zip64: [], danglingLocator: false };
  }
  const stated = u64(window.bytes, at + 8);
  const adjacent = locator - SIZE.end64;
  const offsets = stated === adjacent ? [adjacent] : [adjacent, stated];
  const zip64: Zip64Record[] = [];
  for (const offset of offsets) {
    const record = readZip64Record(window, offset);
    if (record !== undefined) {
      zip64.push(record);
    }
  }
  return { zip64, danglingLocator: zip64.length === 0 };
}

function readZip64Record(window: HeaderWindow, offset: number): Zip64Record | undefined {
  const at = offset < 0 ? -1 : window.load(offset, SIZE.end64);
  if (at === -1 || window.bytes.readUInt32LE(at) !== SIGNATURE.end64) {
    return undefined;
  }
  const { bytes } = window;
  return {
    offset,
    end: Math.min(window.size, offset + 12 + u64(bytes, at + 4)),
    entries: u64(bytes, at + 32),
    directorySize: u64(bytes, at + 40),
    directoryOffset: u64(bytes, at + 48),
  };
}

/** Where readers would look for the directory of an end record, CPython's way first. */
export function claimsOf(record: EndRecord): DirectoryClaim[] {
  const claims: DirectoryClaim[] = [];
  for (const zip64 of record.zip64) {
    addClaims(claims, record, zip64, zip64.offset);
  }
  // Readers that look at the ZIP64 record only where a field asks for it.
  const [zip64] = record.zip64;
  addClaims(claims, record, effectiveFields(record), zip64?.offset ?? record.offset);
  return claims;
}

/** Whether the ZIP64 record says other things than the fields that do not ask for it. */
export function contradictsZip64(record: EndRecord): boolean {
  const { entries, directorySize, directoryOffset } = effectiveFields(record);
  return record.zip64.some(
    (zip64) =>
      zip64.entries !== entries ||
      zip64.directorySize !== directorySize ||
      zip64.directoryOffset !== directoryOffset,
  );
}

interface DirectoryFields {
  readonly entries: number;
  readonly directorySize: number;
  readonly directoryOffset: number;
}

function effectiveFields(record: EndRecord): DirectoryFields {
  const [zip64] = record.zip64;
  const { entries, directorySize, directoryOffset } = record;
  if (zip64 === undefined) {
    return record;
  }
  return {
    entries: entries === SATURATED16 ? zip64.entries : entries,
    directorySize: directorySize === SATURATED ? zip64.directorySize : directorySize,
    directoryOffset: directoryOffset === SATURATED ? zip64.directoryOffset : directoryOffset,
  };
}

function addClaims(
  claims: DirectoryClaim[],
  record: EndRecord,
  { entries, directorySize: size, directoryOffset }: DirectoryFields,
  limit: number,
): void {
  // The directory ends where the end record begins; its stated offset tells what lies before the archive.
  const starts = size === 0 && entries === 0 ? [limit] : [limit - size, directoryOffset];
  for (const start of starts) {
    const base = start - directoryOffset;
    const isNew = claims.every((claim) => claim.start !== start || claim.base !== base);
    if (start >= 0 && start <= limit && isNew) {
      claims.push({ start, base, entries, size, limit, record });
    }
  }
}

/**
 * How far a claim holds: `strong` when the directory and the first entry are where it says, `weak`
 * when only the directory is.
 */
export function weigh(window: HeaderWindow, claim: DirectoryClaim): "strong" | "weak" | "none" {
  const at = window.load(claim.start, SIZE.central);
  const isThere =
    at !== -1 &&
    claim.start + SIZE.central <= claim.limit &&
    window.bytes.readUInt32LE(at) === SIGNATURE.central;
  if (!isThere) {
    return claim.entries === 0 && claim.size === 0 ? "strong" : "none";
  }
  const offset = window.bytes.readUInt32LE(at + 42);
  if (offset === SATURATED) {
    return "strong";
  }
  const local = window.load(offset + claim.base, 4);
  return local !== -1 && window.bytes.readUInt32LE(local) === SIGNATURE.local ? "strong" : "weak";
}
