/**
 * A cursor over DER (X.690), strict where two readers could disagree: lengths are definite and minimal, tags are
 * of one byte (numbers below 31: certificates and CMS have no others), nothing reaches beyond what it lies in. It
 * never descends by itself, so nesting costs nothing until somebody asks. Every deviation throws a `DerProblem`.
 */

import { DerProblem } from "./der-problem.ts";
import { TAG } from "./tags.ts";

export interface DerElement {
  /** The identifier octet. */
  readonly tag: number;
  /** Offsets in the bytes of the reader. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

export class DerReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  /** The identifier octet of the next element; undefined at the end. */
  peek(): number | undefined {
    return this.atEnd ? undefined : this.bytes[this.position];
  }

  /** The next element, of any kind or of the one that has to come. */
  next(tag?: number, what = "an element"): DerElement {
    const start = this.position;
    const found = this.peek();
    if (found === undefined) {
      throw new DerProblem(`${what} is missing`, start);
    }
    if ((found & 0x1f) === 0x1f || found === 0) {
      throw new DerProblem("a tag is not one of DER here", start);
    }
    if (tag !== undefined && found !== tag) {
      throw new DerProblem(
        `${what} is expected (tag ${hex(tag)}) and tag ${hex(found)} lies here`,
        start,
      );
    }
    const { length, contentStart } = this.#length(start + 1);
    const end = contentStart + length;
    if (end > this.end) {
      throw new DerProblem("an element reaches beyond what it lies in", start);
    }
    this.position = end;
    return { tag: found, start, contentStart, end };
  }

  /** The next element if it has this tag. */
  optional(tag: number): DerElement | undefined {
    return this.peek() === tag ? this.next(tag) : undefined;
  }

  /** A reader of what is inside the next element. */
  enter(tag: number = TAG.sequence, what = "a sequence"): DerReader {
    return this.inside(this.next(tag, what));
  }

  inside(element: DerElement): DerReader {
    return new DerReader(this.bytes, element.contentStart, element.end);
  }

  /** Bytes of an element without its tag and length. */
  content(element: DerElement): Uint8Array {
    return this.bytes.subarray(element.contentStart, element.end);
  }

  /** Bytes of an element as a whole. */
  whole(element: DerElement): Uint8Array {
    return this.bytes.subarray(element.start, element.end);
  }

  /** Refuses what follows. */
  finish(what: string): void {
    if (!this.atEnd) {
      throw new DerProblem(`bytes follow after ${what}`, this.position);
    }
  }

  #length(at: number): { length: number; contentStart: number } {
    const first = at < this.end ? this.bytes[at] : undefined;
    if (first === undefined) {
      throw new DerProblem("an element has no length", at);
    }
    if (first < 0x80) {
      return { length: first, contentStart: at + 1 };
    }
    const count = first & 0x7f;
    if (count === 0) {
      throw new DerProblem("a length is indefinite", at);
    }
    // Four bytes name more than anybody holds in memory here.
    if (count > 4 || at + 1 + count > this.end) {
      throw new DerProblem("a length is too long", at);
    }
    let length = 0;
    for (let index = 1; index <= count; index += 1) {
      length = length * 256 + (this.bytes[at + index] ?? 0);
    }
    if (length < 0x80 || length < 256 ** (count - 1)) {
      throw new DerProblem("a length is not in its shortest form", at);
    }
    return { length, contentStart: at + 1 + count };
  }
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, "0")}`;
}
