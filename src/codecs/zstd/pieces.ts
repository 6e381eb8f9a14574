/** Cuts one Zstandard frame into pieces that end where a block ends. */

import type { ByteWindow } from "../../bytes/window.ts";
import type { DecodeEnd } from "../../kernel/source.ts";
import { readBlock } from "./frame.ts";
import type { ZstdFrame } from "./frame.ts";

const BLOCK_HEADER = 3;
const CHECKSUM = 4;

type Part = "header" | "block" | "checksum" | "nothing";

export class Pieces {
  readonly #window: ByteWindow;
  readonly #frame: ZstdFrame;
  #next: Part = "header";
  /** Beginning of the last piece, and of the next one. */
  last: number;
  at: number;
  /** Why the frame's end is not known, when there are no more pieces. */
  problem: Omit<DecodeEnd, "consumed"> | undefined;

  constructor(window: ByteWindow, start: number, frame: ZstdFrame) {
    this.#window = window;
    this.#frame = frame;
    this.last = start;
    this.at = start;
  }

  /** Whether the whole frame was handed out. */
  get done(): boolean {
    return this.#next === "nothing" && this.problem === undefined;
  }

  /**
   * The next piece, valid until the next call: the header, a block or the checksum when `single`,
   * else as many of them as the window has.
   */
  take(single: boolean): Uint8Array | undefined {
    const window = this.#window;
    const from = this.at;
    let to = from;
    for (;;) {
      const part = this.#part(to);
      if (part === undefined) {
        break;
      }
      if (from < window.base || to + part.size > window.base + window.length) {
        if (to > from) {
          break;
        }
        window.moveTo(from);
        if (part.size > window.length) {
          to = from + window.length;
          this.#stop("truncated", "the last frame ends early");
          break;
        }
      }
      to += part.size;
      this.#next = part.next;
      if (single) {
        break;
      }
    }
    this.last = from;
    this.at = to;
    return to > from ? window.bytes.subarray(from - window.base, to - window.base) : undefined;
  }

  /** The part of the frame that begins at `at`; undefined, with a problem, where there is none. */
  #part(at: number): { readonly size: number; readonly next: Part } | undefined {
    switch (this.#next) {
      case "header":
        return { size: this.#frame.headerSize, next: "block" };
      case "checksum":
        return { size: CHECKSUM, next: "nothing" };
      case "nothing":
        return undefined;
      case "block":
    }
    const header = this.#window.copy(at, at + BLOCK_HEADER);
    if (header.length < BLOCK_HEADER) {
      return this.#stop("truncated", "the last frame ends early");
    }
    const block = readBlock(header, 0);
    if (typeof block === "string") {
      return this.#stop("damaged", block);
    }
    const last = this.#frame.checksum ? "checksum" : "nothing";
    return { size: block.size, next: block.last ? last : "block" };
  }

  #stop(status: "truncated" | "damaged", detail: string): undefined {
    this.problem = { status, detail };
    this.#next = "nothing";
  }
}
