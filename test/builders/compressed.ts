/** Builds compressed files field by field, sound ones and ones that lie, and runs decoders on them. */

import { crc32, deflateRawSync } from "node:zlib";

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { xxh32 } from "../../src/codecs/lz4/xxh32.ts";
import type { DecodeEnd, DecodeStream, RandomSource } from "../../src/kernel/source.ts";
import { Random } from "../fuzz/random.ts";
import { XZ_VECTOR, VECTOR_TEXT } from "./compressed-vectors.ts";

type Bytes = Uint8Array | string;

export interface GzipOptions {
  readonly name?: string;
  readonly comment?: string;
  readonly extra?: Bytes;
  /** Adds the header's checksum; `wrong` adds one that does not hold. */
  readonly headerCrc?: true | "wrong";
  /** Flags besides those that the other options set. */
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
}

/** One gzip member. */
export function buildGzip(content: Bytes, options: GzipOptions = {}): Buffer {
  const { name, comment, extra, headerCrc, flags = 0 } = options;
  const set = [false, headerCrc, extra, name, comment].map((value, bit) =>
    value === undefined || value === false ? 0 : 1 << bit,
  );
  const all = set.reduce((sum, flag) => sum | flag, flags);
  const parts: Buffer[] = [Buffer.of(0x1f, 0x8b, 8, all, 0, 0, 0, 0, 0, 255)];
  if (extra !== undefined) parts.push(u16(Buffer.from(extra).length), Buffer.from(extra));
  if (name !== undefined) parts.push(Buffer.from(`${name}\0`, "latin1"));
  if (comment !== undefined) parts.push(Buffer.from(`${comment}\0`, "latin1"));
  if (headerCrc !== undefined) {
    parts.push(u16((crc32(Buffer.concat(parts)) & 0xffff) ^ (headerCrc === "wrong" ? 1 : 0)));
  }
  const data = Buffer.from(content);
  const crc = u32(options.crc ?? crc32(data));
  return Buffer.concat([...parts, deflateRawSync(data), crc, u32(options.size ?? data.length)]);
}

export interface Lz4Options {
  readonly flags?: number;
  readonly blockDescriptor?: number;
  readonly contentSize?: number;
  readonly headerChecksum?: number;
  readonly blockChecksum?: number;
  readonly contentChecksum?: number;
}

const LZ4 = { blockChecksums: 0x10, contentSize: 0x08, contentChecksum: 0x04, dictionary: 0x01 };

/** One LZ4 frame of blocks that are given as they are; `stored` ones are plain. */
export function buildLz4(
  blocks: readonly { readonly data: Bytes; readonly stored?: boolean }[],
  options: Lz4Options = {},
): Buffer {
  const flags =
    (options.flags ?? 0x60) |
    (options.blockChecksum === undefined ? 0 : LZ4.blockChecksums) |
    (options.contentSize === undefined ? 0 : LZ4.contentSize) |
    (options.contentChecksum === undefined ? 0 : LZ4.contentChecksum);
  const descriptor = Buffer.concat([
    Buffer.of(flags, options.blockDescriptor ?? 0x40),
    options.contentSize === undefined ? Buffer.alloc(0) : u64(options.contentSize),
    (flags & LZ4.dictionary) === 0 ? Buffer.alloc(0) : u32(7),
  ]);
  const check = options.headerChecksum ?? (xxh32(descriptor) >>> 8) & 0xff;
  return Buffer.concat([
    u32(0x184d2204),
    descriptor,
    Buffer.of(check),
    ...blocks.flatMap(({ data, stored = false }) => {
      const bytes = Buffer.from(data);
      const sum = options.blockChecksum === undefined ? [] : [u32(options.blockChecksum)];
      return [u32(stored ? bytes.length + 2 ** 31 : bytes.length), bytes, ...sum];
    }),
    u32(0),
    ...(options.contentChecksum === undefined ? [] : [u32(options.contentChecksum)]),
  ]);
}

/** A frame that readers of Zstandard and of LZ4 skip. */
export function buildSkippable(data: Bytes, kind = 0): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([u32(0x184d2a50 + kind), u32(bytes.length), bytes]);
}

