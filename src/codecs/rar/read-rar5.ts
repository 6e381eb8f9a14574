/** Blocks of RAR 5 (RAR 5.0 archive format): checksum, size of the header, type, flags, and then by type. */

import { crc32 } from "node:zlib";

import { HeaderWindow } from "../../bytes/header-window.ts";
import { utf8 } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { headerBytes, MOST_HEADER, rarBuilder } from "./rar-archive.ts";
import type { RarArchive, RarBuilder, RarMember } from "./rar-archive.ts";
import { RAR5_SIGNATURE } from "./signatures.ts";

const TYPE = { main: 1, file: 2, encryption: 4, end: 5 } as const;
const FLAG = { extra: 1, data: 2, before: 8, after: 0x10 } as const;
const FILE = { folder: 1, time: 2, crc: 4, unknownSize: 8 } as const;
const EXTRA = { encryption: 1, redirection: 5 } as const;
const VOLUME = 1;
const METHOD = 0x380;
const UNIX = 1;
const HARDLINK = 4;
const COPY = 5;
/** Checksum and the longest size of a header. */
const BLOCK = 4 + 3;

interface Block {
  readonly offset: number;
  readonly type: number;
  readonly flags: number;
  /** Behind the fields that all blocks have, up to the extra area. */
  readonly reader: Reader;
  readonly extra: Reader;
  readonly end: number;
  readonly dataEnd: number;
}

/** A number of seven bits a byte, lowest first, at most ten bytes. */
function vint(reader: Reader): number {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = reader.u8();
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) {
      break;
    }
  }
  return value;
}

/** Reads all blocks, up to `maxMembers` members. */
export function readRar5(source: RandomSource, maxMembers: number): RarArchive {
  const archive = rarBuilder(RAR5_SIGNATURE.length);
  const window = new HeaderWindow(source);
  while (archive.end < source.size && archive.problem === undefined) {
    const block = readBlock(window, archive.end, source.size);
    if (typeof block === "string") {
      archive.problem = block;
      break;
    }
    const { offset, end, dataEnd, type } = block;
    archive.understood.push({ start: offset, end });
    archive.end = dataEnd;
    if (type === TYPE.end) {
      break;
    }
    addBlock(archive, block);
    if (archive.isEncrypted) {
      archive.end = source.size;
    } else if (dataEnd > source.size) {
      archive.problem = "truncated";
    } else if (archive.members.length > maxMembers) {
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
  const start = new Reader(headerBytes(window, offset, Math.min(offset + BLOCK, size)));
  const crc = start.u32();
  const length = vint(start);
  const end = offset + start.position + length;
  if (start.overrun || end > size) {
    return "truncated";
  }
  if (length > MOST_HEADER) {
    return "damaged";
  }
  const bytes = headerBytes(window, offset, end);
  if (crc32(bytes.subarray(4)) !== crc) {
    return "damaged";
  }
  const reader = new Reader(bytes, start.position);
  const type = vint(reader);
  const flags = vint(reader);
  const extraSize = (flags & FLAG.extra) === 0 ? 0 : vint(reader);
  const dataSize = (flags & FLAG.data) === 0 ? 0 : vint(reader);
  const extraAt = bytes.length - extraSize;
  if (reader.overrun || extraAt < reader.position) {
    return "damaged";
  }
  return {
    offset,
    type,
    flags,
    reader: new Reader(bytes, reader.position, extraAt),
    extra: new Reader(bytes, extraAt),
    end,
    dataEnd: end + dataSize,
  };
}

function addBlock(archive: RarBuilder, block: Block): void {
  if (block.type === TYPE.main) {
    archive.isVolume = (vint(block.reader) & VOLUME) !== 0;
  } else if (block.type === TYPE.encryption) {
    archive.isEncrypted = true;
  } else if (block.type === TYPE.file) {
    const member = readFile(block);
    if (member === undefined) {
      archive.problem = "damaged";
    } else {
      archive.members.push(member);
    }
  }
}

function readFile({ reader, extra, flags, offset, end, dataEnd }: Block): RarMember | undefined {
  const fileFlags = vint(reader);
  const size = vint(reader);
  const attributes = vint(reader);
  reader.skip((fileFlags & FILE.time) === 0 ? 0 : 4);
  const crc = (fileFlags & FILE.crc) === 0 ? undefined : reader.u32();
  const packing = vint(reader);
  const system = vint(reader);
  const name = reader.take(vint(reader));
  const extras = readExtra(extra);
  return reader.overrun || extras === undefined
    ? undefined
    : {
        name: utf8(name),
        offset,
        data: { start: end, end: dataEnd },
        size: (fileFlags & FILE.unknownSize) === 0 ? size : undefined,
        crc,
        mode: system === UNIX ? attributes : 0,
        isFolder: (fileFlags & FILE.folder) !== 0,
        isEncrypted: extras.isEncrypted,
        isStored: (packing & METHOD) === 0,
        isSplit: (flags & (FLAG.before | FLAG.after)) !== 0,
        link: extras.link,
      };
}

interface Extras {
  isEncrypted: boolean;
  link: RarMember["link"];
}

function readExtra(extra: Reader): Extras | undefined {
  const extras: Extras = { isEncrypted: false, link: undefined };
  while (extra.left > 0) {
    const record = new Reader(extra.take(vint(extra)));
    if (extra.overrun) {
      return undefined;
    }
    const type = vint(record);
    if (type === EXTRA.encryption) {
      extras.isEncrypted = true;
    } else if (type === EXTRA.redirection) {
      const kind = vint(record);
      vint(record);
      const target = utf8(record.take(vint(record)));
      const isHard = kind === HARDLINK || kind === COPY;
      extras.link = { kind: isHard ? "hardlink" : "symlink", target };
    }
  }
  return extras;
}
