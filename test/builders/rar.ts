/** Builds RAR archives of both formats with stored members, and any field as it is wanted. */

import { crc32 } from "node:zlib";

export interface RarMemberSpec {
  readonly name: string;
  readonly data?: Uint8Array;
  /** RAR 5: a symbolic link, in the extra area. */
  readonly linkTo?: string;
  readonly isEncrypted?: boolean;
  readonly isSplit?: boolean;
  readonly isFolder?: boolean;
  /** RAR 5: says that it is packed. */
  readonly method?: number;
}

export interface RarOptions {
  readonly encryptedHeaders?: boolean;
  readonly isVolume?: boolean;
  readonly trailing?: Uint8Array;
  readonly withoutEnd?: boolean;
}

function u16(value: number): Buffer {
  return Buffer.from([value & 0xff, value >> 8]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function vint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80);
    left >>= 7;
  }
  return Buffer.from([...bytes, left]);
}

function block5(type: number, flags: number, fields: Buffer, extra = Buffer.alloc(0), data = 0) {
  const body = Buffer.concat([
    vint(type),
    vint(flags | (extra.length > 0 ? 1 : 0) | (data > 0 ? 2 : 0)),
    extra.length > 0 ? vint(extra.length) : Buffer.alloc(0),
    data > 0 ? vint(data) : Buffer.alloc(0),
    fields,
    extra,
  ]);
  const sized = Buffer.concat([vint(body.length), body]);
  return Buffer.concat([u32(crc32(sized)), sized]);
}

function record5(type: number, ...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat([vint(type), ...fields]);
  return Buffer.concat([vint(body.length), body]);
}

function member5(spec: RarMemberSpec): Buffer {
  const data = Buffer.from(spec.data ?? []);
  const name = Buffer.from(spec.name);
  const target = Buffer.from(spec.linkTo ?? "");
  const fields = Buffer.concat([
    vint((spec.isFolder === true ? 1 : 0) | 4),
    vint(data.length),
    vint(0o100644),
    u32(crc32(data)),
    vint((spec.method ?? 0) << 7),
    vint(1),
    vint(name.length),
    name,
  ]);
  const extra = Buffer.concat([
    spec.linkTo === undefined
      ? Buffer.alloc(0)
      : record5(5, vint(1), vint(0), vint(target.length), target),
    spec.isEncrypted === true ? record5(1, Buffer.alloc(35)) : Buffer.alloc(0),
  ]);
  const flags = spec.isSplit === true ? 0x10 : 0;
  return Buffer.concat([block5(2, flags, fields, extra, data.length), data]);
}

/** Writes an archive in the format of RAR 5. */
export function buildRar5(members: readonly RarMemberSpec[], options: RarOptions = {}): Buffer {
  return Buffer.concat([
    Buffer.from("Rar!\u001a\u0007\u0001\u0000", "latin1"),
    options.encryptedHeaders === true ? block5(4, 0, Buffer.alloc(20)) : Buffer.alloc(0),
    block5(1, 0, vint(options.isVolume === true ? 1 : 0)),
    ...members.map(member5),
    options.withoutEnd === true ? Buffer.alloc(0) : block5(5, 0, vint(0)),
    Buffer.from(options.trailing ?? []),
  ]);
}

function block4(type: number, flags: number, fields: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from([type]), u16(flags), u16(7 + fields.length), fields]);
  return Buffer.concat([u16(crc32(body) & 0xffff), body]);
}

function member4(spec: RarMemberSpec): Buffer {
  const data = Buffer.from(spec.data ?? []);
  const name = Buffer.from(spec.name);
  const fields = Buffer.concat([
    u32(data.length),
    u32(data.length),
    Buffer.from([3]),
    u32(crc32(data)),
    u32(0),
    Buffer.from([29, 0x30 + (spec.method ?? 0)]),
    u16(name.length),
    u32(0o100644),
    name,
  ]);
  const flags =
    0x8000 |
    (spec.isEncrypted === true ? 4 : 0) |
    (spec.isSplit === true ? 2 : 0) |
    (spec.isFolder === true ? 0xe0 : 0);
  return Buffer.concat([block4(0x74, flags, fields), data]);
}

/** Writes an archive in the format of RAR 1.5 to 4. */
export function buildRar4(members: readonly RarMemberSpec[], options: RarOptions = {}): Buffer {
  const flags =
    (options.isVolume === true ? 1 : 0) | (options.encryptedHeaders === true ? 0x80 : 0);
  return Buffer.concat([
    Buffer.from("Rar!\u001a\u0007\u0000", "latin1"),
    block4(0x73, flags, Buffer.alloc(6)),
    ...members.map(member4),
    options.withoutEnd === true ? Buffer.alloc(0) : block4(0x7b, 0x4000, Buffer.alloc(0)),
    Buffer.from(options.trailing ?? []),
  ]);
}
