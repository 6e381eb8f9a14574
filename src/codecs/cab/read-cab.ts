/**
 * The structure of a cabinet (MS-CAB 2.2): header, folders, files, data blocks. What it is packed in is not undone
 * here, and cabinets that go on in another file are not put together.
 */

import type { Governor } from "../../bytes/governor.ts";
import type { Range } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { CAB_HEADER } from "./signature.ts";

/** What headers and the list of files may take: 65,535 files with long names. */
const MOST_LISTED = 32 * 1024 * 1024;
const FLAG = { previous: 1, next: 2, reserve: 4 } as const;
const BLOCK_HEADER = 8;
/** Bytes that the read of a block's header counts for. */
const BLOCK_WORK = 1024;
const LONGEST_NAME = 256;
/** Folder numbers from here on mean that the file goes on in another cabinet. */
const CONTINUED = 0xfffd;
const UTF8_NAME = 0x80;

export interface CabFolder {
  /** Where its data blocks lie. */
  readonly data: Range;
  /** What comes out of them, as stated. */
  readonly size: number;
  readonly whole: boolean;
}

export interface CabFile {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** In what comes out of its folder. */
  readonly start: number;
  readonly folder: CabFolder | undefined;
  /** Whether a part of it lies in another cabinet. */
  readonly split: boolean;
}

export interface Cab {
  readonly end: number;
  readonly folders: readonly CabFolder[];
  readonly files: readonly CabFile[];
  /** Parts that have a meaning. */
  readonly understood: readonly Range[];
  /** Whether the lists end before all that they should have. */
  readonly damaged: boolean;
  readonly hasOtherVolumes: boolean;
}

/** Reads the cabinet at the start of the source. What its blocks cost is taken from the governor's `work`. */
export function readCab(source: RandomSource, governor: Governor): Cab {
  const bytes = readRange(source, 0, Math.min(source.size, MOST_LISTED));
  const reader = new Reader(bytes);
  reader.skip(8);
  const end = reader.u32();
  reader.skip(4);
  const filesAt = reader.u32();
  reader.skip(6);
  const counts = { folders: reader.u16(), files: reader.u16() };
  const flags = reader.u16();
  reader.skip(4);
  const understood: Range[] = [{ start: 0, end: CAB_HEADER }];
  const reserve = skipOptional(reader, flags, understood);
  const folders: CabFolder[] = [];
  for (let index = 0; index < counts.folders && !reader.overrun; index += 1) {
    const start = reader.position;
    folders.push(readFolder(source, governor, reader, reserve));
    understood.push({ start, end: reader.position });
    reader.skip(reserve.folder);
  }
  reader.position = Math.min(filesAt, reader.end);
  const files: CabFile[] = [];
  while (files.length < counts.files && !reader.overrun) {
    const file = readFile(reader, folders);
    if (file !== undefined) {
      files.push(file);
    }
  }
  understood.push({ start: filesAt, end: reader.position });
  return {
    end,
    folders,
    files,
    understood,
    damaged: reader.overrun || files.length < counts.files,
    hasOtherVolumes: (flags & (FLAG.previous | FLAG.next)) !== 0,
  };
}

interface Reserve {
  readonly folder: number;
  readonly data: number;
}

function skipOptional(reader: Reader, flags: number, understood: Range[]): Reserve {
  let reserve: Reserve = { folder: 0, data: 0 };
  if ((flags & FLAG.reserve) !== 0) {
    const header = reader.u16();
    reserve = { folder: reader.u8(), data: reader.u8() };
    understood.push({ start: CAB_HEADER, end: reader.position });
    // A signature, most of the time: a meaning that is not known here.
    reader.skip(header);
  }
  const start = reader.position;
  for (const flag of [FLAG.previous, FLAG.next]) {
    if ((flags & flag) !== 0) {
      takeName(reader);
      takeName(reader);
    }
  }
  understood.push({ start, end: reader.position });
  return reserve;
}

function takeName(reader: Reader): Uint8Array {
  const at = reader.bytes.subarray(reader.position, reader.position + LONGEST_NAME + 1).indexOf(0);
  const name = reader.take(at === -1 ? reader.left + 1 : at);
  reader.skip(1);
  return name;
}

function readFolder(
  source: RandomSource,
  governor: Governor,
  reader: Reader,
  reserve: Reserve,
): CabFolder {
  const dataAt = reader.u32();
  const blocks = reader.u16();
  reader.skip(2);
  let at = dataAt;
  let size = 0;
  let count = 0;
  const header = new Uint8Array(BLOCK_HEADER);
  // Sixty thousand folders may all point to the same sixty thousand blocks.
  while (count < blocks && governor.take("work", BLOCK_WORK)) {
    if (source.readIntoSync(header, at) < header.length) {
      break;
    }
    const view = new DataView(header.buffer);
    size += view.getUint16(6, true);
    at += header.length + reserve.data + view.getUint16(4, true);
    count += 1;
  }
  return { data: { start: dataAt, end: at }, size, whole: count === blocks && at <= source.size };
}

function readFile(reader: Reader, folders: readonly CabFolder[]): CabFile | undefined {
  const offset = reader.position;
  const size = reader.u32();
  const start = reader.u32();
  const folder = reader.u16();
  reader.skip(4);
  const attributes = reader.u16();
  const name = Buffer.from(takeName(reader));
  if (reader.overrun) {
    return undefined;
  }
  return {
    name: name.toString((attributes & UTF8_NAME) === 0 ? "latin1" : "utf8").replaceAll("\\", "/"),
    offset,
    size,
    start,
    folder: folders[folder],
    split: folder >= CONTINUED,
  };
}
