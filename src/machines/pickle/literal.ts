/**
 * Decodes literals on demand: a literal value is the position of its opcode, and this reads what
 * stands there, from the window where it can and from the source where it must.
 */

/* oxlint-disable complexity -- one switch over the opcodes */

import type { ByteWindow } from "../../bytes/window.ts";
import { latin1, utf8 } from "../../bytes/read.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import { decodeLiteral } from "../../codecs/pickle/literals.ts";

/** Longest operand that is decoded: no name and no sentence needs more. */
export const LONGEST_DECODED = 1024 * 1024;

/** What is kept of what the window has left: half a megabyte. */
const BLOCK = 4096;
const MOST_BLOCKS = 64;

export type LiteralType = "str" | "bytes" | "int" | "float" | "bool" | "none" | "other";

export interface Operand {
  readonly code: number;
  readonly start: number;
  readonly end: number;
}

const FIXED: Readonly<Record<number, number>> = {
  [OP.BININT1]: 1,
  [OP.BININT2]: 2,
  [OP.BININT]: 4,
  [OP.BINFLOAT]: 8,
  [OP.NONE]: 0,
  [OP.NEWTRUE]: 0,
  [OP.NEWFALSE]: 0,
};

const COUNT_SIZE: Readonly<Record<number, number>> = {
  [OP.SHORT_BINUNICODE]: 1,
  [OP.SHORT_BINSTRING]: 1,
  [OP.SHORT_BINBYTES]: 1,
  [OP.LONG1]: 1,
  [OP.BINUNICODE]: 4,
  [OP.BINBYTES]: 4,
  [OP.BINSTRING]: 4,
  [OP.LONG4]: 4,
  [OP.BINUNICODE8]: 8,
  [OP.BINBYTES8]: 8,
  [OP.BYTEARRAY8]: 8,
};

