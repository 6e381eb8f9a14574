/** One block of bzip2: prefix codes, move to front, run lengths, and the Burrows-Wheeler transform. */

/* oxlint-disable typescript/no-non-null-assertion -- places are checked against the block's size */

import type { BitReader } from "./bit-reader.ts";
import { PRIMARY_BITS, PrefixCode } from "./prefix-code.ts";
import { RANDOM_NUMBERS } from "./random-numbers.ts";

const MAX_CODES = 6;
const MAX_LENGTH = 20;
const GROUP = 50;
/** More than the largest block can use; what is beyond is read and ignored. */
const MAX_SELECTORS = 18_002;
const FIRST_CAPACITY = 64 * 1024;
const LEVEL_UNIT = 100_000;
/** Moving this many list entries by hand is faster than a call. */
const SHORT_MOVE = 24;

export class Block {
  readonly #bits: BitReader;
  readonly #codes = Array.from({ length: MAX_CODES }, () => new PrefixCode());
  readonly #selectors = new Uint8Array(MAX_SELECTORS);
  readonly #lengths = new Uint8Array(258);
  readonly #list = new Uint8Array(256);
  readonly #counts = new Uint32Array(256);
  /** Grows with what blocks really hold, not with what the stream's level would allow. */
  #links = new Uint32Array(FIRST_CAPACITY);
  #bytes = new Uint8Array(FIRST_CAPACITY);

  constructor(bits: BitReader) {
    this.#bits = bits;
  }

  /**
   * Reads a block from behind its checksum on: its bytes before the first run-length coding is undone.
   * A sentence where it is damaged; whether bits were missing is for the caller to see.
   */
  read(level: number): Uint8Array | string {
    const bits = this.#bits;
    const randomised = bits.take(1) === 1;
    const origin = bits.take(24);
    const inUse = this.#readList();
    const codes = bits.take(3);
    const selectors = bits.take(15);
    if (inUse === 0 || codes < 2 || codes > MAX_CODES || selectors === 0) {
      return "the header of a block is impossible";
    }
    if (!this.#readSelectors(codes, selectors) || !this.#readCodes(codes, inUse + 2)) {
      return "the prefix codes of a block are impossible";
    }
    const size = this.#decode(inUse + 1, Math.min(selectors, MAX_SELECTORS), level * LEVEL_UNIT);
    if (typeof size === "string") {
      return size;
    }
    if (origin >= size) {
      return "the beginning of a block lies outside of it";
    }
    const bytes = this.#untransform(size, origin);
    if (randomised) {
      derandomise(bytes);
    }
    return bytes;
  }

