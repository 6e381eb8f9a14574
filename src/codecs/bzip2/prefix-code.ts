/**
 * Prefix codes of bzip2, up to 20 bits, most significant bit first. Lengths that make no proper code
 * are read the way libbzip2 reads them, so that both see the same symbols.
 */

/* oxlint-disable typescript/no-non-null-assertion -- lengths are 1 to 20, tables are sized for them */

export const PRIMARY_BITS = 10;
export const MAX_BITS = 20;
const MAX_SYMBOLS = 258;

export class PrefixCode {
  /** `symbol << 8 | length` by the next `PRIMARY_BITS` bits; 0 for longer codes. */
  readonly table = new Uint32Array(1 << PRIMARY_BITS);
  /** The last code of each length, and what to subtract from a code to get its place. */
  readonly #limit = new Int32Array(MAX_BITS + 2);
  readonly #base = new Int32Array(MAX_BITS + 2);
  readonly #symbols = new Uint16Array(MAX_SYMBOLS);
  #count = 0;
  #shortest = 1;
  #longest = MAX_BITS;

  build(lengths: Uint8Array, count: number): void {
    const counts = new Int32Array(MAX_BITS + 2);
    let shortest = MAX_BITS;
    let longest = 1;
    for (let symbol = 0; symbol < count; symbol += 1) {
      const bits = lengths[symbol]!;
      counts[bits]! += 1;
      shortest = Math.min(shortest, bits);
      longest = Math.max(longest, bits);
    }
    this.#count = count;
    this.#shortest = shortest;
    this.#longest = longest;
    let place = 0;
    for (let bits = shortest; bits <= longest; bits += 1) {
      for (let symbol = 0; symbol < count; symbol += 1) {
        if (lengths[symbol] === bits) {
          this.#symbols[place] = symbol;
          place += 1;
        }
      }
    }
    let code = 0;
    let before = 0;
    for (let bits = shortest; bits <= longest; bits += 1) {
      this.#base[bits] = code - before;
      code += counts[bits]!;
      before += counts[bits]!;
      this.#limit[bits] = code - 1;
      code <<= 1;
    }
    this.#fillTable();
  }

  #fillTable(): void {
    const { table } = this;
    let filled = 0;
    for (let bits = this.#shortest; bits <= Math.min(this.#longest, PRIMARY_BITS); bits += 1) {
      const shift = PRIMARY_BITS - bits;
      const end = Math.min((this.#limit[bits]! + 1) << shift, table.length);
      for (; filled < end; filled += 1) {
        table[filled] = this.#entry(filled >>> shift, bits);
      }
    }
    table.fill(0, filled);
  }

  /** The entry of the code that the upper bits of `word` begin with; 0 where there is none. */
  lookUp(word: number): number {
    for (let bits = this.#shortest; bits <= this.#longest; bits += 1) {
      const code = word >>> (32 - bits);
      if (code <= this.#limit[bits]!) {
        return this.#entry(code, bits);
      }
    }
    return 0;
  }

  #entry(code: number, bits: number): number {
    const place = code - this.#base[bits]!;
    return place >= 0 && place < this.#count ? (this.#symbols[place]! << 8) | bits : 0;
  }
}
