/**
 * LZMA2: chunks of LZMA data and of plain data in one sliding window (as the .xz file format 1.2.1
 * and its reference have it).
 */

import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import type { LzmaDecoder } from "./lzma-decoder.ts";

const CHUNK = 256 * 1024;
const MAX_LITERAL_BITS = 4;
const PLAIN_RESET = 1;
const PLAIN = 2;
const LZMA = 0x80;
const STATE_RESET = 0xa0;
const NEW_PROPERTIES = 0xc0;
const FULL_RESET = 0xe0;

type Problem = Omit<DecodeEnd, "consumed">;

/** Where the data ends: behind the zero that ends it, or where it goes wrong. */
export interface Lzma2End {
  readonly at: number;
  readonly problem?: Problem;
}

export class Lzma2Reader {
  readonly #input: RandomSource;
  readonly #decoder: LzmaDecoder;
  #at = 0;
  #needsReset = true;
  #needsProperties = true;

  constructor(input: RandomSource, decoder: LzmaDecoder) {
    this.#input = input;
    this.#decoder = decoder;
  }

  /** Input that is behind the reader. */
  get at(): number {
    return this.#at;
  }

  /** Decodes the chunks that begin at `start`. */
  *decode(start: number, dictionarySize: number): Generator<Uint8Array, Lzma2End, void> {
    this.#at = start;
    this.#needsReset = true;
    this.#needsProperties = true;
    this.#decoder.begin(dictionarySize);
    const header = new Uint8Array(6);
    for (;;) {
      const count = this.#input.readIntoSync(header, this.#at);
      const control = header[0] ?? 0;
      if (count === 0) {
        return this.#wrong(true);
      }
      if (control === 0) {
        return { at: this.#at + 1 };
      }
      const problem = this.#reset(control);
      if (problem !== undefined) {
        return this.#wrong(false, problem);
      }
      const low = (header[1] ?? 0) * 256 + (header[2] ?? 0) + 1;
      const size = count < 3 ? 0 : low;
      const end =
        control < LZMA
          ? yield* this.#plain(size)
          : yield* this.#lzma(control, header.subarray(0, count), size);
      if (end !== undefined) {
        return end;
      }
    }
  }

  /** What a control byte resets; a sentence where it may not stand here. */
  #reset(control: number): string | undefined {
    if (control > PLAIN && control < LZMA) {
      return "a chunk has an unknown kind";
    }
    if (control >= FULL_RESET || control === PLAIN_RESET) {
      this.#needsReset = false;
      this.#needsProperties = true;
      this.#decoder.resetDictionary();
    } else if (this.#needsReset) {
      return "the first chunk does not begin a dictionary";
    }
    if (control >= NEW_PROPERTIES) {
      this.#needsProperties = false;
    } else if (control >= LZMA && this.#needsProperties) {
      return "a chunk has no parameters";
    }
    return undefined;
  }

  *#plain(size: number): Generator<Uint8Array, Lzma2End | undefined, void> {
    this.#at += 3;
    for (let left = size; left > 0;) {
      const loaded = this.#load(left);
      if (loaded === 0) {
        return this.#wrong(true);
      }
      left -= loaded;
      while (this.#decoder.left > 0) {
        yield this.#decoder.copy(CHUNK);
      }
    }
    return size === 0 ? this.#wrong(true) : undefined;
  }

  *#lzma(
    control: number,
    header: Uint8Array,
    low: number,
  ): Generator<Uint8Array, Lzma2End | undefined, void> {
    const decoder = this.#decoder;
    const chunkStart = this.#at;
    const size = (header[3] ?? 0) * 256 + (header[4] ?? 0) + 1;
    const problem = this.#prepare(control, header);
    if (problem !== undefined) {
      return problem;
    }
    const cut = this.#load(size) < size;
    if (!decoder.startRange()) {
      return this.#wrong(cut, "a chunk does not begin with a zero");
    }
    for (let left = ((control & 0x1f) << 16) + low; left > 0;) {
      const { output, stop } = decoder.decode(Math.min(left, CHUNK));
      left -= output.length;
      if (output.length > 0) {
        yield output;
      }
      if (stop === "window") {
        const detail = "a match reaches back further than memory allows";
        return { at: chunkStart, problem: { status: "limit", detail } };
      }
      if (stop !== "full") {
        return this.#wrong(cut, "a chunk cannot be decoded");
      }
    }
    const sound = !decoder.pending && decoder.finishRange() && decoder.left === 0;
    return sound && !cut ? undefined : this.#wrong(cut, "a chunk does not end where it should");
  }

  /** Sets the decoder up for a chunk and skips its header. */
  #prepare(control: number, header: Uint8Array): Lzma2End | undefined {
    const size = control >= NEW_PROPERTIES ? 6 : 5;
    if (header.length < size) {
      return this.#wrong(true);
    }
    const properties = header[5] ?? 0;
    if (control >= NEW_PROPERTIES && !this.#decoder.setProperties(properties, MAX_LITERAL_BITS)) {
      return this.#wrong(false, "a chunk has impossible parameters");
    }
    if (control >= STATE_RESET) {
      this.#decoder.resetState();
    }
    this.#at += size;
    return undefined;
  }

  #load(size: number): number {
    let loaded = 0;
    this.#decoder.load(
      (room) => {
        loaded = this.#input.readIntoSync(room, this.#at);
        return loaded;
      },
      () => true,
      size,
    );
    this.#at += loaded;
    return loaded;
  }

  /** Where the input ends early, that is what is wrong, whatever else it looks like. */
  #wrong(cut: boolean, detail = ""): Lzma2End {
    return {
      at: cut ? this.#input.size : this.#at,
      problem: cut
        ? { status: "truncated", detail: "the last block ends early" }
        : { status: "damaged", detail },
    };
  }
}
