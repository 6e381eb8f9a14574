/**
 * Where the directory and the local header of a member tell different things. Readers that go by the
 * directory (zipfile, miniz, yauzl) and readers that go by local headers (bsdtar, Java's and Go's
 * streams) see different members then.
 */

import type { CentralEntry } from "./central-directory.ts";
import { leavesSizesOpen } from "./local-header.ts";
import type { Descriptor, LocalHeader } from "./local-header.ts";
import { FLAG, METHOD } from "./records.ts";

/** Bits of `ZipEntry.differs`. */
export const DIFFERS = {
  name: 1,
  method: 1 << 1,
  encryption: 1 << 2,
  /** One says that the name is UTF-8 and the other does not, and it is not ASCII. */
  encoding: 1 << 3,
  streaming: 1 << 4,
  crc: 1 << 5,
  compressedSize: 1 << 6,
  size: 1 << 7,
  /** The Unicode path field names another file. */
  unicodeName: 1 << 8,
  /** Stored, and yet the two sizes differ. */
  storedSize: 1 << 9,
  /** A ZIP64 field that nothing asks for has other sizes. */
  zip64: 1 << 10,
  /** The sizes or the checksum should follow the data and do not. */
  descriptorMissing: 1 << 11,
} as const;

/** Compares what directory, local header and descriptor say of one member. */
export function disagreements(
  central: CentralEntry,
  local: LocalHeader,
  descriptor: Descriptor | undefined,
): number {
  let differs = ownDisagreements(central);
  if ((local.flags & FLAG.masked) !== 0) {
    return differs;
  }
  const flags = central.flags ^ local.flags;
  if (!sameBytes(central, local)) {
    differs |= DIFFERS.name;
  } else if ((flags & FLAG.utf8) !== 0 && central.rawName !== undefined) {
    differs |= DIFFERS.encoding;
  }
  if (central.method !== local.method) {
    differs |= DIFFERS.method;
  }
  if ((flags & FLAG.encrypted) !== 0) {
    differs |= DIFFERS.encryption;
  }
  if ((flags & FLAG.streamed) !== 0) {
    differs |= DIFFERS.streaming;
  }
  if (local.unicodeName !== undefined && isOtherName(local.unicodeName, local)) {
    differs |= DIFFERS.unicodeName;
  }
  if ((local.flags & FLAG.streamed) === 0) {
    return differs | numbers(central, local);
  }
  if (!leavesSizesOpen(local)) {
    differs |= numbers({ ...central, crc: local.crc }, local);
  }
  return (
    differs | (descriptor === undefined ? DIFFERS.descriptorMissing : numbers(central, descriptor))
  );
}

/** What is odd about a header of the directory by itself. */
export function ownDisagreements(central: CentralEntry): number {
  let differs = 0;
  if (central.unicodeName !== undefined && isOtherName(central.unicodeName, central)) {
    differs |= DIFFERS.unicodeName;
  }
  if (
    central.method === METHOD.stored &&
    central.compressedSize !== central.size &&
    (central.flags & FLAG.encrypted) === 0
  ) {
    differs |= DIFFERS.storedSize;
  }
  if (central.oddity === "zip64-differs") {
    differs |= DIFFERS.zip64;
  }
  return differs;
}

interface Numbers {
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
}

function numbers(a: Numbers, b: Numbers): number {
  return (
    (a.crc === b.crc ? 0 : DIFFERS.crc) |
    (a.compressedSize === b.compressedSize ? 0 : DIFFERS.compressedSize) |
    (a.size === b.size ? 0 : DIFFERS.size)
  );
}

interface Named {
  readonly name: string;
  readonly rawName: Uint8Array | undefined;
}

function sameBytes(a: Named, b: Named): boolean {
  if (a.rawName === undefined || b.rawName === undefined) {
    return a.rawName === b.rawName && a.name === b.name;
  }
  return Buffer.compare(a.rawName, b.rawName) === 0;
}

/**
 * The Unicode path field exists for names that the header cannot hold, so it may differ from a header
 * that is not ASCII; one that is ASCII itself replaces a name for no honest reason.
 */
function isOtherName(unicodeName: string, { name, rawName }: Named): boolean {
  return unicodeName !== name && rawName === undefined && /^[\u0000-\u007f]*$/.test(unicodeName);
}
