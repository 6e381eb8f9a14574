/**
 * The index of an .xz stream (.xz file format 1.2.1, 4) against the blocks that came before it. Of
 * the blocks only a checksum over their sizes is kept, so that a million of them cost no memory.
 */

import { crc32 } from "node:zlib";

import type { RandomSource } from "../../kernel/source.ts";
import { VliReader } from "./xz-headers.ts";

const PART = 64 * 1024;
const LONGEST_VLI = 9;

/** What is known of the blocks, or of the records about them. */
export class BlockTally {
  readonly #pair = new Float64Array(2);
  readonly #bytes = new Uint8Array(this.#pair.buffer);
  count = 0;
  #crc = 0;

  add(unpaddedSize: number, uncompressedSize: number): void {
    this.#pair[0] = unpaddedSize;
    this.#pair[1] = uncompressedSize;
    this.#crc = crc32(this.#bytes, this.#crc);
    this.count += 1;
  }

  equals(other: BlockTally): boolean {
    return this.count === other.count && this.#crc === other.#crc;
  }
}

export type IndexEnd =
  | { readonly kind: "read"; readonly size: number }
  | { readonly kind: "wrong"; readonly status: "truncated" | "damaged"; readonly detail: string };

/** Reads the index at `start`, whose first byte is the zero that marks it. */
export function readIndex(input: RandomSource, start: number, blocks: BlockTally): IndexEnd {
  const bytes = new IndexBytes(input, start);
  bytes.vli();
  const count = bytes.vli();
  if (bytes.wrong || count !== blocks.count) {
    return bytes.end("the index lists another number of blocks than there are");
  }
  const records = new BlockTally();
  for (let record = 0; record < count && !bytes.wrong; record += 1) {
    records.add(bytes.vli(), bytes.vli());
  }
  if (bytes.wrong || !records.equals(blocks)) {
    return bytes.end("the index does not fit the blocks");
  }
  while ((bytes.at - start) % 4 !== 0) {
    if (bytes.vli() !== 0 || bytes.wrong) {
      return bytes.end("the index is not padded with zeros");
    }
  }
  const crc = bytes.crc();
  const stored = Buffer.alloc(4);
  if (input.readIntoSync(stored, bytes.at) < 4) {
    return { kind: "wrong", status: "truncated", detail: "the index ends early" };
  }
  return stored.readUInt32LE() === crc
    ? { kind: "read", size: bytes.at + 4 - start }
    : { kind: "wrong", status: "damaged", detail: "the checksum of the index is wrong" };
}

/** Numbers from a source, with a checksum over what is behind. */
class IndexBytes {
  readonly #input: RandomSource;
  #part = new Uint8Array(0);
  #base: number;
  #checked = 0;
  at: number;
  wrong = false;

  constructor(input: RandomSource, start: number) {
    this.#input = input;
    this.#base = start;
    this.at = start;
  }

  vli(): number {
    if (this.at + LONGEST_VLI > this.#base + this.#part.length) {
      this.#checked = this.crc();
      const part = new Uint8Array(PART);
      this.#part = part.subarray(0, this.#input.readIntoSync(part, this.at));
      this.#base = this.at;
    }
    const reader = new VliReader(this.#part, this.at - this.#base, this.#part.length);
    const value = reader.read();
    this.at = this.#base + reader.at;
    this.wrong ||= reader.wrong;
    return value;
  }

  /** CRC-32 of all that was read. */
  crc(): number {
    return crc32(this.#part.subarray(0, this.at - this.#base), this.#checked);
  }

  end(detail: string): IndexEnd {
    const cut = this.wrong && this.at >= this.#input.size;
    return cut
      ? { kind: "wrong", status: "truncated", detail: "the index ends early" }
      : { kind: "wrong", status: "damaged", detail };
  }
}
