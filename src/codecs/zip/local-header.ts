/**
 * Local headers (APPNOTE 4.3.7) and the data descriptors (4.3.9) that follow streamed members: with or
 * without signature, with 32- or 64-bit sizes. Nothing says which, so the one that fits is taken.
 */

import type { HeaderWindow } from "../../bytes/header-window.ts";
import { readExtra, u64 } from "./extra.ts";
import type { Sizes } from "./extra.ts";
import { decodeName, isAscii } from "./name.ts";
import { FLAG, isAssignedMethod, SATURATED, SIGNATURE, SIZE } from "./records.ts";

export interface LocalHeader {
  readonly name: string;
  /** The name's bytes, where they are not ASCII. */
  readonly rawName: Uint8Array | undefined;
  readonly version: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
  /** After name and extra field. */
  readonly dataStart: number;
  readonly unicodeName: string | undefined;
  readonly aesMethod: number | undefined;
}

/** The local header at `offset`; nothing where there is none, or not all of it. */
export function readLocalHeader(window: HeaderWindow, offset: number): LocalHeader | undefined {
  let at = window.load(offset, SIZE.local);
  if (at === -1 || window.bytes.readUInt32LE(at) !== SIGNATURE.local) {
    return undefined;
  }
  const nameLength = window.bytes.readUInt16LE(at + 26);
  const length = SIZE.local + nameLength + window.bytes.readUInt16LE(at + 28);
  at = window.load(offset, length);
  if (at === -1) {
    return undefined;
  }
  const { bytes } = window;
  const nameStart = at + SIZE.local;
  const name = { start: nameStart, end: nameStart + nameLength };
  const sizes: Sizes = {
    compressedSize: bytes.readUInt32LE(at + 18),
    size: bytes.readUInt32LE(at + 22),
    offset: 0,
  };
  const extra = readExtra(bytes, name, { start: name.end, end: at + length }, sizes);
  const flags = bytes.readUInt16LE(at + 6);
  return {
    name: decodeName(bytes, name.start, name.end, (flags & FLAG.utf8) !== 0),
    rawName: isAscii(bytes, name.start, name.end)
      ? undefined
      : Uint8Array.prototype.slice.call(bytes, name.start, name.end),
    version: bytes.readUInt16LE(at + 4),
    flags,
    method: bytes.readUInt16LE(at + 8),
    crc: bytes.readUInt32LE(at + 14),
    compressedSize: sizes.compressedSize,
    size: sizes.size,
    offset,
    dataStart: offset + length,
    unicodeName: extra.unicodeName,
    aesMethod: extra.aesMethod,
  };
}

/** Whether a header that nothing points to looks like one, and not like bytes that happen to match. */
export function isPlausible(header: LocalHeader, limit: number): boolean {
  const streamed = (header.flags & FLAG.streamed) !== 0;
  return (
    (header.version & 0xff) <= 63 &&
    (header.flags & 0xd780) === 0 &&
    isAssignedMethod(header.method) &&
    header.name.length > 0 &&
    header.name.length <= 1024 &&
    !/[\u0000-\u001f]/.test(header.name) &&
    header.dataStart <= limit &&
    (streamed || header.dataStart + header.compressedSize <= limit)
  );
}

export interface Descriptor {
  readonly length: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
}

const LAYOUTS = [
  { length: 16, signed: true, wide: false },
  { length: 24, signed: true, wide: true },
  { length: 12, signed: false, wide: false },
  { length: 20, signed: false, wide: true },
] as const;

/**
 * The descriptor at `position`.
 *
 * @param expected sizes that the directory gives; a descriptor that has them wins over one that starts
 *   with the signature and has others.
 */
export function readDescriptor(
  window: HeaderWindow,
  position: number,
  expected: { readonly compressedSize: number; readonly size: number },
): Descriptor | undefined {
  let signed: Descriptor | undefined;
  for (const layout of LAYOUTS) {
    const at = window.load(position, layout.length);
    if (at === -1 || (layout.signed && window.bytes.readUInt32LE(at) !== SIGNATURE.descriptor)) {
      continue;
    }
    const descriptor = parseDescriptor(window.bytes, at, layout);
    if (
      descriptor.compressedSize === expected.compressedSize &&
      descriptor.size === expected.size
    ) {
      return descriptor;
    }
    if (layout.signed) {
      signed ??= descriptor;
    }
  }
  return signed;
}

function parseDescriptor(
  bytes: Buffer,
  at: number,
  { length, signed, wide }: (typeof LAYOUTS)[number],
): Descriptor {
  const from = signed ? at + 4 : at;
  return {
    length,
    crc: bytes.readUInt32LE(from),
    compressedSize: wide ? u64(bytes, from + 4) : bytes.readUInt32LE(from + 4),
    size: wide ? u64(bytes, from + 12) : bytes.readUInt32LE(from + 8),
  };
}

/** Whether a streamed member's header leaves the sizes to its descriptor. */
export function leavesSizesOpen({ compressedSize, size }: LocalHeader): boolean {
  return (
    (compressedSize === 0 && size === 0) || (compressedSize === SATURATED && size === SATURATED)
  );
}
