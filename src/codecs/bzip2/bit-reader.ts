/** Bits of a source, most significant first. Past the end come zeros, and `overrun` says so. */

import { ByteWindow } from "../../bytes/window.ts";
import type { RandomSource } from "../../kernel/source.ts";

const WINDOW = 64 * 1024;
/** More than a group of symbols takes. */
const LOOKAHEAD = 256;

export class BitReader {
  readonly #window: ByteWindow;
  /** Big-endian words of the window; four bytes past `endBit` may be read. */
  readonly view: DataView;
  /** Next bit, counted from the window's first byte. Hot loops keep it in a local. */
  bit = 0;
  /** Number of bits that the window has. */
  endBit = 0;

  constructor(source: RandomSource) {
    this.#window = new ByteWindow(source, WINDOW);
    this.view = new DataView(this.#window.bytes.buffer);
    this.moveTo(0);
  }

  get size(): number {
    return this.#window.size;
  }

  /** Position in the source of the first byte that no bit was taken from. */
  get position(): number {
    return this.#window.base + Math.min((this.bit + 7) >>> 3, this.#window.length);
  }

  get overrun(): boolean {
    return this.bit > this.endBit;
  }

  moveTo(position: number): void {
    const window = this.#window;
    window.moveTo(position);
    this.bit = 0;
    this.endBit = window.length * 8;
  }

  /** Makes sure that the window has the next 256 bytes, or all that there are. */
  fill(): this {
    const window = this.#window;
    const byte = this.bit >>> 3;
    if (byte + LOOKAHEAD > window.length && window.base + window.length < window.size) {
      window.moveTo(window.base + byte);
      this.bit &= 7;
      this.endBit = window.length * 8;
    }
    return this;
  }

  /** The next `count` bits, at most 25, as a number. */
  take(count: number): number {
    if (this.bit + 32 > this.endBit) {
      this.fill();
    }
    const byte = Math.min(this.bit >>> 3, (this.endBit >>> 3) + 8);
    const value = (this.view.getUint32(byte) << (this.bit & 7)) >>> (32 - count);
    this.bit += count;
    return value;
  }

  /** Skips to the next whole byte. */
  align(): void {
    this.bit = (this.bit + 7) & ~7;
  }
}
