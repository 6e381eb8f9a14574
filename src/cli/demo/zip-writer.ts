/**
 * Writes small zip archives, as PyTorch's checkpoints are.
 *
 * Specification: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16. No zip64, no encryption.
 */

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
}

const VERSION_NEEDED = 20;
/** 1 January 1980, the first day that the format knows. */
const DATE = 0x21;

/** The bytes of an archive. */
export function zip(members: readonly ZipMember[]): Uint8Array {
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes, deflate = false } of members) {
    const content = deflate ? deflateRawSync(bytes) : bytes;
    const fields = commonFields(bytes, content, name, deflate);
    const header = Buffer.concat([Buffer.from("PK\u0003\u0004"), fields, Buffer.from(name)]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(
      Buffer.from("PK\u0001\u0002"),
      Buffer.of(VERSION_NEEDED, 0),
      fields,
      place,
      Buffer.from(name),
    );
    local.push(header, content);
    offset += header.length + content.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from("PK\u0005\u0006"), end]);
}

/** From "version needed" to "extra field length", the same in both headers. */
function commonFields(
  bytes: Uint8Array,
  content: Uint8Array,
  name: string,
  deflate: boolean,
): Uint8Array {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION_NEEDED, 0);
  fields.writeUInt16LE(deflate ? 8 : 0, 4);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(content.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}
