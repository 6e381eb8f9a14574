/** Frame headers of Zstandard (RFC 8878, 3.1.1.1 and 3.1.2) and where frames and blocks end. */

import { Reader } from "../../bytes/reader.ts";

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** No block is larger, compressed or not. */
const MAX_BLOCK = 128 * 1024;

/** Bytes that a frame header takes at most. */
export const MAX_HEADER = 18;

export type Frame =
  | { readonly kind: "skippable"; readonly headerSize: number; readonly size: number }
  | ZstdFrame;

export interface ZstdFrame {
  readonly kind: "zstd";
  readonly headerSize: number;
  /** Memory that the decoder needs to look back. */
  readonly windowSize: number;
  readonly contentSize: number | undefined;
  /** 0 where none is named. */
  readonly dictionary: number;
  readonly checksum: boolean;
}

/**
 * Reads the header at the beginning of `bytes`. `none` where another format begins, `truncated` where
 * the bytes end inside of the header, `reserved` where a bit is set that no decoder knows.
 */
export function readFrame(bytes: Uint8Array): Frame | "none" | "truncated" | "reserved" {
  const reader = new Reader(bytes);
  const magic = reader.u32();
  if (reader.overrun) {
    return "none";
  }
  if ((magic & ~0xf) === SKIPPABLE) {
    const size = reader.u32();
    return reader.overrun ? "truncated" : { kind: "skippable", headerSize: 8, size };
  }
  if (magic >>> 0 !== MAGIC) {
    return "none";
  }
  const descriptor = reader.u8();
  const single = (descriptor & 0x20) !== 0;
  const window = single ? 0 : reader.u8();
  const dictionary = readNumber(reader, [0, 1, 2, 4][descriptor & 3] ?? 0);
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  // Two bytes cannot say less than 256, so they count from there.
  const content = readNumber(reader, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  if (reader.overrun) {
    return "truncated";
  }
  if ((descriptor & 0x08) !== 0) {
    return "reserved";
  }
  return {
    kind: "zstd",
    headerSize: reader.position,
    windowSize: single ? content : 2 ** (10 + (window >>> 3)) * (1 + (window & 7) / 8),
    contentSize: sizeBytes === 0 ? undefined : content,
    dictionary,
    checksum: (descriptor & 0x04) !== 0,
  };
}

function readNumber(reader: Reader, bytes: number): number {
  switch (bytes) {
    case 0:
      return 0;
    case 1:
      return reader.u8();
    case 2:
      return reader.u16();
    case 4:
      return reader.u32();
    default:
      return reader.u64();
  }
}

export interface Block {
  /** Header and content. */
  readonly size: number;
  readonly last: boolean;
}

/** Reads the block header at `at`; a sentence where it is impossible. */
export function readBlock(bytes: Uint8Array, at: number): Block | string {
  const header = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  const type = (header >>> 1) & 3;
  const size = header >>> 3;
  if (type === 3) {
    return "a block has the reserved type 3";
  }
  if (size > MAX_BLOCK) {
    return `a block of ${size} bytes is larger than the largest one allowed`;
  }
  // A block of one repeated byte holds that byte; its size is that of what comes out.
  return { size: 3 + (type === 1 ? 1 : size), last: (header & 1) === 1 };
}
