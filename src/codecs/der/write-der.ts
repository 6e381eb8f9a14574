/** Writes DER (X.690): each function gives the bytes of one element. For structures of our own, which are right. */

import { TAG } from "./tags.ts";

/** An element with this identifier octet around the parts. */
export function writeElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), writeLength(content.length), content]);
}

function writeLength(length: number): Uint8Array {
  if (length < 0x80) {
    return Uint8Array.of(length);
  }
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    bytes.unshift(rest % 256);
  }
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

export function writeSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return writeElement(TAG.sequence, ...parts);
}

/** SET OF: the elements in the order of their bytes. */
export function writeSetOf(...parts: readonly Uint8Array[]): Uint8Array {
  return writeElement(TAG.set, ...parts.toSorted((a, b) => Buffer.compare(a, b)));
}

export function writeBoolean(value: boolean): Uint8Array {
  return writeElement(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** INTEGER of a number that is not negative. */
export function writeInteger(value: number): Uint8Array {
  const digits = value.toString(16);
  return writeUnsigned(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex"));
}

/** INTEGER of bytes that are a number without a sign, largest first. */
export function writeUnsigned(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const trimmed = start === -1 ? Uint8Array.of(0) : bytes.subarray(start);
  const sign = (trimmed[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : Uint8Array.of();
  return writeElement(TAG.integer, sign, trimmed);
}

/** OBJECT IDENTIFIER from its dotted form. */
export function writeOid(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split(".").map(BigInt);
  const bytes = [first * 40n + second, ...rest].flatMap((arc) => {
    const groups = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) {
      groups.unshift(Number(left & 0x7fn) | 0x80);
    }
    return groups;
  });
  return writeElement(TAG.oid, Uint8Array.from(bytes));
}

/** BIT STRING of whole bytes. */
export function writeBitString(bytes: Uint8Array, unused = 0): Uint8Array {
  return writeElement(TAG.bitString, Uint8Array.of(unused), bytes);
}

export function writeOctetString(bytes: Uint8Array): Uint8Array {
  return writeElement(TAG.octetString, bytes);
}

export function writeUtf8(text: string): Uint8Array {
  return writeElement(TAG.utf8String, Buffer.from(text, "utf8"));
}

export function writeNull(): Uint8Array {
  return writeElement(TAG.null);
}
