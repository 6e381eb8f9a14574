/**
 * A zip archive as miniz 3 reads it, which torch uses: the last end record in the file's last 69,584
 * bytes, its central directory at the absolute offset that it states, and of every member what the
 * central directory says. Local headers only say where data start; checksums are not looked at.
 *
 * This is a third view beside those of `codecs/zip`, needed because a verdict about torch has to follow
 * torch's own reader where readers differ.
 */

import { buffered } from "../../../bytes/buffered-source.ts";
import { MemorySource } from "../../../bytes/memory-source.ts";
import { latin1, readRange } from "../../../bytes/read.ts";
import { Reader } from "../../../bytes/reader.ts";
import { sliceSource } from "../../../bytes/slice-source.ts";

import type { RandomSource } from "../../../kernel/source.ts";
import { refuse } from "./refusal.ts";

/** A member as the central directory has it. */
export interface ZipRecord {
  /** The name's bytes as Latin-1 text, so that none is lost. */
  readonly name: string;
  /** Uncompressed. */
  readonly size: number;
  readonly compressedSize: number;
  readonly method: number;
  /** Of the local header. */
  readonly offset: number;
  /** A record that calls itself a folder reads as whatever memory holds. */
  readonly folder: boolean;
  /** Why its content cannot be read, as half a sentence. */
  readonly problem?: string;
}

export interface ZipArchive {
  /** All entries of the central directory, in its order. */
  readonly records: readonly ZipRecord[];
  /** Why a record's content cannot be read, as half a sentence; it is not decoded for that. */
  check(record: ZipRecord): string | undefined;
  /** The content of a record that `check` found nothing wrong with; undefined where it is damaged. */
  open(record: ZipRecord): Promise<RandomSource | undefined>;
}

/**
 * Decodes raw DEFLATE to exactly `size` bytes; undefined where the data are damaged or of another
 * length, or where a budget ran out.
 */
export type Inflate = (compressed: RandomSource, size: number) => Promise<RandomSource | undefined>;

const END = { signature: 0x06054b50, size: 22 };
const END64 = { signature: 0x06064b50, size: 56 };
const LOCATOR = { signature: 0x07064b50, size: 20 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const LOCAL = { signature: 0x04034b50, size: 30 };
// miniz goes back in steps of 4093 bytes until it has seen more than 65,557.
const SEARCHED = 4096 + 16 * 4093;
const MAX_RECORDS = 2 ** 20;

const NO_DIRECTORY = "the archive has no central directory";
const CORRUPTED = "the central directory is corrupted";
const SPLIT = "the archive is split over several disks";

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly entries: number;
  readonly disk: number;
}

/** Position of the end record; the last signature that leaves room for one. */
function findEnd(source: RandomSource): number {
  const start = Math.max(0, source.size - SEARCHED);
  const bytes = readRange(source, start, source.size);
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = tail.length - END.size;
  const found = last < 0 ? -1 : tail.lastIndexOf("PK\x05\x06", last, "latin1");
  return found === -1 ? refuse(NO_DIRECTORY) : start + found;
}

function readerAt(source: RandomSource, position: number, size: number): Reader {
  return new Reader(readRange(source, position, position + size));
}

/** The ZIP64 end record that a locator before the end record points to. */
function readEnd64(source: RandomSource, end: number): Directory | undefined {
  if (end < LOCATOR.size + END64.size) {
    return undefined;
  }
  const locator = readerAt(source, end - LOCATOR.size, LOCATOR.size);
  if (locator.u32() !== LOCATOR.signature) {
    return undefined;
  }
  locator.skip(4);
  const position = locator.u64();
  const disks = locator.u32();
  if (position > source.size - END64.size) {
    refuse(NO_DIRECTORY);
  }
  const record = readerAt(source, position, END64.size);
  if (record.u32() !== END64.signature) {
    return undefined;
  }
  if (record.u64() < END64.size - 12) {
    refuse(CORRUPTED);
  }
  if (disks !== 1) {
    refuse(SPLIT);
  }
  record.skip(4);
  const [disk, directoryDisk] = [record.u32(), record.u32()];
  const [here, entries] = [record.u64(), record.u64()];
  const [size, offset] = [record.u64(), record.u64()];
  return checkDisks({ offset, size, entries, disk }, here, directoryDisk);
}

function readEnd(source: RandomSource): Directory {
  const end = findEnd(source);
  const directory = readEnd64(source, end);
  if (directory !== undefined) {
    return directory;
  }
  const record = readerAt(source, end + 4, END.size);
  const [disk, directoryDisk] = [record.u16(), record.u16()];
  const [here, entries] = [record.u16(), record.u16()];
  const [size, offset] = [record.u32(), record.u32()];
  return checkDisks({ offset, size, entries, disk }, here, directoryDisk);
}

function checkDisks(directory: Directory, entriesHere: number, directoryDisk: number): Directory {
  const { disk, entries } = directory;
  const single = disk === 0 && directoryDisk === 0;
  if (entriesHere !== entries || (!single && (disk !== 1 || directoryDisk !== 1))) {
    refuse(SPLIT);
  }
  return directory;
}

/**
 * Reads the central directory.
 *
 * @param source the whole file.
 * @param inflate asked for deflated records when they are opened.
 * @throws Refusal where miniz would not open the archive.
 */
export function readMinizArchive(source: RandomSource, inflate: Inflate): ZipArchive {
  return {
    records: readRecords(source),
    check: (record) => record.problem ?? checkPlace(source, record),
    open: (record) => openRecord(source, record, inflate),
  };
}

