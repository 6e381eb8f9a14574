/**
 * The LZMA decoder that .lzma files, .xz files and zip members share. It reads the input that it is
 * loaded with and puts out into a sliding window, which grows with what is put out.
 */

import { copyMatch, decodeSymbols } from "./lzma-symbols.ts";
import { INPUT_SIZE, LITERAL, LITERAL_SIZE, LOOKAHEAD, lzmaState, TOP } from "./lzma-state.ts";
import type { LzmaStop } from "./lzma-state.ts";

const EVEN = 1024;
const SMALLEST_WINDOW = 4096;
const FIRST_WINDOW = 64 * 1024;
/** The largest that arrays of bytes reach without trouble. */
const LARGEST_WINDOW = 2 ** 31;

export class LzmaDecoder {
  readonly #lzma = lzmaState();
  readonly #maxWindow: number;
  #stated = 0;
  #windowSize = 0;

  /** @param maxWindow bytes to look back that may be kept at most. */
  constructor(maxWindow: number) {
    this.#maxWindow = Math.min(roundUp(maxWindow), LARGEST_WINDOW);
  }

  /**
   * Prepares for another stream.
   *
   * @param dictionarySize as the stream states it; nothing is allocated on its word.
   */
  begin(dictionarySize: number): void {
    const lzma = this.#lzma;
    this.#stated = roundUp(Math.max(dictionarySize, SMALLEST_WINDOW));
    this.#windowSize = Math.min(this.#stated, this.#maxWindow);
    const { length } = lzma.window;
    if (length === 0 || length > this.#windowSize) {
      lzma.window = new Uint8Array(Math.min(this.#windowSize, FIRST_WINDOW));
    }
    lzma.position = 0;
    lzma.end = 0;
    lzma.pending = 0;
    this.resetDictionary();
  }

  /** Bytes that are loaded and not used yet. Negative after an overrun. */
  get left(): number {
    return this.#lzma.end - this.#lzma.position;
  }

  /** Whether a match goes on past what was put out. */
  get pending(): boolean {
    return this.#lzma.pending > 0;
  }

  /**
   * Loads more input behind what is left. `read` fills an array as far as it can and says how far it
   * came; `final` says then whether nothing follows.
   */
  load(read: (room: Uint8Array) => number, final: () => boolean, most = INPUT_SIZE): void {
    const lzma = this.#lzma;
    lzma.input.copyWithin(0, lzma.position, lzma.end);
    const kept = lzma.end - lzma.position;
    const count = read(lzma.input.subarray(kept, Math.min(INPUT_SIZE, kept + most)));
    lzma.position = 0;
    lzma.end = kept + count;
    lzma.final = count === 0 || final();
    lzma.input.fill(0, lzma.end, lzma.end + LOOKAHEAD);
  }

  /** Sets the parameters that `byte` stands for. False where there are no such. */
  setProperties(byte: number, maxLiteralBits: number): boolean {
    const lzma = this.#lzma;
    const literalContext = byte % 9;
    const literalPosition = Math.floor(byte / 9) % 5;
    const position = Math.floor(byte / 45);
    if (position > 4 || literalContext + literalPosition > maxLiteralBits) {
      return false;
    }
    lzma.literalContext = literalContext;
    lzma.literalMask = 2 ** literalPosition - 1;
    lzma.positionMask = 2 ** position - 1;
    const size = LITERAL + LITERAL_SIZE * 2 ** (literalContext + literalPosition);
    if (lzma.probabilities.length < size) {
      lzma.probabilities = new Uint16Array(size);
    }
    return true;
  }

  resetState(): void {
    const lzma = this.#lzma;
    lzma.probabilities.fill(EVEN);
    lzma.state = 0;
    lzma.rep0 = 0;
    lzma.rep1 = 0;
    lzma.rep2 = 0;
    lzma.rep3 = 0;
  }

  resetDictionary(): void {
    this.#lzma.at = 0;
    this.#lzma.round = false;
  }

  /** Reads the five bytes that the range decoder begins with. False where no encoder writes these. */
  startRange(): boolean {
    const lzma = this.#lzma;
    const { input, position } = lzma;
    lzma.range = -1;
    lzma.code = new DataView(input.buffer).getInt32(position + 1);
    lzma.position += 5;
    lzma.pending = 0;
    return input[position] === 0 && lzma.position <= lzma.end;
  }

  /** Reads the last byte when it has to. Whether the range decoder is where an encoder leaves it. */
  finishRange(): boolean {
    const lzma = this.#lzma;
    if (lzma.range >>> 0 < TOP) {
      lzma.range <<= 8;
      lzma.code = (lzma.code << 8) | (lzma.input[lzma.position] ?? 0);
      lzma.position += 1;
    }
    return lzma.code === 0;
  }

  /** Puts out up to `most` bytes of the input as they are. Valid until the next call. */
  copy(most: number): Uint8Array {
    const lzma = this.#lzma;
    const count = Math.min(most, this.#makeRoom(), this.left);
    const start = lzma.at;
    lzma.window.set(lzma.input.subarray(lzma.position, lzma.position + count), start);
    lzma.position += count;
    lzma.at += count;
    return lzma.window.subarray(start, lzma.at);
  }

  /** Decodes up to `most` bytes. Valid until the next call. */
  decode(most: number): { readonly output: Uint8Array; readonly stop: LzmaStop } {
    const lzma = this.#lzma;
    const limit = Math.min(most, this.#makeRoom()) + lzma.at;
    const start = lzma.at;
    if (lzma.pending > 0) {
      const count = Math.min(lzma.pending, limit - start);
      lzma.at = copyMatch(lzma.window, start, lzma.rep0 + 1, count);
      lzma.pending -= count;
    }
    const stop = lzma.at === limit ? "full" : decodeSymbols(lzma, limit);
    const output = lzma.window.subarray(start, lzma.at);
    return { output, stop: stop === "reach" ? this.#reach() : stop };
  }

  /** Why a match cannot be copied: it may only be that less is kept than the stream asks for. */
  #reach(): LzmaStop {
    const { rep0, round, window } = this.#lzma;
    return round && window.length < this.#stated && rep0 >>> 0 < this.#stated ? "window" : "reach";
  }

  /** Makes room in the window, by growing it or going round. Gives how much there is in one piece. */
  #makeRoom(): number {
    const lzma = this.#lzma;
    const { length } = lzma.window;
    if (lzma.at === length && length < this.#windowSize) {
      const larger = new Uint8Array(Math.min(this.#windowSize, 2 * length));
      larger.set(lzma.window);
      lzma.window = larger;
    } else if (lzma.at === length) {
      lzma.at = 0;
      lzma.round = true;
    }
    return lzma.window.length - lzma.at;
  }
}

/** Positions repeat every 16 bytes at most, so a window of such a size keeps them when it goes round. */
function roundUp(size: number): number {
  return Math.ceil(size / 16) * 16;
}
