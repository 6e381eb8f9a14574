/**
 * One LZMA stream: the content of a .lzma file behind its header, or of a zip member of method 14
 * (LZMA specification, 9.20). It ends at the stated size, at an end marker, or at both.
 */

import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { LzmaDecoder } from "./lzma-decoder.ts";
import { LOOKAHEAD } from "./lzma-state.ts";

const CHUNK = 256 * 1024;
/** Literal context and position bits together: what the specification allows, not what liblzma does. */
const MAX_LITERAL_BITS = 12;
const RANGE_START = 5;
export const DEFAULT_MAX_WINDOW = 2 ** 27;

export interface LzmaStreamHeader {
  /** The byte with `lc`, `lp` and `pb`. */
  readonly properties: number;
  readonly dictionarySize: number;
  /** Size of the content; undefined where only the end marker says. */
  readonly size: number | undefined;
}

export interface LzmaOptions {
  /** Bytes to look back that may be kept at most. */
  readonly maxWindow?: number;
  /** Bytes put out at a time. */
  readonly chunk?: number;
}

/** Decodes the stream in `input` that begins at `start`. */
export function lzmaStream(
  input: RandomSource,
  start: number,
  header: LzmaStreamHeader,
  { maxWindow = DEFAULT_MAX_WINDOW, chunk = CHUNK }: LzmaOptions = {},
): Generator<Uint8Array, DecodeEnd, void> {
  return new StreamReader(input, start, new LzmaDecoder(maxWindow)).decode(header, chunk);
}

/** Feeds a decoder from a source. */
class StreamReader {
  readonly #input: RandomSource;
  readonly #start: number;
  readonly #decoder: LzmaDecoder;
  #loaded: number;

  constructor(input: RandomSource, start: number, decoder: LzmaDecoder) {
    this.#input = input;
    this.#start = start;
    this.#decoder = decoder;
    this.#loaded = start;
  }

  *decode(header: LzmaStreamHeader, chunk: number): Generator<Uint8Array, DecodeEnd, void> {
    const decoder = this.#decoder;
    decoder.begin(header.dictionarySize);
    if (!decoder.setProperties(header.properties, MAX_LITERAL_BITS)) {
      return this.#end("damaged", "its parameters are impossible");
    }
    decoder.resetState();
    this.#load();
    if (decoder.left < RANGE_START) {
      return this.#end("truncated", "the stream ends before it begins");
    }
    if (!decoder.startRange()) {
      return this.#end("damaged", "the stream does not begin with a zero");
    }
    let left = header.size ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const { output, stop } = decoder.decode(Math.min(left, chunk));
      left -= output.length;
      if (output.length > 0) {
        yield output;
      }
      if (stop === "input") {
        this.#load();
      } else if (stop === "end") {
        return header.size === undefined
          ? this.#endMarker()
          : this.#end("damaged", `the end marker comes ${left} bytes early`);
      } else if (stop !== "full") {
        return this.#stopped(stop);
      }
    }
    return this.#sizeReached();
  }

  #load(): void {
    const input = this.#input;
    this.#decoder.load(
      (room) => {
        const count = input.readIntoSync(room, this.#loaded);
        this.#loaded += count;
        return count;
      },
      () => this.#loaded >= input.size,
    );
  }

  /** The content is complete: the stream ends here, or an end marker follows. */
  #sizeReached(): DecodeEnd {
    const decoder = this.#decoder;
    if (decoder.pending) {
      return this.#end("damaged", "a match goes on past the stated size");
    }
    if (decoder.left < LOOKAHEAD) {
      this.#load();
    }
    if (decoder.finishRange()) {
      return decoder.left < 0
        ? this.#end("truncated", "the stream ends early")
        : this.#end("complete");
    }
    const { stop } = decoder.decode(1);
    return stop === "end"
      ? this.#endMarker()
      : this.#end("damaged", "the content goes on past the stated size");
  }

  #endMarker(): DecodeEnd {
    const sound = this.#decoder.finishRange();
    if (this.#decoder.left < 0) {
      return this.#end("truncated", "the stream ends early");
    }
    return sound ? this.#end("complete") : this.#end("damaged", "the end marker is damaged");
  }

  #stopped(stop: "overrun" | "reach" | "window"): DecodeEnd {
    if (stop === "overrun") {
      return this.#end("truncated", "the stream ends early");
    }
    return stop === "reach"
      ? this.#end("damaged", "a match reaches before the start")
      : this.#end("limit", "a match reaches back further than memory allows");
  }

  #end(status: DecodeEnd["status"], detail?: string): DecodeEnd {
    const consumed = this.#loaded - Math.max(0, this.#decoder.left) - this.#start;
    return detail === undefined ? { status, consumed } : { status, consumed, detail };
  }
}
