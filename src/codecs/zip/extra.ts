/**
 * Extra fields of zip headers (APPNOTE 4.5): ZIP64 sizes, the Info-ZIP Unicode path and WinZip's AES
 * record. All others, such as the `FB` padding that PyTorch aligns storages with, are skipped.
 */

import { crc32 } from "node:zlib";

import { decodeName } from "./name.ts";
import { SATURATED } from "./records.ts";

export interface Sizes {
  compressedSize: number;
  size: number;
  /** Of the local header; 0 where the header has no such field. */
  offset: number;
}

/** What is odd about the extra fields of a header. */
export type ExtraOddity =
  /** A length that points past the field. */
  | "damaged"
  /** A 32-bit field asks for a ZIP64 field that is not there. */
  | "zip64-missing"
  /** A ZIP64 field that nothing asks for has other values than the header. */
  | "zip64-differs";

export interface Extra {
  /** From the Info-ZIP Unicode path field, where its checksum fits the name in the header. */
  unicodeName: string | undefined;
  /** Method under WinZip's encryption (method 99). */
  aesMethod: number | undefined;
  oddity: ExtraOddity | undefined;
}

const ZIP64 = 0x0001;
const UNICODE_PATH = 0x7075;
const AES = 0x9901;

/**
 * Reads the extra field in `bytes[start, end)` and puts ZIP64 values in the place of saturated ones.
 *
 * @param name where the header's name lies in `bytes`.
 */
export function readExtra(
  bytes: Buffer,
  name: { readonly start: number; readonly end: number },
  { start, end }: { readonly start: number; readonly end: number },
  sizes: Sizes,
): Extra {
  const extra: Extra = { unicodeName: undefined, aesMethod: undefined, oddity: undefined };
  let zip64 = false;
  let at = start;
  while (at + 4 <= end) {
    const id = bytes.readUInt16LE(at);
    const from = at + 4;
    const to = from + bytes.readUInt16LE(at + 2);
    if (to > end) {
      extra.oddity = "damaged";
      break;
    }
    if (id === ZIP64 && !zip64) {
      zip64 = true;
      extra.oddity ??= applyZip64(bytes, from, to, sizes);
    } else if (id === UNICODE_PATH) {
      extra.unicodeName ??= unicodePath(bytes, name, from, to);
    } else if (id === AES && to - from >= 7) {
      extra.aesMethod = bytes.readUInt16LE(from + 5);
    }
    at = to;
  }
  if (!zip64 && isSaturated(sizes)) {
    extra.oddity ??= "zip64-missing";
  }
  return extra;
}

/** Whether a header's sizes need a ZIP64 field. */
export function isSaturated({ compressedSize, size, offset }: Sizes): boolean {
  return compressedSize === SATURATED || size === SATURATED || offset === SATURATED;
}

function applyZip64(
  bytes: Buffer,
  from: number,
  to: number,
  sizes: Sizes,
): ExtraOddity | undefined {
  if (!isSaturated(sizes)) {
    const differs =
      (to - from >= 8 && u64(bytes, from) !== sizes.size) ||
      (to - from >= 16 && u64(bytes, from + 8) !== sizes.compressedSize);
    return differs ? "zip64-differs" : undefined;
  }
  let at = from;
  for (const field of ["size", "compressedSize", "offset"] as const) {
    if (sizes[field] === SATURATED) {
      if (at + 8 > to) {
        return "zip64-missing";
      }
      sizes[field] = u64(bytes, at);
      at += 8;
    }
  }
  return undefined;
}

function unicodePath(
  bytes: Buffer,
  name: { readonly start: number; readonly end: number },
  from: number,
  to: number,
): string | undefined {
  // Version 1, then the checksum of the name that this one replaces.
  if (to - from < 5 || bytes[from] !== 1) {
    return undefined;
  }
  const expected = bytes.readUInt32LE(from + 1);
  return expected === crc32(bytes.subarray(name.start, name.end))
    ? decodeName(bytes, from + 5, to, true)
    : undefined;
}

/** Unsigned 64-bit as a number: exact up to 2^53, and never below 2^53 for larger values. */
export function u64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
