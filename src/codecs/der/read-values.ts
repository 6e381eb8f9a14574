/** Values of primitive elements of DER (X.690, clause 8 as clauses 10 and 11 restrict it). */

import { DerProblem } from "./der-problem.ts";
import type { DerReader } from "./der-reader.ts";
import { TAG } from "./tags.ts";

/** BOOLEAN: one byte, 00 or FF. */
export function readBoolean(reader: DerReader): boolean {
  const element = reader.next(TAG.boolean, "a boolean");
  const content = reader.content(element);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) {
    throw new DerProblem("a boolean is neither 00 nor FF", element.start);
  }
  return content[0] === 0xff;
}

/** INTEGER as its two's complement, in the shortest form. `tag` is another one where it is IMPLICIT. */
export function readIntegerBytes(reader: DerReader, tag: number = TAG.integer): Uint8Array {
  const element = reader.next(tag, "an integer");
  const content = reader.content(element);
  const [first, second = 0] = content;
  if (first === undefined) {
    throw new DerProblem("an integer is empty", element.start);
  }
  const padded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
  if (content.length > 1 && padded) {
    throw new DerProblem("an integer is not in its shortest form", element.start);
  }
  return content;
}

/** INTEGER from 0 to 2^31 - 1. */
export function readSmallInteger(reader: DerReader, tag: number = TAG.integer): number {
  const at = reader.position;
  const content = readIntegerBytes(reader, tag);
  let value = 0;
  for (const byte of content) {
    value = value * 256 + byte;
  }
  if ((content[0] ?? 0) >= 0x80 || content.length > 4) {
    throw new DerProblem("a number is negative or too large", at);
  }
  return value;
}

/** OBJECT IDENTIFIER in dotted form. Arcs up to 2^53; longer ones are kept apart as text all the same. */
export function readOid(reader: DerReader): string {
  const element = reader.next(TAG.oid, "an object identifier");
  return decodeOid(reader.content(element), element.start);
}

function decodeOid(content: Uint8Array, at: number): string {
  const arcs: bigint[] = [];
  let value = 0n;
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) {
      throw new DerProblem("an arc of an object identifier is not in its shortest form", at);
    }
    value = (value << 7n) | BigInt(byte & 0x7f);
    // UUIDs as arcs have 128 bits; an arc without a bound would cost the square of its length.
    if (value >= 1n << 128n) {
      throw new DerProblem("an arc of an object identifier is too large", at);
    }
    fresh = byte < 0x80;
    if (fresh) {
      arcs.push(value);
      value = 0n;
    }
  }
  const [first, ...rest] = arcs;
  if (first === undefined || !fresh || arcs.length > 64) {
    throw new DerProblem("an object identifier is cut off or too long", at);
  }
  let root = 2n;
  if (first < 80n) {
    root = first < 40n ? 0n : 1n;
  }
  return [root, first - root * 40n, ...rest].join(".");
}

/** BIT STRING: its bytes, and how many bits at the end are not part of it (and zero). */
export function readBitString(
  reader: DerReader,
  tag: number = TAG.bitString,
): { readonly bytes: Uint8Array; readonly unused: number } {
  const element = reader.next(tag, "a bit string");
  const content = reader.content(element);
  const unused = content[0];
  const last = content.length > 1 ? (content[content.length - 1] ?? 0) : 0;
  if (unused === undefined || unused > 7 || (unused > 0 && content.length === 1)) {
    throw new DerProblem("a bit string does not say how long it is", element.start);
  }
  if ((last & ((1 << unused) - 1)) !== 0) {
    throw new DerProblem("a bit string has bits beyond its end", element.start);
  }
  return { bytes: content.subarray(1), unused };
}

/** BIT STRING of whole bytes, as signatures and keys are. */
export function readBitStringBytes(reader: DerReader): Uint8Array {
  const at = reader.position;
  const { bytes, unused } = readBitString(reader);
  if (unused !== 0) {
    throw new DerProblem("a bit string is not one of whole bytes", at);
  }
  return bytes;
}

/** OCTET STRING. */
export function readOctetString(reader: DerReader, tag: number = TAG.octetString): Uint8Array {
  return reader.content(reader.next(tag, "an octet string"));
}
