/** Frame headers of LZ4 (LZ4 frame format 1.6): current, legacy and skippable frames. */

import { Reader } from "../../bytes/reader.ts";
import { xxh32 } from "./xxh32.ts";

const MAGIC = 0x184d2204;
const LEGACY = 0x184c2102;
const SKIPPABLE = 0x184d2a50;
const LEGACY_BLOCK = 8 * 1024 * 1024;

/** Bytes that a frame header takes at most. */
export const MAX_HEADER = 19;

export interface Lz4Frame {
  readonly kind: "frame" | "legacy";
  readonly headerSize: number;
  /** The most that a block decodes to. */
  readonly blockSize: number;
  /** Blocks never look back at others. */
  readonly independent: boolean;
  readonly blockChecksums: boolean;
  readonly contentChecksum: boolean;
  readonly contentSize: number | undefined;
  readonly dictionary: boolean;
}

export type Frame =
  | Lz4Frame
  | { readonly kind: "skippable"; readonly headerSize: number; readonly size: number }
  /** It begins like a frame and cannot be read. */
  | {
      readonly kind: "wrong";
      readonly status: "truncated" | "damaged" | "unsupported";
      readonly detail: string;
    };

/** Reads the header at the beginning of `bytes`; undefined where something else begins. */
export function readFrame(bytes: Uint8Array): Frame | undefined {
  const reader = new Reader(bytes);
  const magic = reader.u32();
  if (reader.overrun) {
    return undefined;
  }
  if ((magic & ~0xf) === SKIPPABLE) {
    const size = reader.u32();
    return reader.overrun ? cut() : { kind: "skippable", headerSize: 8, size };
  }
  if (magic === LEGACY) {
    return {
      kind: "legacy",
      headerSize: 4,
      blockSize: LEGACY_BLOCK,
      independent: true,
      blockChecksums: false,
      contentChecksum: false,
      contentSize: undefined,
      dictionary: false,
    };
  }
  return magic === MAGIC ? readDescriptor(reader, bytes) : undefined;
}

function readDescriptor(reader: Reader, bytes: Uint8Array): Frame {
  const flags = reader.u8();
  const block = reader.u8();
  const contentSize = (flags & 0x08) === 0 ? undefined : reader.u64();
  const dictionary = (flags & 0x01) !== 0;
  if (dictionary) {
    reader.u32();
  }
  const computed = (xxh32(bytes.subarray(4, reader.position)) >>> 8) & 0xff;
  const stored = reader.u8();
  if (reader.overrun) {
    return cut();
  }
  if (flags >>> 6 !== 1) {
    return wrong("unsupported", `version ${flags >>> 6} of the frame format is not known`);
  }
  if (stored !== computed) {
    return wrong("damaged", "the checksum of a frame header is wrong");
  }
  const size = block >>> 4;
  if ((flags & 0x02) !== 0 || (block & 0x8f) !== 0 || size < 4) {
    return wrong("damaged", "a frame header has bits that must not be set");
  }
  return {
    kind: "frame",
    headerSize: reader.position,
    blockSize: 2 ** (8 + 2 * size),
    independent: (flags & 0x20) !== 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentChecksum: (flags & 0x04) !== 0,
    contentSize,
    dictionary,
  };
}

function cut(): Frame {
  return wrong("truncated", "the header of the last frame ends early");
}

function wrong(status: "truncated" | "damaged" | "unsupported", detail: string): Frame {
  return { kind: "wrong", status, detail };
}
