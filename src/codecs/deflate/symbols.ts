/** What the symbols of DEFLATE's codes mean (RFC 1951, 3.2.5), as entries without a code length. */

import { END_OF_BLOCK, INVALID, LITERAL, MATCH } from "./prefix-code.ts";

export const CODE_LENGTH_ORDER: readonly number[] = [
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/** Lengths of stored prefix codes are plain values. */
export const CODE_LENGTHS = Uint32Array.from({ length: 19 }, (_, value) => (value << 16) | LITERAL);

/** 0 to 255 are literals, 256 ends the block, 257 to 285 are lengths; 286 and 287 never occur. */
export const LITERALS = literalMeanings();

/** 0 to 29; 30 and 31 never occur. */
export const DISTANCES = distanceMeanings();

function literalMeanings(): Uint32Array {
  const meanings = new Uint32Array(288).fill(INVALID);
  for (let value = 0; value < 256; value += 1) {
    meanings[value] = (value << 16) | LITERAL;
  }
  meanings[256] = END_OF_BLOCK;
  let base = 3;
  for (let symbol = 257; symbol < 285; symbol += 1) {
    const extra = symbol < 265 ? 0 : (symbol - 261) >> 2;
    meanings[symbol] = (base << 16) | MATCH | (extra << 4);
    base += 1 << extra;
  }
  meanings[285] = (258 << 16) | MATCH;
  return meanings;
}

function distanceMeanings(): Uint32Array {
  const meanings = new Uint32Array(32).fill(INVALID);
  let base = 1;
  for (let symbol = 0; symbol < 30; symbol += 1) {
    const extra = symbol < 4 ? 0 : (symbol - 2) >> 1;
    meanings[symbol] = (base << 16) | MATCH | (extra << 4);
    base += 1 << extra;
  }
  return meanings;
}