export class LiteralReader {
  readonly #window: ByteWindow;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(window: ByteWindow) {
    this.#window = window;
  }

  /** Where the operand of the literal at `offset` lies. */
  operand(offset: number): Operand {
    const head = this.#bytes(offset, offset + 9);
    const code = head[0] ?? 0;
    const fixed = FIXED[code];
    if (fixed !== undefined) {
      return { code, start: offset + 1, end: offset + 1 + fixed };
    }
    const countSize = COUNT_SIZE[code];
    if (countSize === undefined) {
      return { code, start: offset + 1, end: this.#lineEnd(offset + 1) };
    }
    let length = 0;
    for (let index = countSize; index >= 1; index -= 1) {
      length = length * 256 + (head[index] ?? 0);
    }
    const start = offset + 1 + countSize;
    return { code, start, end: start + length };
  }

  type(offset: number): LiteralType {
    const { base, length, bytes } = this.#window;
    const index = offset - base;
    // Asked for every argument of every call: most are still in the window.
    const code = index >= 0 && index < length ? bytes[index] : this.#bytes(offset, offset + 1)[0];
    return literalType(code ?? 0);
  }

  /** The string of a text literal; undefined for anything else and for what is too long. */
  text(offset: number): string | undefined {
    const { code, start, end } = this.operand(offset);
    if (end - start > LONGEST_DECODED) {
      return undefined;
    }
    switch (code) {
      case OP.SHORT_BINUNICODE:
      case OP.BINUNICODE:
      case OP.BINUNICODE8: {
        const bytes = this.#bytes(start, end);
        const text = utf8(bytes);
        if (!text.includes("\ufffd")) {
          return text;
        }
        // Readers keep lone surrogates.
        const literal = decodeLiteral(bytes, code);
        return literal.kind === "str" ? literal.value : text;
      }
      case OP.SHORT_BINSTRING:
      case OP.BINSTRING:
        // Readers decode these with the encoding they are given; Latin-1 loses nothing.
        return latin1(this.#bytes(start, end));
      case OP.UNICODE:
      case OP.STRING: {
        const literal = decodeLiteral(this.#bytes(start, end), code);
        if (literal.kind === "str8") {
          return latin1(literal.value);
        }
        return literal.kind === "str" ? literal.value : undefined;
      }
      default:
        return undefined;
    }
  }

  /** The bytes of a bytes literal, or of a Python 2 string. */
  bytes(offset: number): Uint8Array | undefined {
    const { code, start, end } = this.operand(offset);
    if (end - start > LONGEST_DECODED) {
      return undefined;
    }
    switch (code) {
      case OP.SHORT_BINBYTES:
      case OP.BINBYTES:
      case OP.BINBYTES8:
      case OP.BYTEARRAY8:
      case OP.SHORT_BINSTRING:
      case OP.BINSTRING:
        return this.#window.copy(start, end);
      case OP.STRING: {
        const literal = decodeLiteral(this.#bytes(start, end), code);
        return literal.kind === "str8" ? literal.value : undefined;
      }
      default:
        return undefined;
    }
  }

  /** The value of a number, boolean or None literal. */
  scalar(offset: number): number | bigint | boolean | null | undefined {
    const { code, start, end } = this.operand(offset);
    if (code === OP.NONE) {
      return null;
    }
    if (code === OP.NEWTRUE || code === OP.NEWFALSE) {
      return code === OP.NEWTRUE;
    }
    if (end - start > 4096) {
      return undefined;
    }
    const bytes = this.#bytes(start, end);
    switch (code) {
      case OP.BININT1:
        return bytes[0];
      case OP.BININT2:
        return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
      case OP.BININT:
        return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
      case OP.BINFLOAT:
        return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
      case OP.INT:
      case OP.LONG:
      case OP.FLOAT:
      case OP.LONG1:
      case OP.LONG4: {
        const literal = decodeLiteral(bytes, code);
        return literal.kind === "int" || literal.kind === "bool" || literal.kind === "float"
          ? literal.value
          : undefined;
      }
      default:
        return undefined;
    }
  }

  /** Whether a text literal starts with two underscores, without decoding it. */
  startsDunder(offset: number): boolean {
    const { start, end } = this.operand(offset);
    if (end - start < 4) {
      return false;
    }
    const head = this.#bytes(start, Math.min(end, start + 3));
    return (
      (head[0] === 0x5f && head[1] === 0x5f) ||
      // STRING quotes its operand.
      ((head[0] === 0x27 || head[0] === 0x22) && head[1] === 0x5f && head[2] === 0x5f)
    );
  }

  #lineEnd(position: number): number {
    let at = position;
    // Lines are found in pieces, so that looking at an old literal never moves the hot window.
    for (;;) {
      const piece = this.#bytes(at, at + BLOCK);
      if (piece.length === 0) {
        return at;
      }
      const found = piece.indexOf(0x0a);
      if (found !== -1) {
        return at + found;
      }
      at += piece.length;
      if (at - position > LONGEST_DECODED) {
        return at;
      }
    }
  }

  #bytes(start: number, end: number): Uint8Array {
    const { base, length, bytes } = this.#window;
    const from = start - base;
    if (from >= 0 && end - base <= length) {
      return bytes.subarray(from, end - base);
    }
    return end - start <= BLOCK ? this.#far(start, end) : this.#window.copy(start, end);
  }

  /** From outside the window, by blocks: a text that a thousand calls share is read once. */
  #far(start: number, end: number): Uint8Array {
    const index = Math.floor(start / BLOCK);
    let block = this.#blocks.get(index);
    if (block === undefined) {
      if (this.#blocks.size >= MOST_BLOCKS) {
        this.#blocks.clear();
      }
      // Twice the size, so that what starts in a block is in it.
      block = this.#window.copy(index * BLOCK, (index + 2) * BLOCK);
      this.#blocks.set(index, block);
    }
    return block.subarray(start - index * BLOCK, end - index * BLOCK);
  }
}

/** The Python 3 type that an opcode pushes. */
export function literalType(code: number): LiteralType {
  switch (code) {
    case OP.SHORT_BINUNICODE:
    case OP.BINUNICODE:
    case OP.BINUNICODE8:
    case OP.UNICODE:
    case OP.SHORT_BINSTRING:
    case OP.BINSTRING:
    case OP.STRING:
      return "str";
    case OP.SHORT_BINBYTES:
    case OP.BINBYTES:
    case OP.BINBYTES8:
      return "bytes";
    case OP.INT:
    case OP.LONG:
    case OP.LONG1:
    case OP.LONG4:
    case OP.BININT:
    case OP.BININT1:
    case OP.BININT2:
      return "int";
    case OP.FLOAT:
    case OP.BINFLOAT:
      return "float";
    case OP.NEWTRUE:
    case OP.NEWFALSE:
      return "bool";
    case OP.NONE:
      return "none";
    default:
      return "other";
  }
}
