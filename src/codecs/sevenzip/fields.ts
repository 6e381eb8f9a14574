/** What the directory of a 7z archive is written in: numbers of one to nine bytes, bit fields, checksums. */

import type { Reader } from "../../bytes/reader.ts";

/** Ids of the properties (7zFormat.txt, "Property IDs"). */
export const PROPERTY = {
  end: 0x00,
  header: 0x01,
  archiveProperties: 0x02,
  additionalStreams: 0x03,
  mainStreams: 0x04,
  files: 0x05,
  packInfo: 0x06,
  unpackInfo: 0x07,
  subStreams: 0x08,
  size: 0x09,
  crc: 0x0a,
  folder: 0x0b,
  unpackSize: 0x0c,
  unpackStreams: 0x0d,
  emptyStream: 0x0e,
  emptyFile: 0x0f,
  anti: 0x10,
  names: 0x11,
  attributes: 0x15,
  encodedHeader: 0x17,
  padding: 0x19,
} as const;

/** A number: the leading ones of the first byte say how many bytes follow, the rest are its highest bits. */
export function readNumber(reader: Reader): number {
  const first = reader.u8();
  let value = 0;
  let mask = 0x80;
  for (let index = 0; index < 8; index += 1) {
    if ((first & mask) === 0) {
      return value + (first & (mask - 1)) * 2 ** (8 * index);
    }
    value += reader.u8() * 2 ** (8 * index);
    mask >>= 1;
  }
  return value;
}

/** `count` bits, the highest of each byte first. Empty where the bytes are not there. */
export function readBits(reader: Reader, count: number): boolean[] {
  const bytes = reader.take(Math.ceil(count / 8));
  const bits: boolean[] = [];
  for (let index = 0; index < count && !reader.overrun; index += 1) {
    bits.push((((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1);
  }
  return bits;
}

/** The same behind a byte that says whether all of them are set. */
export function readDefined(reader: Reader, count: number): boolean[] {
  if (reader.u8() === 0) {
    return readBits(reader, count);
  }
  // Whatever follows for each of them takes a byte at least.
  return count > reader.left ? overrun(reader) : Array.from({ length: count }, () => true);
}

/** Checksums, undefined where there is none. */
export function readDigests(reader: Reader, count: number): (number | undefined)[] {
  return readDefined(reader, count).map((defined) => (defined ? reader.u32() : undefined));
}

/** A count of things that take a byte each at least. */
export function readCount(reader: Reader): number {
  const count = readNumber(reader);
  if (count > reader.left) {
    overrun(reader);
    return 0;
  }
  return count;
}

function overrun(reader: Reader): boolean[] {
  reader.skip(reader.left + 1);
  return [];
}
