/**
 * Records of a pax extended header (IEEE 1003.1, pax): `length key=value` and a line feed, the length
 * counting all of it.
 */

import { tarText } from "./header.ts";

export interface PaxRecords {
  readonly records: ReadonlyMap<string, string>;
  /** Whether all bytes were records. */
  readonly sound: boolean;
  /** Whether one key comes twice with different values. */
  readonly repeats: boolean;
}

/** Reads the records in `bytes[start, end)`, as far as they are sound. */
export function readPax(bytes: Buffer, start: number, end: number): PaxRecords {
  const records = new Map<string, string>();
  let repeats = false;
  let at = start;
  while (at < end) {
    // Some writers fill the block with zeros and count them.
    if (bytes[at] === 0) {
      return { records, sound: isZero(bytes, at, end), repeats };
    }
    const record = readRecord(bytes, at, end);
    if (record === undefined) {
      return { records, sound: false, repeats };
    }
    const before = records.get(record.key);
    repeats ||= before !== undefined && before !== record.value;
    records.set(record.key, record.value);
    at = record.end;
  }
  return { records, sound: true, repeats };
}

function readRecord(
  bytes: Buffer,
  start: number,
  end: number,
): { key: string; value: string; end: number } | undefined {
  let length = 0;
  let at = start;
  // Ten digits are more than any header has.
  for (; at < Math.min(end, start + 10); at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) {
      break;
    }
    length = length * 10 + digit;
  }
  const recordEnd = start + length;
  if (at === start || bytes[at] !== 0x20 || recordEnd > end || recordEnd <= at + 1) {
    return undefined;
  }
  const equals = bytes.subarray(at + 1, recordEnd).indexOf(0x3d);
  if (equals <= 0 || bytes[recordEnd - 1] !== 0x0a) {
    return undefined;
  }
  const valueStart = at + 1 + equals + 1;
  return {
    key: tarText(bytes, at + 1, valueStart - 1),
    value: tarText(bytes, valueStart, recordEnd - 1),
    end: recordEnd,
  };
}

function isZero(bytes: Buffer, start: number, end: number): boolean {
  return bytes.subarray(start, end).every((byte) => byte === 0);
}
