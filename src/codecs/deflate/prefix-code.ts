/**
 * Prefix codes of DEFLATE (RFC 1951, 3.2.2) as lookup tables. Codes of up to `PRIMARY_BITS` bits take
 * one lookup, longer ones are followed bit by bit: were the tables as wide as the longest code, a
 * stream of tiny blocks could cost a thousand times its size.
 */

/* oxlint-disable typescript/no-non-null-assertion -- symbols and code lengths are bounded by callers */

export const PRIMARY_BITS = 10;
const MAX_BITS = 15;

/** What an entry stands for. An entry of 0 is a code that is longer than the table is wide. */
export const LITERAL = 0x100;
export const MATCH = 0x200;
export const END_OF_BLOCK = 0x400;
export const INVALID = 0x800;

/**
 * One code. Its entries are `value << 16 | kind | extraBits << 4 | codeLength`, where `value` is a
 * literal, or the base of a length or distance.
 */
export class PrefixCode {
  readonly table = new Uint32Array(1 << PRIMARY_BITS);
  readonly #meanings: Uint32Array;
  readonly #counts = new Uint16Array(MAX_BITS + 1);
  readonly #next = new Uint16Array(MAX_BITS + 1);
  /** Symbols in the order of their codes. */
  readonly #sorted: Uint16Array;

  /** @param meanings entry of each symbol, without a code length. */
  constructor(meanings: Uint32Array) {
    this.#meanings = meanings;
    this.#sorted = new Uint16Array(meanings.length);
  }

  /**
   * Builds the code of the symbols with `lengths[from]` to `lengths[to - 1]`. False where they make
   * none. Like in zlib, a code may be incomplete when it is empty or has a single code of one bit,
   * unless `complete` asks for better.
   */
  build(lengths: Uint8Array, from: number, to: number, complete = false): boolean {
    const counts = this.#counts.fill(0);
    for (let index = from; index < to; index += 1) {
      counts[lengths[index]!]! += 1;
    }
    const used = to - from - counts[0]!;
    counts[0] = 0;
    let left = 1;
    let place = 0;
    for (let bits = 1; bits <= MAX_BITS; bits += 1) {
      left = left * 2 - counts[bits]!;
      if (left < 0) {
        return false;
      }
      this.#next[bits] = place;
      place += counts[bits]!;
    }
    if (left > 0 && (complete || used > 1 || (used === 1 && counts[1] !== 1))) {
      return false;
    }
    for (let index = from; index < to; index += 1) {
      const bits = lengths[index]!;
      if (bits > 0) {
        this.#sorted[this.#next[bits]!++] = index - from;
      }
    }
    this.table.fill(left > 0 ? INVALID | 1 : 0);
    this.#fillTable();
    return true;
  }

  #fillTable(): void {
    const { table } = this;
    let code = 0;
    let place = 0;
    for (let bits = 1; bits <= PRIMARY_BITS; bits += 1) {
      for (const end = place + this.#counts[bits]!; place < end; place += 1) {
        const entry = this.#meanings[this.#sorted[place]!]! | bits;
        for (let at = reverse(code, bits); at < table.length; at += 1 << bits) {
          table[at] = entry;
        }
        code += 1;
      }
      code <<= 1;
    }
  }

  /** The entry of the code that `word` begins with, however long it is. */
  lookUp(word: number): number {
    let code = 0;
    let first = 0;
    let place = 0;
    for (let bits = 1; bits <= MAX_BITS; bits += 1) {
      code |= (word >>> (bits - 1)) & 1;
      const count = this.#counts[bits]!;
      if (code - first < count) {
        return this.#meanings[this.#sorted[place + code - first]!]! | bits;
      }
      place += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return INVALID | 1;
  }
}

/** Codes are packed from their most significant bit on, everything else from the least. */
function reverse(code: number, bits: number): number {
  let result = 0;
  for (let index = 0; index < bits; index += 1) {
    result = (result << 1) | ((code >>> index) & 1);
  }
  return result;
}
