/** LZMA2 without the container of .xz files, as 7z archives have it: chunks up to a zero. */

import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { LzmaDecoder } from "./lzma-decoder.ts";
import { Lzma2Reader } from "./lzma2.ts";

/** The largest value of the byte that gives the size of the dictionary; it means 4 GiB. */
const LARGEST = 40;

/**
 * Decodes all of `input`.
 *
 * @param property the byte that states the size of the dictionary.
 * @param maxWindow bytes to look back that may be kept at most.
 */
export function* lzma2Stream(
  input: RandomSource,
  property: number,
  maxWindow: number,
): Generator<Uint8Array, DecodeEnd, void> {
  if (property > LARGEST) {
    return { status: "damaged", consumed: 0, detail: "its dictionary has an impossible size" };
  }
  const dictionarySize =
    property === LARGEST ? 2 ** 32 - 1 : (2 | (property & 1)) * 2 ** ((property >> 1) + 11);
  const reader = new Lzma2Reader(input, new LzmaDecoder(maxWindow));
  const { at, problem } = yield* reader.decode(0, dictionarySize);
  return { status: "complete", consumed: at, ...problem };
}
