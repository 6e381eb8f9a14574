/** Headers and footers of .xz files (.xz file format 1.2.1, 2.1 and 3.1). */

import { crc32 } from "node:zlib";

import { hasBytes } from "../../bytes/read.ts";

export const XZ_MAGIC = "\u00fd7zXZ\u0000";
export const STREAM_HEADER = 12;
export const STREAM_FOOTER = 12;
const LZMA2 = 0x21;
const MAX_VLI_BYTES = 9;

export function isXz(bytes: Uint8Array): boolean {
  return hasBytes(bytes, 0, XZ_MAGIC);
}

function u32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

/** The identifier of a stream's check; a sentence where the header is wrong. */
export function readStreamHeader(bytes: Uint8Array): number | string {
  if (u32(bytes, 8) !== crc32(bytes.subarray(6, 8))) {
    return "the checksum of a stream header is wrong";
  }
  return bytes[6] === 0 && (bytes[7] ?? 0) <= 15
    ? (bytes[7] ?? 0)
    : "a stream header sets bits that nobody has defined";
}

/** A sentence where the footer does not fit what comes before it. */
export function checkStreamFooter(
  bytes: Uint8Array,
  check: number,
  indexSize: number,
): string | undefined {
  if (bytes[10] !== 0x59 || bytes[11] !== 0x5a) {
    return "a stream has no footer";
  }
  if (u32(bytes, 0) !== crc32(bytes.subarray(4, 10))) {
    return "the checksum of a stream footer is wrong";
  }
  if (bytes[8] !== 0 || bytes[9] !== check) {
    return "the footer of a stream names another check than its header";
  }
  return (u32(bytes, 4) + 1) * 4 === indexSize
    ? undefined
    : "the footer of a stream states another size of the index";
}

export interface XzFilter {
  readonly id: number;
  readonly properties: Uint8Array;
}

export interface BlockHeader {
  readonly size: number;
  readonly compressedSize: number | undefined;
  readonly uncompressedSize: number | undefined;
  readonly dictionarySize: number;
  /** In the order in which encoders apply them; LZMA2, the last one, is left out. */
  readonly filters: readonly XzFilter[];
}

/** What is wrong with a header: `unsupported` where another decoder may know better. */
export interface HeaderProblem {
  readonly status: "damaged" | "unsupported";
  readonly detail: string;
}

/** Reads a whole block header, whose first byte says how long it is. */
export function readBlockHeader(bytes: Uint8Array): BlockHeader | HeaderProblem {
  const end = bytes.length - 4;
  if (u32(bytes, end) !== crc32(bytes.subarray(0, end))) {
    return { status: "damaged", detail: "the checksum of a block header is wrong" };
  }
  const flags = bytes[1] ?? 0;
  const reader = new VliReader(bytes, 2, end);
  const compressedSize = (flags & 0x40) === 0 ? undefined : reader.read();
  const uncompressedSize = (flags & 0x80) === 0 ? undefined : reader.read();
  const filters: XzFilter[] = [];
  for (let count = (flags & 3) + 1; count > 0; count -= 1) {
    const id = reader.read();
    const properties = reader.take(reader.read());
    filters.push({ id, properties });
  }
  const padded = bytes.subarray(reader.at, end).some((byte) => byte !== 0);
  if (reader.wrong || compressedSize === 0) {
    return { status: "damaged", detail: "a block header is impossible" };
  }
  if ((flags & 0x3c) !== 0 || padded) {
    return { status: "unsupported", detail: "a block header has fields that nobody has defined" };
  }
  const last = filters.pop();
  const dictionary = last?.properties[0] ?? 0;
  if (last?.id !== LZMA2 || last.properties.length !== 1 || dictionary > 40) {
    const id = `0x${(last?.id ?? 0).toString(16)}`;
    return { status: "unsupported", detail: `a block is compressed by filter ${id}` };
  }
  return {
    size: bytes.length,
    compressedSize,
    uncompressedSize,
    dictionarySize: dictionarySize(dictionary),
    filters,
  };
}

/** 2^n or 2^n + 2^(n-1), from 4 KiB to 4 GiB. */
function dictionarySize(code: number): number {
  return code === 40 ? 2 ** 32 - 1 : (2 | (code & 1)) * 2 ** ((code >>> 1) + 11);
}

/** Numbers of seven bits a byte, the last of which has no high bit (1.2). */
export class VliReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at: number;
  wrong = false;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.at = at;
  }

  /** The next number, inexact above 2^53; 0 and `wrong` where there is none. */
  read(): number {
    let value = 0;
    for (let count = 0; count < MAX_VLI_BYTES && this.at < this.#end; count += 1) {
      const byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      value += (byte & 0x7f) * 2 ** (7 * count);
      if (byte < 0x80) {
        // A last byte of zero would make two spellings of one number.
        this.wrong ||= byte === 0 && count > 0;
        return value;
      }
    }
    this.wrong = true;
    return 0;
  }

  take(size: number): Uint8Array {
    const to = Math.min(this.at + size, this.#end);
    this.wrong ||= this.at + size > this.#end;
    const taken = this.#bytes.subarray(this.at, to);
    this.at = to;
    return taken;
  }
}
