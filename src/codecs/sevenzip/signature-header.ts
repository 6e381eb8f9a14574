/**
 * The 32 bytes that a 7z archive starts with: version, and where its directory lies (7zFormat.txt of 7-Zip,
 * "SignatureHeader"). The directory is at the end, so that an archive without its last volume has none.
 */

import { crc32 } from "node:zlib";

import { hasBytes } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";

export const SEVENZIP_SIGNATURE = "7z\u00bc\u00af\u0027\u001c";
export const SIGNATURE_HEADER = 32;

export interface SignatureHeader {
  readonly major: number;
  readonly minor: number;
  /** Whether the checksum of the three fields below holds. */
  readonly sound: boolean;
  /** Of the directory, from the end of these 32 bytes. */
  readonly nextOffset: number;
  readonly nextSize: number;
  readonly nextCrc: number;
}

/** Reads the header at `offset`; nothing where the signature or a part of the header is missing. */
export function readSignatureHeader(bytes: Uint8Array, offset = 0): SignatureHeader | undefined {
  if (bytes.length < offset + SIGNATURE_HEADER || !hasBytes(bytes, offset, SEVENZIP_SIGNATURE)) {
    return undefined;
  }
  const reader = new Reader(bytes, offset + SEVENZIP_SIGNATURE.length);
  const major = reader.u8();
  const minor = reader.u8();
  const crc = reader.u32();
  return {
    major,
    minor,
    sound: crc32(bytes.subarray(offset + 12, offset + SIGNATURE_HEADER)) === crc,
    nextOffset: reader.u64(),
    nextSize: reader.u64(),
    nextCrc: reader.u32(),
  };
}