function readRecords(source: RandomSource): readonly ZipRecord[] {
  const directory = readEnd(source);
  const { offset, size, entries } = directory;
  if (size < entries * CENTRAL.size || offset + size > source.size) {
    refuse(CORRUPTED);
  }
  if (entries > MAX_RECORDS) {
    refuse(`the archive has ${entries} members`);
  }
  const records: ZipRecord[] = [];
  const near = buffered(source);
  let position = offset;
  for (let index = 0; index < entries; index += 1) {
    const entry = readEntry(near, position, directory);
    records.push(entry.record);
    position = entry.end;
  }
  return records;
}

interface Entry {
  readonly record: ZipRecord;
  readonly end: number;
}

function readEntry(source: RandomSource, position: number, directory: Directory): Entry {
  const limit = directory.offset + directory.size;
  const header = readerAt(source, position, CENTRAL.size);
  if (position + CENTRAL.size > limit || header.u32() !== CENTRAL.signature) {
    refuse(CORRUPTED);
  }
  header.skip(4);
  const [flags, method, time] = [header.u16(), header.u16(), header.u16()];
  header.skip(6);
  const [compressedSize, size] = [header.u32(), header.u32()];
  const [nameLength, extraLength, commentLength] = [header.u16(), header.u16(), header.u16()];
  const disk = header.u16();
  header.skip(2);
  const attributes = header.u32();
  const fields = { size, compressedSize, offset: header.u32() };
  const start = position + CENTRAL.size;
  const end = start + nameLength + extraLength + commentLength;
  checkSizes(fields, method === 0 && time === 0, source.size);
  if (disk === 0xffff || (disk !== directory.disk && disk !== 1)) {
    refuse(SPLIT);
  }
  if ((flags & 0x2000) !== 0) {
    refuse("the central directory is encrypted");
  }
  if (end > limit) {
    refuse(CORRUPTED);
  }
  const bytes = readRange(source, start, start + nameLength + extraLength);
  const name = latin1(bytes, 0, nameLength);
  const known = withZip64(fields, bytes.subarray(nameLength));
  const folder = name.endsWith("/") || (attributes & 0x10) !== 0;
  const problem = recordProblem({ ...known, flags, method });
  const base = { name, method, folder, ...known };
  return { record: problem === undefined ? base : { ...base, problem }, end };
}

interface Fields {
  readonly size: number;
  readonly compressedSize: number;
  readonly offset: number;
}

/** `plain`: stored, and written at midnight, since miniz looks at the time as well there. */
function checkSizes({ size, compressedSize, offset }: Fields, plain: boolean, total: number): void {
  if (compressedSize === 0xffffffff) {
    return;
  }
  const impossible = (plain && size !== compressedSize) || (size > 0 && compressedSize === 0);
  if (impossible && size !== 0xffffffff) {
    refuse(CORRUPTED);
  }
  if (offset + LOCAL.size + compressedSize > total) {
    refuse(CORRUPTED);
  }
}

/** Replaces fields that are full by those of the ZIP64 extra field; none where that is damaged. */
function withZip64(fields: Fields, extra: Uint8Array): Fields & { readonly damaged: boolean } {
  const full = 0xffffffff;
  if (Math.max(fields.size, fields.compressedSize, fields.offset) !== full) {
    return { ...fields, damaged: false };
  }
  const reader = new Reader(extra);
  while (reader.left > 0) {
    const [id, length] = [reader.u16(), reader.u16()];
    const field = new Reader(reader.take(length));
    if (reader.overrun) {
      return { ...fields, damaged: true };
    }
    if (id === 1) {
      const size = fields.size === full ? field.u64() : fields.size;
      const compressedSize = fields.compressedSize === full ? field.u64() : fields.compressedSize;
      const offset = fields.offset === full ? field.u64() : fields.offset;
      return { size, compressedSize, offset, damaged: field.overrun };
    }
  }
  return { ...fields, damaged: false };
}

interface Readable {
  readonly flags: number;
  readonly method: number;
  readonly damaged: boolean;
}

function recordProblem({ flags, method, damaged }: Readable): string | undefined {
  if (damaged) {
    return "its header is corrupted";
  }
  if ((flags & 0x61) !== 0) {
    return "it is encrypted or a patch";
  }
  if (method !== 0 && method !== 8) {
    return `its compression method ${method} is not supported`;
  }
  return undefined;
}

async function openRecord(
  source: RandomSource,
  record: ZipRecord,
  inflate: Inflate,
): Promise<RandomSource | undefined> {
  if (record.folder) {
    return undefined;
  }
  const data = dataOf(source, record);
  return data === undefined || record.method === 0 ? data : inflate(data, record.size);
}

/** The bytes of a record as they are in the file. */
function dataOf(source: RandomSource, record: ZipRecord): RandomSource | undefined {
  if (record.compressedSize === 0) {
    // Nobody looks at the local header then.
    return new MemorySource(new Uint8Array(0), record.name);
  }
  const header = readerAt(source, record.offset, LOCAL.size);
  const signature = header.u32();
  header.skip(22);
  const start = record.offset + LOCAL.size + header.u16() + header.u16();
  // A stored record has as many bytes as it has uncompressed ones, whatever else is said.
  const length = record.method === 0 ? record.size : record.compressedSize;
  const end = start + Math.max(length, record.compressedSize);
  return header.overrun || signature !== LOCAL.signature || end > source.size
    ? undefined
    : sliceSource(source, start, start + length, record.name);
}

/** Whether a record's data are where the directory says; of folders nobody reads them. */
function checkPlace(source: RandomSource, record: ZipRecord): string | undefined {
  return record.folder || dataOf(source, record) !== undefined
    ? undefined
    : "its local header is corrupted";
}