export interface ZstdOptions {
  readonly dictionary?: number;
  /** The window descriptor; 0x38 is 128 KiB. */
  readonly window?: number;
  /** Flags besides those that the other options set. */
  readonly flags?: number;
  /** The type of the last block. */
  readonly lastType?: number;
}

/** One Zstandard frame of plain blocks. */
export function buildZstd(blocks: readonly Bytes[], options: ZstdOptions = {}): Buffer {
  const { dictionary, window = 0x38, flags = 0, lastType = 0 } = options;
  const descriptor = flags | (dictionary === undefined ? 0 : 1);
  return Buffer.concat([
    u32(0xfd2fb528),
    Buffer.of(descriptor, window, ...(dictionary === undefined ? [] : [dictionary])),
    ...blocks.flatMap((block, index) => {
      const bytes = Buffer.from(block);
      const last = index === blocks.length - 1 ? 1 | (lastType << 1) : 0;
      return [u32((bytes.length << 3) | last).subarray(0, 3), bytes];
    }),
  ]);
}

/** The content of `XZ_VECTOR` as a .lzma file that states its size and has no end marker. */
export function buildSizedLzma(size = VECTOR_TEXT.length): Buffer {
  // The only chunk begins behind the stream header and the block header; its own header has six bytes.
  const chunk = XZ_VECTOR.subarray(24);
  const data = chunk.subarray(6, 6 + chunk.readUInt16BE(3) + 1);
  return Buffer.concat([chunk.subarray(5, 6), u32(2 ** 23), u64(size), data]);
}

export interface Drained {
  readonly bytes: Buffer;
  readonly end: DecodeEnd;
}

export type Decode = (source: RandomSource) => DecodeStream;

/** Takes all that comes out, up to a limit that says that something is wrong. */
export async function drain(stream: DecodeStream, most = 2 ** 28): Promise<Drained> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { bytes: Buffer.concat(chunks), end: step.value };
    chunks.push(Buffer.from(step.value));
    size += step.value.length;
    if (size > most) throw new Error(`more than ${most} bytes come out`);
  }
}

/** Bytes that are not known to be in memory, so that decoders read them piece by piece. */
export function slowSource(bytes: Uint8Array): RandomSource {
  const inner = new MemorySource(bytes, "sample");
  return {
    name: "sample",
    size: bytes.length,
    access: "random",
    ref: inner.ref,
    readIntoSync: (buffer, position) => inner.readIntoSync(buffer, position),
    readInto: (buffer, position) => inner.readInto(buffer, position),
  };
}

export function decodeBytes(decode: Decode, bytes: Uint8Array): Promise<Drained> {
  return drain(decode(new MemorySource(bytes, "sample")));
}

const MUTATIONS = 200;

/**
 * Cuts a sample at every byte and changes it in a hundred ways. Gives what is wrong: what throws or does
 * not end does so by itself.
 */
export async function findWeaknesses(
  decode: Decode,
  bytes: Uint8Array,
  content: Uint8Array,
  whole: readonly number[] = [],
): Promise<string[]> {
  const problems: string[] = [];
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const { bytes: output, end } = await decodeBytes(decode, bytes.subarray(0, cut));
    if (!output.equals(content.subarray(0, output.length))) {
      problems.push(`cut at ${cut}: other bytes come out`);
    }
    if (end.status === "complete" && end.consumed === cut && !whole.includes(cut)) {
      problems.push(`cut at ${cut}: it looks complete`);
    }
    if (end.consumed > cut) problems.push(`cut at ${cut}: ${end.consumed} bytes are consumed`);
  }
  const random = new Random(bytes.length);
  for (let round = 0; round < MUTATIONS; round += 1) {
    const changed = Buffer.from(bytes);
    for (let times = random.between(1, 4); times > 0; times -= 1) {
      changed[random.int(changed.length)] = random.int(256);
    }
    const { end } = await decodeBytes(decode, changed);
    if (end.consumed > changed.length) problems.push(`mutation ${round}: consumes too much`);
    if (end.status !== "complete" && (end.detail ?? "") === "") {
      problems.push(`mutation ${round}: ${end.status} without a reason`);
    }
  }
  return problems;
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
