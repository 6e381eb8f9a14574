/**
 * Builds zip files byte by byte, sound ones and ones in which any field lies. Compression is Node's;
 * everything else is written here, so that the reader is not tested against itself.
 */

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipFields {
  readonly name?: string | Uint8Array;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly compressedSize?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly extra?: Uint8Array;
  readonly version?: number;
}

export interface ZipMemberSpec extends ZipFields {
  readonly name: string | Uint8Array;
  readonly data?: Uint8Array | string;
  /** The bytes that are really written, where they are not what `method` makes of `data`. */
  readonly packed?: Uint8Array;
  readonly local?: ZipFields;
  readonly central?: ZipFields;
  /** Written with a local header only. */
  readonly hidden?: boolean;
  /** Only in the directory: no local header, no data. */
  readonly phantom?: boolean;
  /** Sizes after the data; sets flag bit 3 and empties the local fields. */
  readonly descriptor?: "signed" | "bare" | "wide" | "none";
  /** Unix mode; sets the host system to Unix. */
  readonly mode?: number;
  readonly comment?: string;
  /** Bytes before the local header. */
  readonly before?: Uint8Array | string;
}

export interface ZipOptions {
  readonly prefix?: Uint8Array | string;
  /** Whether offsets count from the start of the file and not from the start of the archive. */
  readonly absolute?: boolean;
  readonly beforeDirectory?: Uint8Array | string;
  readonly afterDirectory?: Uint8Array | string;
  readonly comment?: Uint8Array | string;
  readonly trailing?: Uint8Array | string;
  readonly noDirectory?: boolean;
  /** Writes a ZIP64 end record; its fields may lie. */
  readonly zip64?: boolean | EndFields;
  readonly end?: EndFields & { readonly commentLength?: number; readonly disk?: number };
}

export interface EndFields {
  readonly entries?: number;
  readonly size?: number;
  readonly offset?: number;
}

/** Local header flags: streamed, and UTF-8 names. */
export const STREAMED = 8;
export const UTF8 = 0x800;

export function bytesOf(value: Uint8Array | string | undefined): Buffer {
  return typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value ?? []);
}

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value & 0xffff, index * 2);
  return bytes;
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

export function u64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8);
  return bytes;
}

/** An extra field: id, length, content. */
export function extraField(id: number, content: Uint8Array): Buffer {
  return Buffer.concat([u16(id, content.length), content]);
}

interface Plan {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: Buffer;
  readonly size: number;
}

function plan(member: ZipMemberSpec): Plan {
  const data = bytesOf(member.data);
  const method = member.method ?? 0;
  const streamed = member.descriptor === undefined ? 0 : STREAMED;
  return {
    name: bytesOf(member.name),
    flags: (member.flags ?? 0) | streamed,
    method,
    crc: member.crc ?? crc32(data),
    packed: Buffer.from(member.packed ?? (method === 8 ? deflateRawSync(data) : data)),
    size: member.size ?? data.length,
  };
}

function localHeader(member: ZipMemberSpec, from: Plan): Buffer {
  const open = member.descriptor !== undefined;
  const fields = member.local ?? {};
  const name = fields.name === undefined ? from.name : bytesOf(fields.name);
  const extra = Buffer.from(fields.extra ?? member.extra ?? []);
  return Buffer.concat([
    Buffer.from("PK\u0003\u0004", "latin1"),
    u16(fields.version ?? 20, fields.flags ?? from.flags, fields.method ?? from.method, 0, 0),
    u32(
      fields.crc ?? (open ? 0 : from.crc),
      fields.compressedSize ?? (open ? 0 : (member.compressedSize ?? from.packed.length)),
      fields.size ?? (open ? 0 : from.size),
    ),
    u16(name.length, extra.length),
    name,
    extra,
  ]);
}

function descriptorOf(kind: ZipMemberSpec["descriptor"], from: Plan): Buffer {
  const signature = Buffer.from("PK\u0007\u0008", "latin1");
  switch (kind) {
    case "signed":
      return Buffer.concat([signature, u32(from.crc, from.packed.length, from.size)]);
    case "bare":
      return u32(from.crc, from.packed.length, from.size);
    case "wide":
      return Buffer.concat([signature, u32(from.crc), u64(from.packed.length, from.size)]);
    default:
      return Buffer.alloc(0);
  }
}

