/**
 * A cursor over the front part of a GGUF file, in either byte order and with lengths of four bytes (version 1)
 * or eight. The first thing that does not fit ends it: every later read gives zero and `failed` says so.
 */

import { ByteWindow } from "../../bytes/window.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { GgufProblem, GgufProblems } from "./problems.ts";

/** Strings and arrays longer than this are refused by the reference reader, whatever the file's size. */
export const LONGEST = 2 ** 30;
/** A string from here on is shown to whoever asked for long ones. */
export const LONG_STRING = 64;
/** The vocabulary. */
const TOKENS = "tokenizer.ggml.tokens";

export interface GgufString {
  readonly start: number;
  readonly end: number;
}

export class GgufCursor {
  readonly problems: GgufProblems;
  readonly size: number;
  readonly littleEndian: boolean;
  /** Bytes of a length or count: 4 in version 1, else 8. */
  readonly lengthSize: 4 | 8;
  position = 0;
  failed = false;
  readonly #window: ByteWindow;
  readonly #view: DataView;
  readonly #onWindow: () => void;

  constructor(
    source: RandomSource,
    format: { readonly littleEndian: boolean; readonly lengthSize: 4 | 8 },
    problems: GgufProblems,
    onWindow: () => void,
  ) {
    this.#window = new ByteWindow(source);
    this.#view = new DataView(this.#window.bytes.buffer);
    this.#onWindow = onWindow;
    this.size = source.size;
    this.littleEndian = format.littleEndian;
    this.lengthSize = format.lengthSize;
    this.problems = problems;
  }

  get left(): number {
    return this.size - this.position;
  }

  /** Reads no further, and says why. */
  fail(kind: GgufProblem["kind"], message: string, offset = this.position): void {
    if (!this.failed) {
      this.failed = true;
      this.problems.add(kind, message, offset);
    }
  }

  u32(): number {
    const at = this.#need(4);
    this.position += at < 0 ? 0 : 4;
    return at < 0 ? 0 : this.#view.getUint32(at, this.littleEndian);
  }

  /** Exact up to 2^53, and close to it above. */
  u64(): number {
    const at = this.#need(8);
    this.position += at < 0 ? 0 : 8;
    return at < 0 ? 0 : Number(this.#view.getBigUint64(at, this.littleEndian));
  }

  /** A length or count, as wide as the version has it. */
  length(): number {
    return this.lengthSize === 4 ? this.u32() : this.u64();
  }

  /** Bytes that are there and few. */
  take(count: number): Uint8Array {
    const at = this.#need(count);
    if (at < 0) {
      return new Uint8Array(0);
    }
    this.position += count;
    return this.#window.bytes.slice(at, at + count);
  }

  /** Passes over bytes without reading them. `what` is named where they are not all there. */
  skip(count: number, what: string): void {
    if (count > this.left) {
      this.fail("truncated", `${what} has ${count} bytes and ${this.left} are left`);
    } else if (!this.failed) {
      this.position += count;
    }
  }

  /** A string's place, with the cursor behind it. `what` names it. */
  string(what: string): GgufString {
    const offset = this.position;
    const length = this.length();
    const start = this.position;
    this.#checkLength(length, what, offset);
    this.skip(length, what);
    return { start, end: this.failed ? start : start + length };
  }

  /**
   * Passes over `count` strings: the hot loop, since vocabularies have hundreds of thousands. Long ones are told.
   */
  strings(count: number, what: string, onLong: (found: GgufString) => void): void {
    const { lengthSize, littleEndian } = this;
    const view = this.#view;
    // Of a length of eight bytes one half is the length and the other is zero.
    const isWide = lengthSize === 8;
    const low = isWide && !littleEndian ? 4 : 0;
    const high = isWide ? 4 - low : low;
    const highBits = isWide ? -1 : 0;
    let at = this.#need(0);
    let limit = this.#window.length;
    let end = this.size - this.#window.base;
    for (let left = count; left > 0 && !this.failed; left -= 1) {
      if (at + lengthSize > limit) {
        this.position = this.#window.base + at;
        at = this.#need(lengthSize);
        if (at < 0) {
          return;
        }
        limit = this.#window.length;
        end = this.size - this.#window.base;
      }
      const length = view.getUint32(at + low, littleEndian);
      const next = at + lengthSize + length;
      if (
        length < LONG_STRING &&
        next <= end &&
        (view.getUint32(at + high, littleEndian) & highBits) === 0
      ) {
        at = next;
        continue;
      }
      this.position = this.#window.base + at;
      const found = this.string(what);
      if (this.failed) {
        return;
      }
      onLong(found);
      // The window may have moved.
      at = this.position - this.#window.base;
      limit = this.#window.length;
      end = this.size - this.#window.base;
    }
    if (!this.failed) {
      this.position = this.#window.base + at;
    }
  }

  #checkLength(length: number, what: string, offset: number): void {
    if (length >= 2 ** 63) {
      this.problems.overflow({
        what: "string length",
        advisory: "CVE-2024-23496",
        message: `${what} claims ${length} bytes, to which readers add one`,
        offset,
      });
    } else if (length >= 2 ** 31 && what.includes(TOKENS)) {
      this.problems.overflow({
        what: "token length",
        advisory: "CVE-2025-49847",
        message: `a token claims ${length} bytes, and readers keep that in 31 bits`,
        offset,
      });
    }
    if (length > LONGEST) {
      this.fail("damaged", `${what} claims ${length} bytes, more than any reader takes`, offset);
    }
  }

  /** Index in the window of the next `count` bytes; -1, and failed, where they are not there. */
  #need(count: number): number {
    if (this.failed) {
      return -1;
    }
    if (count > this.left) {
      this.fail("truncated", "the file ends inside its header");
      return -1;
    }
    const { base, length } = this.#window;
    if (this.position < base || this.position + count > base + length) {
      this.#onWindow();
      this.#window.moveTo(this.position);
      if (this.#window.length < count) {
        this.fail("truncated", "the file ends inside its header");
        return -1;
      }
    }
    return this.position - this.#window.base;
  }
}
