/**
 * Raw DEFLATE (RFC 1951) in TypeScript. It puts out every byte that comes before a defect, where a
 * library would throw its last buffer away, and says to the byte where the stream ends. It accepts
 * and refuses what zlib does. Not done: Deflate64.
 */

/* oxlint-disable typescript/no-non-null-assertion -- indices are masked or bounded by the window */

import type { ByteWindow } from "../../bytes/window.ts";
import type { DecodeEnd } from "../../kernel/source.ts";
import { INVALID, LITERAL, MATCH, PRIMARY_BITS, PrefixCode } from "./prefix-code.ts";
import { CODE_LENGTHS, CODE_LENGTH_ORDER, DISTANCES, LITERALS } from "./symbols.ts";

const HISTORY = 32 * 1024;
const CHUNK = 32 * 1024;
const OUT_LIMIT = HISTORY + CHUNK;
/** The longest match, and the literal that may precede it. */
const SLACK = 260;
const PRIMARY_MASK = (1 << PRIMARY_BITS) - 1;
/** Bytes that a block's header takes at most, and more than any symbol. */
const LOOKAHEAD = 1024;

const FIXED_LITERALS = new PrefixCode(LITERALS);
FIXED_LITERALS.build(
  new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280),
  0,
  288,
);
const FIXED_DISTANCES = new PrefixCode(DISTANCES);
FIXED_DISTANCES.build(new Uint8Array(32).fill(5), 0, 32);

/** What a step leads to: go on, hand out what there is, the end, or what is wrong. */
type Step = "next" | "full" | "end" | Omit<DecodeEnd, "consumed">;

export class Inflater {
  readonly #window: ByteWindow;
  readonly #view: DataView;
  readonly #out: Uint8Array;
  readonly #dynamicLiterals = new PrefixCode(LITERALS);
  readonly #dynamicDistances = new PrefixCode(DISTANCES);
  /** The codes of the block at hand. */
  #literals = FIXED_LITERALS;
  #distances = FIXED_DISTANCES;
  readonly #lengthCode = new PrefixCode(CODE_LENGTHS);
  readonly #lengths = new Uint8Array(320);
  #state: "header" | "stored" | "coded" = "header";
  #final = false;
  #stored = 0;
  /** Next bit, counted from the window's first byte. */
  #bit = 0;
  /** Write position in the output buffer, and what was put out before its first byte. */
  #at = 0;
  #before = 0;

  constructor(window: ByteWindow) {
    this.#window = window;
    this.#view = new DataView(window.bytes.buffer);
    this.#out = new Uint8Array(OUT_LIMIT + SLACK);
  }

  /** Decodes the stream that begins at byte `start`. May be called again, for the next stream. */
  *stream(start: number): Generator<Uint8Array, DecodeEnd, void> {
    const { base, length } = this.#window;
    if (start < base || start > base + length) {
      this.#window.moveTo(start);
    }
    this.#bit = (start - this.#window.base) * 8;
    this.#state = "header";
    this.#final = false;
    this.#at = 0;
    this.#before = 0;
    for (let from = 0; ;) {
      const step = this.#at >= OUT_LIMIT ? "full" : this.#step();
      if (step === "next") {
        continue;
      }
      if (this.#at > from) {
        yield this.#out.subarray(from, this.#at);
      }
      if (step === "end") {
        return { status: "complete", consumed: this.#position() - start };
      }
      if (step !== "full") {
        return { ...step, consumed: Math.min(this.#position(), this.#window.size) - start };
      }
      this.#out.copyWithin(0, this.#at - HISTORY, this.#at);
      this.#before += this.#at - HISTORY;
      this.#at = HISTORY;
      from = HISTORY;
    }
  }

  #step(): Step {
    this.#fill();
    if (this.#state === "coded") {
      return this.#decode();
    }
    if (this.#state === "stored") {
      return this.#copyStored();
    }
    return this.#final ? "end" : this.#header();
  }

  /** Position in the source of the first byte that no bit was taken from. */
  #position(): number {
    return this.#window.base + ((this.#bit + 7) >>> 3);
  }

  /** Moves the window on when what is left of it may be too short for the next step. */
  #fill(): void {
    const window = this.#window;
    const byte = this.#bit >>> 3;
    if (byte + LOOKAHEAD > window.length && window.base + window.length < window.size) {
      window.moveTo(window.base + byte);
      this.#bit &= 7;
    }
  }

  /** The next 25 bits at least. */
  #peek(): number {
    // Nothing valid lies past the window's end here: `#overrun` is true soon enough.
    const byte = Math.min(this.#bit >>> 3, this.#window.length + 8);
    return this.#view.getUint32(byte, true) >>> (this.#bit & 7);
  }