function centralHeader(member: ZipMemberSpec, from: Plan, offset: number): Buffer {
  const fields = member.central ?? {};
  const name = fields.name === undefined ? from.name : bytesOf(fields.name);
  const extra = Buffer.from(fields.extra ?? member.extra ?? []);
  const comment = bytesOf(member.comment);
  const system = member.mode === undefined ? 0 : 3;
  return Buffer.concat([
    Buffer.from("PK\u0001\u0002", "latin1"),
    u16(20 | (system << 8), fields.version ?? 20),
    u16(fields.flags ?? from.flags, fields.method ?? from.method, 0, 0),
    u32(
      fields.crc ?? from.crc,
      fields.compressedSize ?? member.compressedSize ?? from.packed.length,
      fields.size ?? from.size,
    ),
    u16(name.length, extra.length, comment.length, 0, 0),
    u32((member.mode ?? 0) * 0x10000, fields.offset ?? member.offset ?? offset),
    name,
    extra,
    comment,
  ]);
}

/** Writes the archive. */
export function buildZip(members: readonly ZipMemberSpec[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [bytesOf(options.prefix)];
  const base = options.absolute === true ? 0 : parts[0]!.length;
  let at = parts[0]!.length;
  const add = (bytes: Buffer): void => {
    parts.push(bytes);
    at += bytes.length;
  };
  const directory: Buffer[] = [];
  for (const member of members) {
    const planned = plan(member);
    add(bytesOf(member.before));
    if (member.hidden !== true) {
      directory.push(centralHeader(member, planned, at - base));
    }
    if (member.phantom !== true) {
      add(localHeader(member, planned));
      add(planned.packed);
      add(descriptorOf(member.descriptor, planned));
    }
  }
  add(bytesOf(options.beforeDirectory));
  if (options.noDirectory !== true) {
    const offset = at - base;
    const central = Buffer.concat(directory);
    add(central);
    add(bytesOf(options.afterDirectory));
    add(endRecords(options, { entries: directory.length, size: central.length, offset }, at));
  }
  add(bytesOf(options.trailing));
  return Buffer.concat(parts);
}

function endRecords(options: ZipOptions, actual: Required<EndFields>, at: number): Buffer {
  const comment = bytesOf(options.comment);
  const isWide = options.zip64 !== undefined && options.zip64 !== false;
  const wide = { ...actual, ...(typeof options.zip64 === "object" ? options.zip64 : {}) };
  const narrow = {
    entries: options.end?.entries ?? (isWide ? 0xffff : actual.entries),
    size: options.end?.size ?? (isWide ? 0xffffffff : actual.size),
    offset: options.end?.offset ?? (isWide ? 0xffffffff : actual.offset),
  };
  const zip64 = isWide
    ? [
        Buffer.from("PK\u0006\u0006", "latin1"),
        u64(44),
        u16(45, 45),
        u32(0, 0),
        u64(wide.entries, wide.entries, wide.size, wide.offset),
        Buffer.from("PK\u0006\u0007", "latin1"),
        u32(0),
        u64(at),
        u32(1),
      ]
    : [];
  return Buffer.concat([
    ...zip64,
    Buffer.from("PK\u0005\u0006", "latin1"),
    u16(options.end?.disk ?? 0, 0, narrow.entries, narrow.entries),
    u32(narrow.size, narrow.offset),
    u16(options.end?.commentLength ?? comment.length),
    comment,
  ]);
}

/** A checkpoint laid out as torch writes it: streamed headers, padding to 64 bytes, descriptors. */
export function buildTorchZip(
  root: string,
  members: readonly { readonly name: string; readonly data: Uint8Array | string }[],
): Buffer {
  let at = 0;
  const specs = members.map(({ name, data }): ZipMemberSpec => {
    const path = `${root}/${name}`;
    const header = 30 + path.length + 4;
    const padding = (64 - ((at + header) % 64)) % 64;
    at += header + padding + bytesOf(data).length + 16;
    return {
      name: path,
      data,
      flags: UTF8,
      descriptor: "signed",
      local: { extra: extraField(0x4246, Buffer.alloc(padding, "Z")), version: 0 },
    };
  });
  return buildZip(specs);
}
