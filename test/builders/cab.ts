/** Builds cabinets with one folder, stored or packed by MSZIP. */

import { deflateRawSync } from "node:zlib";

export interface CabFileSpec {
  readonly name: string;
  readonly data: Uint8Array;
}

export interface CabOptions {
  readonly isPacked?: boolean;
  /** Put into the folder behind the files. */
  readonly hidden?: Uint8Array;
  /** A signature in the reserved area of the header. */
  readonly reserved?: Uint8Array;
  readonly trailing?: Uint8Array;
  /** Says that the cabinet goes on in another one. */
  readonly hasNext?: boolean;
}

const MOST = 32_768;

function u16(value: number): Buffer {
  return Buffer.from([value & 0xff, (value >> 8) & 0xff]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** A data block; a checksum of 0 is not compared. */
function block(plain: Buffer, isPacked: boolean): Buffer {
  const data = isPacked ? Buffer.concat([Buffer.from("CK"), deflateRawSync(plain)]) : plain;
  return Buffer.concat([u32(0), u16(data.length), u16(plain.length), data]);
}

/** Writes the cabinet. */
export function buildCab(files: readonly CabFileSpec[], options: CabOptions = {}): Buffer {
  const isPacked = options.isPacked === true;
  const plain = Buffer.concat([
    ...files.map(({ data }) => data),
    options.hidden ?? Buffer.alloc(0),
  ]);
  const blocks: Buffer[] = [];
  for (let at = 0; at < plain.length; at += MOST) {
    blocks.push(block(plain.subarray(at, at + MOST), isPacked));
  }
  const { reserved } = options;
  const next = options.hasNext === true ? Buffer.from("next.cab\0disk\0") : Buffer.alloc(0);
  const optional = Buffer.concat([
    reserved === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([u16(reserved.length), u16(0), reserved]),
    next,
  ]);
  let start = 0;
  const list = files.map(({ name, data }) => {
    const entry = [
      u32(data.length),
      u32(start),
      u16(0),
      u32(0),
      u16(0x80),
      Buffer.from(`${name}\0`),
    ];
    start += data.length;
    return Buffer.concat(entry);
  });
  const filesAt = 36 + optional.length + 8;
  const listed = Buffer.concat(list);
  const dataAt = filesAt + listed.length;
  const data = Buffer.concat(blocks);
  const flags = (reserved === undefined ? 0 : 4) | (options.hasNext === true ? 2 : 0);
  return Buffer.concat([
    Buffer.from("MSCF\0\0\0\0"),
    u32(dataAt + data.length),
    u32(0),
    u32(filesAt),
    u32(0),
    Buffer.from([3, 1]),
    u16(1),
    u16(files.length),
    u16(flags),
    u16(0),
    u16(0),
    optional,
    u32(dataAt),
    u16(blocks.length),
    u16(isPacked ? 1 : 0),
    listed,
    data,
    Buffer.from(options.trailing ?? []),
  ]);
}