  #take(bits: number): number {
    const value = this.#peek() & ((1 << bits) - 1);
    this.#bit += bits;
    return value;
  }

  /** More bits were taken than there are. */
  #overrun(): boolean {
    return this.#bit > this.#window.length * 8;
  }

  #wrong(detail: string): Step {
    return this.#overrun()
      ? { status: "truncated", detail: "the compressed data ends early" }
      : { status: "damaged", detail };
  }

  #header(): Step {
    this.#final = this.#take(1) === 1;
    const type = this.#take(2);
    let problem: string | undefined;
    if (type === 0) {
      this.#bit = (this.#bit + 7) & ~7;
      this.#stored = this.#take(16);
      this.#state = "stored";
      if (this.#take(16) !== (this.#stored ^ 0xffff)) {
        problem = "a stored block's length and its complement disagree";
      }
    } else if (type === 3) {
      problem = "a block has the reserved type 3";
    } else {
      problem = type === 1 ? this.#fixedCodes() : this.#dynamicCodes();
      this.#state = "coded";
    }
    return problem !== undefined || this.#overrun() ? this.#wrong(problem ?? "") : "next";
  }

  #fixedCodes(): undefined {
    this.#literals = FIXED_LITERALS;
    this.#distances = FIXED_DISTANCES;
  }

  #dynamicCodes(): string | undefined {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const codes = this.#take(4) + 4;
    if (literals > 286 || distances > 30) {
      return "a block has too many length or distance symbols";
    }
    const lengths = this.#lengths.fill(0);
    for (let index = 0; index < codes; index += 1) {
      lengths[CODE_LENGTH_ORDER[index]!] = this.#take(3);
    }
    if (!this.#lengthCode.build(lengths, 0, 19, true)) {
      return "the code of a block's code lengths is impossible";
    }
    const problem = this.#readLengths(literals + distances);
    if (problem !== undefined) {
      return problem;
    }
    if (lengths[256] === 0) {
      return "a block has no code for its end";
    }
    this.#literals = this.#dynamicLiterals;
    this.#distances = this.#dynamicDistances;
    if (!this.#literals.build(lengths, 0, literals)) {
      return "a block's literal and length code is impossible";
    }
    return this.#distances.build(lengths, literals, literals + distances)
      ? undefined
      : "a block's distance code is impossible";
  }

  #readLengths(total: number): string | undefined {
    const lengths = this.#lengths.fill(0);
    for (let index = 0; index < total;) {
      const entry = this.#lengthCode.table[this.#peek() & PRIMARY_MASK]!;
      this.#bit += entry & 15;
      const symbol = entry >>> 16;
      if (symbol < 16) {
        lengths[index] = symbol;
        index += 1;
        continue;
      }
      if (symbol === 16 && index === 0) {
        return "a block's code lengths begin with a repetition";
      }
      const value = symbol === 16 ? lengths[index - 1]! : 0;
      const times = symbol === 18 ? 11 + this.#take(7) : 3 + this.#take(symbol === 16 ? 2 : 3);
      if (index + times > total) {
        return "a block repeats code lengths past their end";
      }
      lengths.fill(value, index, index + times);
      index += times;
    }
    return undefined;
  }

  #copyStored(): Step {
    const { bytes, length } = this.#window;
    const byte = this.#bit >>> 3;
    const count = Math.min(this.#stored, length - byte, OUT_LIMIT - this.#at);
    if (this.#stored > 0 && count <= 0) {
      return { status: "truncated", detail: "the compressed data ends early" };
    }
    this.#out.set(bytes.subarray(byte, byte + count), this.#at);
    this.#at += count;
    this.#bit += count * 8;
    this.#stored -= count;
    if (this.#stored === 0) {
      this.#state = "header";
    }
    return "next";
  }

  /** The hot loop: decodes until the block, the window or the output buffer ends. */
  // oxlint-disable-next-line max-lines-per-function, complexity -- its state has to be local
  #decode(): Step {
    const window = this.#window;
    const view = this.#view;
    const out = this.#out;
    const literals = this.#literals.table;
    const distances = this.#distances.table;
    const before = this.#before;
    const endBit = window.length * 8;
    let bit = this.#bit;
    // A match takes at most 48 bits. Where there is less in spite of `#fill`, nothing follows.
    const last = window.base + window.length >= window.size || bit > endBit - 48;
    const lastBit = last ? endBit : endBit - 48;
    let at = this.#at;
    let problem: string | undefined;
    let kept = at;
    while (bit <= lastBit && at < OUT_LIMIT) {
      kept = at;
      let word = view.getUint32(bit >>> 3, true) >>> (bit & 7);
      let entry = literals[word & PRIMARY_MASK]!;
      if (entry === 0) {
        entry = this.#literals.lookUp(word);
      }
      if ((entry & LITERAL) !== 0) {
        out[at++] = entry >>> 16;
        bit += entry & 15;
        // The word has 25 bits, so a short code that follows is in it as well.
        entry = literals[(word >>> (entry & 15)) & PRIMARY_MASK]!;
        if ((entry & LITERAL) !== 0 && bit <= lastBit) {
          kept = at;
          out[at++] = entry >>> 16;
          bit += entry & 15;
        }
        continue;
      }
      word >>>= entry & 15;
      bit += (entry & 15) + ((entry >>> 4) & 15);
      if ((entry & MATCH) === 0) {
        this.#state = "header";
        problem = (entry & INVALID) === 0 ? undefined : "a literal or length code is invalid";
        break;
      }
      const length = (entry >>> 16) + (word & ((1 << ((entry >>> 4) & 15)) - 1));

      word = view.getUint32(bit >>> 3, true) >>> (bit & 7);
      entry = distances[word & PRIMARY_MASK]!;
      if (entry === 0) {
        entry = this.#distances.lookUp(word);
      }
      bit += entry & 15;
      word = view.getUint32(bit >>> 3, true) >>> (bit & 7);
      const distance = (entry >>> 16) + (word & ((1 << ((entry >>> 4) & 15)) - 1));
      bit += (entry >>> 4) & 15;
      if ((entry & INVALID) !== 0 || distance > before + at) {
        problem =
          (entry & INVALID) === 0
            ? "a distance reaches before the start"
            : "a distance code is invalid";
        break;
      }
      if (distance === 1) {
        out.fill(out[at - 1]!, at, at + length);
        at += length;
      } else {
        for (const end = at + length; at < end; at += 1) {
          out[at] = out[at - distance]!;
        }
      }
    }
    this.#bit = bit;
    // What took bits that are not there is no output.
    this.#at = bit > endBit ? kept : at;
    return problem !== undefined || bit > endBit ? this.#wrong(problem ?? "") : "next";
  }
}
