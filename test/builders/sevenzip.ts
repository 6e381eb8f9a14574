/** Builds 7z archives, sound ones and ones in which any field lies. */

import { crc32, deflateRawSync } from "node:zlib";

export interface SevenZipMemberSpec {
  readonly name: string;
  /** Nothing for a folder. */
  readonly data?: Uint8Array;
  /** Windows' attributes, or 0x8000 with a Unix mode in the high half. */
  readonly attributes?: number;
  /** The checksum to write. */
  readonly crc?: number;
}

export interface SevenZipFolderSpec {
  readonly members: readonly SevenZipMemberSpec[];
  /** Method ids in hexadecimal, the decoder first; `00`, to copy, by default. `040108` really packs. */
  readonly methods?: readonly string[];
  /** Properties of the methods. */
  readonly properties?: readonly Uint8Array[];
  /** The packed bytes, where they are not made by a method of the above. */
  readonly packed?: Uint8Array;
}

export interface SevenZipOptions {
  /** Members without content. */
  readonly empty?: readonly (SevenZipMemberSpec & { readonly isFolder?: boolean })[];
  /** Methods of a packed directory. */
  readonly encoded?: readonly string[];
  /** Before the packed bytes, which the directory takes into account. */
  readonly gap?: Uint8Array;
  readonly prefix?: Uint8Array;
  readonly trailing?: Uint8Array;
  /** Members that the directory leaves out of its list of files. */
  readonly unlisted?: number;
}

const COPY = "00";
const DEFLATE = "040108";

/** A number of the format. */
export function number(value: number): Buffer {
  if (value < 0x80) {
    return Buffer.from([value]);
  }
  if (value < 0x4000) {
    return Buffer.from([0x80 | (value >> 8), value & 0xff]);
  }
  const bytes = Buffer.alloc(9, 0xff);
  bytes.writeBigUInt64LE(BigInt(value), 1);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function bits(values: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries()) {
    bytes[index >> 3]! |= value ? 0x80 >> (index & 7) : 0;
  }
  return bytes;
}

interface Packed {
  readonly spec: SevenZipFolderSpec;
  readonly bytes: Uint8Array;
  readonly size: number;
}

function pack(spec: SevenZipFolderSpec): Packed {
  const plain = Buffer.concat(spec.members.map(({ data }) => data ?? Buffer.alloc(0)));
  const isDeflated = spec.methods?.[0] === DEFLATE;
  return {
    spec,
    bytes: spec.packed ?? (isDeflated ? deflateRawSync(plain) : plain),
    size: plain.length,
  };
}

function coders({ methods = [COPY], properties = [] }: SevenZipFolderSpec): Buffer {
  const parts = [number(methods.length)];
  for (const [index, method] of methods.entries()) {
    const id = Buffer.from(method, "hex");
    const own = properties[index];
    parts.push(Buffer.from([id.length | (own === undefined ? 0 : 0x20)]), id);
    if (own !== undefined) {
      parts.push(number(own.length), Buffer.from(own));
    }
  }
  for (let index = 1; index < methods.length; index += 1) {
    parts.push(number(index), number(index - 1));
  }
  return Buffer.concat(parts);
}

function streams(folders: readonly Packed[], start: number): Buffer {
  const contents = folders.flatMap(({ spec }) => spec.members);
  const crcs = contents.map(({ data, crc }) => u32(crc ?? crc32(data ?? Buffer.alloc(0))));
  return Buffer.concat([
    Buffer.from([6]),
    number(start),
    number(folders.length),
    Buffer.from([9]),
    ...folders.map(({ bytes }) => number(bytes.length)),
    Buffer.from([0, 7, 0x0b]),
    number(folders.length),
    Buffer.from([0]),
    ...folders.map(({ spec }) => coders(spec)),
    Buffer.from([0x0c]),
    ...folders.flatMap(({ spec, size }) => (spec.methods ?? [COPY]).map(() => number(size))),
    Buffer.from([0, 8, 0x0d]),
    ...folders.map(({ spec }) => number(spec.members.length)),
    Buffer.from([9]),
    ...folders.flatMap(({ spec }) =>
      spec.members.slice(0, -1).map(({ data }) => number(data?.length ?? 0)),
    ),
    Buffer.from([0x0a, 1]),
    ...crcs,
    Buffer.from([0, 0]),
  ]);
}

function property(id: number, ...parts: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([id]), number(bytes.length), bytes]);
}

function files(
  members: readonly SevenZipMemberSpec[],
  empty: NonNullable<SevenZipOptions["empty"]>,
): Buffer {
  const all = [...members, ...empty];
  const names = all.map(({ name }) => Buffer.from(`${name}\0`, "utf16le"));
  const parts = [Buffer.from([5]), number(all.length)];
  if (empty.length > 0) {
    parts.push(property(0x0e, bits(all.map((_, index) => index >= members.length))));
    parts.push(property(0x0f, bits(empty.map(({ isFolder }) => isFolder !== true))));
  }
  parts.push(property(0x11, Buffer.from([0]), ...names));
  const attributes = all.map(({ attributes: value = 0x20 }) => u32(value));
  parts.push(property(0x15, Buffer.from([1, 0]), ...attributes), Buffer.from([0]));
  return Buffer.concat(parts);
}

/** The 32 bytes at the start. */
export function signatureHeader(offset: number, directory: Uint8Array): Buffer {
  const fields = Buffer.alloc(20);
  fields.writeBigUInt64LE(BigInt(offset), 0);
  fields.writeBigUInt64LE(BigInt(directory.length), 8);
  fields.writeUInt32LE(crc32(directory), 16);
  return Buffer.concat([Buffer.from("377abcaf271c0004", "hex"), u32(crc32(fields)), fields]);
}

/** Writes the archive. */
export function buildSevenZip(
  folders: readonly SevenZipFolderSpec[],
  options: SevenZipOptions = {},
): Buffer {
  const packed = folders.map(pack);
  const gap = Buffer.from(options.gap ?? []);
  const members = folders.flatMap((folder) => folder.members);
  const listed = members.slice(0, members.length - (options.unlisted ?? 0));
  let directory: Buffer = Buffer.concat([
    Buffer.from([1]),
    ...(packed.length === 0 ? [] : [Buffer.from([4]), streams(packed, gap.length)]),
    files(listed, options.empty ?? []),
    Buffer.from([0]),
  ]);
  const body = [gap, ...packed.map(({ bytes }) => Buffer.from(bytes))];
  let size = body.reduce((sum, { length }) => sum + length, 0);
  if (options.encoded !== undefined) {
    const layer = pack({ members: [{ name: "", data: directory }], methods: options.encoded });
    body.push(Buffer.from(layer.bytes));
    directory = Buffer.concat([Buffer.from([0x17]), streams([layer], size)]);
    size += layer.bytes.length;
  }
  return Buffer.concat([
    Buffer.from(options.prefix ?? []),
    signatureHeader(size, directory),
    ...body,
    directory,
    Buffer.from(options.trailing ?? []),
  ]);
}
