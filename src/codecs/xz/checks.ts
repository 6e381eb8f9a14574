/** The integrity checks of .xz blocks (.xz file format 1.2.1, 2.1.1.2). */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

import { Crc64 } from "./crc64.ts";

/** Sizes by identifier; those of kinds that are not defined yet are fixed as well. */
const SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

const NAMES: Readonly<Record<number, string>> = {
  0: "none",
  1: "CRC-32",
  4: "CRC-64",
  10: "SHA-256",
};

export interface Check {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

export function checkSize(id: number): number {
  return SIZES[id] ?? 0;
}

/** Undefined for kinds that nobody has defined. */
export function checkName(id: number): string | undefined {
  return NAMES[id];
}

/** Undefined where there is nothing that could be checked. */
export function createCheck(id: number): Check | undefined {
  switch (id) {
    case 1:
      return createCrc32();
    case 4:
      return new Crc64();
    case 10:
      return createHash("sha256");
    default:
      return undefined;
  }
}

function createCrc32(): Check {
  let crc = 0;
  return {
    update(bytes) {
      crc = crc32(bytes, crc);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(crc);
      return bytes;
    },
  };
}
