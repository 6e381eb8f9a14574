/**
 * Blocks of RAR 1.5 to 4 (technote.txt of the time): checksum, type, flags, size of the header, size of the data.
 * Names in the old encoding of Unicode are taken in their plain half.
 */

import { crc32 } from "node:zlib";

import { HeaderWindow } from "../../bytes/header-window.ts";
import { utf8 } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { headerBytes, rarBuilder } from "./rar-archive.ts";
import type { RarArchive, RarBuilder } from "./rar-archive.ts";
import { RAR4_SIGNATURE } from "./signatures.ts";

const TYPE = { main: 0x73, file: 0x74, end: 0x7b } as const;
const MAIN = { volume: 0x01, encrypted: 0x80 } as const;
const FILE = {
  before: 0x01,
  after: 0x02,
  encrypted: 0x04,
  folder: 0xe0,
  large: 0x100,
  unicode: 0x200,
} as const;
const HAS_DATA = 0x8000;
const STORED = 0x30;
const UNIX = 3;
const BLOCK = 7;

interface Block {
  readonly offset: number;
  readonly type: number;
  readonly flags: number;
  /** Behind type, flags and size. */
  readonly reader: Reader;
  readonly end: number;
}

/** Reads all blocks, up to `maxMembers` members. */
export function readRar4(source: RandomSource, maxMembers: number): RarArchive {
  const archive = rarBuilder(RAR4_SIGNATURE.length);
  const window = new HeaderWindow(source);
  while (archive.end < source.size && archive.problem === undefined) {
    const block = readBlock(window, archive.end, source.size);
    if (typeof block === "string") {
      archive.problem = block;
      break;
    }
    archive.understood.push({ start: block.offset, end: block.end });
    archive.end = block.end;
    if (block.type === TYPE.end) {
      break;
    }
    addBlock(archive, block, source.size);
    if (archive.isEncrypted) {
      archive.end = source.size;
    }
    if (archive.members.length > maxMembers) {
      archive.problem = "limit";
    }
  }
  return archive;
}

function readBlock(
  window: HeaderWindow,
  offset: number,
  size: number,
): Block | "damaged" | "truncated" {
  const start = headerBytes(window, offset, offset + BLOCK);
  if (start.length < BLOCK) {
    return "truncated";
  }
  const fixed = new Reader(start);
  const crc = fixed.u16();
  const type = fixed.u8();
  const flags = fixed.u16();
  const length = fixed.u16();
  if (length < BLOCK) {
    return "damaged";
  }
  if (offset + length > size) {
    return "truncated";
  }
  const bytes = headerBytes(window, offset, offset + length);
  // Old writers leave something behind the fields of a comment, which is not in the sum.
  const isSound = (crc32(bytes.subarray(2)) & 0xffff) === crc;
  return isSound
    ? { offset, type, flags, reader: new Reader(bytes, BLOCK), end: offset + length }
    : "damaged";
}

function addBlock(archive: RarBuilder, block: Block, size: number): void {
  const { type, flags } = block;
  if (type === TYPE.main) {
    archive.isVolume = (flags & MAIN.volume) !== 0;
    archive.isEncrypted = (flags & MAIN.encrypted) !== 0;
  } else if (type === TYPE.file) {
    addFile(archive, block);
  } else if ((flags & HAS_DATA) !== 0) {
    archive.end += block.reader.u32();
  }
  if (archive.end > size) {
    archive.problem = "truncated";
  }
}

function addFile(archive: RarBuilder, { offset, flags, reader, end }: Block): void {
  let packed = reader.u32();
  let size = reader.u32();
  const system = reader.u8();
  const crc = reader.u32();
  reader.skip(5);
  const method = reader.u8();
  const nameLength = reader.u16();
  const attributes = reader.u32();
  if ((flags & FILE.large) !== 0) {
    packed += reader.u32() * 2 ** 32;
    size += reader.u32() * 2 ** 32;
  }
  const name = reader.take(nameLength);
  if (reader.overrun) {
    archive.problem = "damaged";
    return;
  }
  const nul = (flags & FILE.unicode) === 0 ? -1 : name.indexOf(0);
  const mode = system === UNIX ? attributes : 0;
  const isLink = (mode & 0o170000) === 0o120000;
  archive.end = end + packed;
  archive.members.push({
    name: utf8(name, 0, nul === -1 ? name.length : nul).replaceAll("\\", "/"),
    offset,
    data: { start: end, end: end + packed },
    size,
    crc,
    mode,
    isFolder: (flags & FILE.folder) === FILE.folder,
    isEncrypted: (flags & FILE.encrypted) !== 0,
    isStored: method === STORED,
    isSplit: (flags & (FILE.before | FILE.after)) !== 0,
    // Its target is its content.
    link: isLink ? { kind: "symlink", target: "" } : undefined,
  });
}