  /** The byte values that occur, in order. Gives how many. */
  #readList(): number {
    const bits = this.#bits;
    const groups = bits.take(16);
    let count = 0;
    for (let group = 0; group < 16; group += 1) {
      if ((groups & (0x8000 >>> group)) !== 0) {
        const members = bits.take(16);
        for (let member = 0; member < 16; member += 1) {
          if ((members & (0x8000 >>> member)) !== 0) {
            this.#list[count] = group * 16 + member;
            count += 1;
          }
        }
      }
    }
    return count;
  }

  #readSelectors(codes: number, count: number): boolean {
    const bits = this.#bits;
    const recent = [0, 1, 2, 3, 4, 5];
    for (let index = 0; index < count; index += 1) {
      let place = 0;
      while (bits.take(1) === 1) {
        place += 1;
        if (place >= codes) {
          return false;
        }
      }
      if (bits.overrun) {
        return false;
      }
      const [code = 0] = recent.splice(place, 1);
      recent.unshift(code);
      if (index < MAX_SELECTORS) {
        this.#selectors[index] = code;
      }
    }
    return true;
  }

  #readCodes(count: number, symbols: number): boolean {
    const bits = this.#bits;
    for (let index = 0; index < count; index += 1) {
      let length = bits.take(5);
      for (let symbol = 0; symbol < symbols; symbol += 1) {
        for (;;) {
          if (length < 1 || length > MAX_LENGTH || bits.overrun) {
            return false;
          }
          if (bits.take(1) === 0) {
            break;
          }
          length += bits.take(1) === 0 ? 1 : -1;
        }
        this.#lengths[symbol] = length;
      }
      this.#codes[index]!.build(this.#lengths, symbols);
    }
    return true;
  }

  /** Reads the symbols up to `last`, which ends the block, into the low bytes of `#links`. */
  // oxlint-disable-next-line max-lines-per-function, complexity -- the hot loop: its state is local
  #decode(last: number, selectors: number, most: number): number | string {
    const reader = this.#bits;
    const list = this.#list;
    const counts = this.#counts.fill(0);
    let links = this.#links;
    let size = 0;
    let run = 0;
    let weight = 1;
    for (let group = 0; group < selectors; group += 1) {
      const code = this.#codes[this.#selectors[group]!]!;
      const { table } = code;
      const { view, endBit } = reader.fill();
      let bit = reader.bit;
      if (size + GROUP > links.length) {
        links = this.#grow(size + GROUP);
      }
      for (let index = 0; index < GROUP; index += 1) {
        const word = view.getUint32(bit >>> 3) << (bit & 7);
        let entry = table[word >>> (32 - PRIMARY_BITS)]!;
        if (entry === 0) {
          entry = code.lookUp(word);
          if (entry === 0) {
            return "a symbol of a block has no code";
          }
        }
        bit += entry & 0xff;
        const symbol = entry >>> 8;
        if (bit > endBit) {
          reader.bit = bit;
          return "a block ends early";
        }
        if (symbol <= 1) {
          if (weight >= 2 ** 21) {
            return "a run is longer than a block can be";
          }
          run += weight << symbol;
          weight *= 2;
          continue;
        }
        if (run > 0) {
          if (size + run > most) {
            return "a block is larger than its stream allows";
          }
          if (size + run + GROUP > links.length) {
            links = this.#grow(size + run + GROUP);
          }
          const value = list[0]!;
          links.fill(value, size, size + run);
          counts[value]! += run;
          size += run;
          run = 0;
          weight = 1;
        }
        if (symbol === last) {
          reader.bit = bit;
          return size;
        }
        if (size >= most) {
          return "a block is larger than its stream allows";
        }
        const place = symbol - 1;
        const value = list[place]!;
        if (place < SHORT_MOVE) {
          for (let at = place; at > 0; at -= 1) {
            list[at] = list[at - 1]!;
          }
        } else {
          list.copyWithin(1, 0, place);
        }
        list[0] = value;
        counts[value]! += 1;
        links[size] = value;
        size += 1;
      }
      reader.bit = bit;
    }
    return "a block has no end";
  }

  #grow(needed: number): Uint32Array<ArrayBuffer> {
    const larger = new Uint32Array(Math.max(needed, 2 * this.#links.length));
    larger.set(this.#links);
    this.#links = larger;
    return larger;
  }

  #untransform(size: number, origin: number): Uint8Array {
    const links = this.#links;
    const next = this.#counts;
    if (this.#bytes.length < size) {
      this.#bytes = new Uint8Array(links.length);
    }
    const bytes = this.#bytes;
    let sum = 0;
    for (let value = 0; value < 256; value += 1) {
      const count = next[value]!;
      next[value] = sum;
      sum += count;
    }
    for (let index = 0; index < size; index += 1) {
      const value = links[index]! & 0xff;
      const place = next[value]!;
      next[value] = place + 1;
      links[place]! |= index << 8;
    }
    let link = links[origin]! >>> 8;
    for (let index = 0; index < size; index += 1) {
      const entry = links[link]!;
      bytes[index] = entry;
      link = entry >>> 8;
    }
    return bytes.subarray(0, size);
  }
}

/** Undoes what old encoders did to keep the sorting of repetitive blocks fast. */
function derandomise(bytes: Uint8Array): void {
  let at = -2;
  for (let index = 0; ; index = (index + 1) % RANDOM_NUMBERS.length) {
    at += RANDOM_NUMBERS[index]!;
    if (at >= bytes.length) {
      return;
    }
    bytes[at]! ^= 1;
  }
}
