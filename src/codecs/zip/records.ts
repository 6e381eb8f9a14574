/**
 * Signatures, sizes and flags of the records in a zip file (PKWARE APPNOTE 6.3.10, sections 4.3, 4.4).
 */

export const SIGNATURE = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  digitalSignature: 0x05054b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  /** At the start of an archive that was to be split and then was not. */
  notSplit: 0x30304b50,
} as const;

/** Sizes of the fixed parts, in bytes. */
export const SIZE = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;

export const FLAG = {
  encrypted: 1,
  /** Sizes and checksum follow the data. */
  streamed: 1 << 3,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
  /** Local headers hold zeros because the directory is encrypted. */
  masked: 1 << 13,
} as const;

export const METHOD = {
  stored: 0,
  deflate: 8,
  deflate64: 9,
  bzip2: 12,
  lzma: 14,
  zstd: 93,
  xz: 95,
} as const;

/** A 32-bit field that says: look into the ZIP64 extra field. */
export const SATURATED = 0xffffffff;
/** The same for 16 bits. */
export const SATURATED16 = 0xffff;

const NAMES: Readonly<Record<number, string>> = {
  0: "stored",
  1: "shrunk",
  6: "imploded",
  8: "deflate",
  9: "deflate64",
  12: "bzip2",
  14: "LZMA",
  20: "old zstd",
  93: "zstd",
  94: "MP3",
  95: "xz",
  96: "JPEG",
  97: "WavPack",
  98: "PPMd",
  99: "AES",
};

/** Name of a compression method, for messages. */
export function methodName(method: number): string {
  return NAMES[method] ?? `method ${method}`;
}

/** Whether APPNOTE assigns the number to a method. */
export function isAssignedMethod(method: number): boolean {
  return method <= 10 || (method >= 12 && method <= 20) || (method >= 93 && method <= 99);
}
