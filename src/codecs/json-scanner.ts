/**
 * JSON as it lies in memory (RFC 8259), one token after another, with byte positions. It takes what the
 * strictest of the usual readers takes: no comments, no NaN, no lone surrogates, no control characters in
 * strings, no number past the range of a double, a bounded depth. It never recurses, and it never throws:
 * the first thing wrong stops it, and is kept. Whether the bytes are UTF-8 is the caller's to check.
 */

import { Buffer } from "node:buffer";

/** Objects and arrays that may lie in one another: as many as serde_json takes. */
export const DEEPEST = 127;
/** Strings in skipped values that are remembered, and from what length on. */
const KEPT_STRINGS = 64;
const LONG_STRING = 24;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** What may stand behind a backslash, other than `u`. */
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));

export interface JsonFailure {
  /** Half a sentence. */
  readonly detail: string;
  readonly at: number;
  /** The text ends where something has to follow. */
  readonly isEnd: boolean;
  readonly isDepth: boolean;
}

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export class JsonScanner {
  readonly bytes: Buffer;
  at = 0;
  failure: JsonFailure | undefined;
  /** The string read last, without its quotes. */
  start = 0;
  end = 0;
  /** It has neither escapes nor characters beyond ASCII. */
  plain = true;
  /** It has escapes. */
  escaped = false;
  /** Long strings in values that were skipped. */
  readonly skipped: TextRange[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Notes what is wrong, once. Always false. */
  fail(detail: string, at = this.at, isDepth = false): false {
    const isEnd = at >= this.bytes.length;
    this.failure ??= { detail: isEnd ? "the text ends too early" : detail, at, isEnd, isDepth };
    return false;
  }

  /** Whether an ASCII word stands at a position. */
  has(word: string, at: number): boolean {
    const { bytes } = this;
    for (let index = 0; index < word.length; index += 1) {
      if (bytes[at + index] !== word.charCodeAt(index)) {
        return false;
      }
    }
    return true;
  }

  /** Skips whitespace and gives the byte that follows, -1 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    let byte = bytes[at] ?? -1;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1;
      byte = bytes[at] ?? -1;
    }
    this.at = at;
    return byte;
  }

  /** Takes one byte of punctuation. */
  take(wanted: number): boolean {
    if (this.peek() !== wanted) {
      return this.fail(`${JSON.stringify(String.fromCharCode(wanted))} is missing`);
    }
    this.at += 1;
    return true;
  }

  /**
   * After an element: true where another one follows, false at the closing bracket, which it takes, and
   * where neither is there.
   */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte === COMMA) {
      this.at += 1;
      return true;
    }
    if (byte === close) {
      this.at += 1;
      return false;
    }
    return this.fail(`neither a comma nor ${JSON.stringify(String.fromCharCode(close))} follows`);
  }

  /** Takes an opening bracket; `empty` when the closing one follows at once. */
  open(bracket: number): "filled" | "empty" | "failed" {
    if (!this.take(bracket)) {
      return "failed";
    }
    // `]` and `}` stand two places behind their opening brackets.
    if (this.peek() === bracket + 2) {
      this.at += 1;
      return "empty";
    }
    return "filled";
  }

  /** Reads a string into `start`, `end` and `plain`. */
  string(): boolean {
    if (this.peek() !== QUOTE) {
      return this.fail("a string is missing");
    }
    const { bytes } = this;
    let at = this.at + 1;
    this.start = at;
    let isAscii = true;
    this.escaped = false;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        break;
      }
      if (byte === undefined || byte < 0x20) {
        return this.fail("a control character in a string", at);
      }
      if (byte === BACKSLASH) {
        this.escaped = true;
        at = this.#escape(at);
        if (at < 0) {
          return false;
        }
      } else {
        isAscii &&= byte < 0x80;
        at += 1;
      }
    }
    this.end = at;
    this.plain = isAscii && !this.escaped;
    this.at = at + 1;
    return true;
  }

  /** Where an escape ends, -1 where it is none. */
  #escape(at: number): number {
    const code = this.bytes[at + 1] ?? 0;
    if (ESCAPES.has(code)) {
      return at + 2;
    }
    const unit = this.#unit(at);
    if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
      this.fail(unit < 0 ? "an escape that does not exist" : "half of a surrogate pair", at);
      return -1;
    }
    if (unit < 0xd800 || unit > 0xdbff) {
      return at + 6;
    }
    const low = this.#unit(at + 6);
    if (low >= 0xdc00 && low <= 0xdfff) {
      return at + 12;
    }
    this.fail("half of a surrogate pair", at);
    return -1;
  }

  /** The number in a `\uXXXX`, -1 where there is none. */
  #unit(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== BACKSLASH || bytes[at + 1] !== 0x75) {
      return -1;
    }
    let unit = 0;
    for (let index = at + 2; index < at + 6; index += 1) {
      const digit = hexDigit(bytes[index]);
      if (digit < 0) {
        return -1;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  /** The text of the string read last. */
  value(start = this.start, end = this.end, plain = this.plain): string {
    if (plain) {
      return this.bytes.toString("latin1", start, end);
    }
    const text = this.bytes.toString("utf8", start, end);
    // Every escape was checked. JSON lets a DEL stand, and nothing else that it would not take.
    return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
  }

  /** Skips a number and gives its text. */
  number(): string | undefined {
    const { bytes } = this;
    const first = this.at;
    let at = first + (bytes[first] === 0x2d ? 1 : 0);
    const digits = (): boolean => {
      const from = at;
      while (isDigit(bytes[at])) {
        at += 1;
      }
      return at > from;
    };
    let isSound = true;
    if (bytes[at] === 0x30) {
      at += 1;
      isSound = !isDigit(bytes[at]);
    } else {
      isSound = digits();
    }
    if (isSound && bytes[at] === 0x2e) {
      at += 1;
      isSound = digits();
    }
    if (isSound && ((bytes[at] ?? 0) | 0x20) === 0x65) {
      at += 1;
      at += bytes[at] === 0x2b || bytes[at] === 0x2d ? 1 : 0;
      isSound = digits();
    }
    const text = this.bytes.toString("latin1", first, at);
    if (!isSound) {
      this.fail("not a value", at);
      return undefined;
    }
    if (!Number.isFinite(Number(text))) {
      this.fail("a number past the range of a double", first);
      return undefined;
    }
    this.at = at;
    return text;
  }

  /** Skips any value that lies inside of `depth` others. */
  skip(depth: number): boolean {
    const closes: number[] = [];
    for (;;) {
      const byte = this.peek();
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (depth + closes.length >= DEEPEST) {
          return this.fail(`values lie more than ${DEEPEST} deep in one another`, this.at, true);
        }
        const opened = this.open(byte);
        if (opened === "filled") {
          closes.push(byte + 2);
          if (byte === OPEN_OBJECT && !this.#key()) {
            return false;
          }
          continue;
        }
        if (opened === "failed") {
          return false;
        }
      } else if (!this.#scalar(byte)) {
        return false;
      }
      if (!this.#leave(closes)) {
        return this.failure === undefined;
      }
    }
  }

  /** After a value: whether another one has to be read. */
  #leave(closes: number[]): boolean {
    for (;;) {
      const close = closes.at(-1);
      if (close === undefined) {
        return false;
      }
      if (this.more(close)) {
        return close !== CLOSE_OBJECT || this.#key();
      }
      if (this.failure !== undefined) {
        return false;
      }
      closes.pop();
    }
  }

  #key(): boolean {
    return this.string() && this.#keep() && this.take(COLON);
  }

  #keep(): true {
    if (this.end - this.start >= LONG_STRING && this.skipped.length < KEPT_STRINGS) {
      this.skipped.push({ start: this.start, end: this.end });
    }
    return true;
  }

  #scalar(byte: number): boolean {
    if (byte === QUOTE) {
      return this.string() && this.#keep();
    }
    for (const word of ["null", "true", "false"]) {
      if (byte === word.charCodeAt(0) && this.has(word, this.at)) {
        this.at += word.length;
        return true;
      }
    }
    return byte === 0x2d || isDigit(byte) ? this.number() !== undefined : this.fail("not a value");
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function hexDigit(byte: number | undefined): number {
  if (isDigit(byte)) {
    return (byte ?? 0) - 0x30;
  }
  const letter = (byte ?? 0) | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

export const PUNCTUATION = {
  comma: COMMA,
  colon: COLON,
  quote: QUOTE,
  openArray: OPEN_ARRAY,
  closeArray: CLOSE_ARRAY,
  openObject: OPEN_OBJECT,
  closeObject: CLOSE_OBJECT,
} as const;
