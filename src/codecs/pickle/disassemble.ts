/**
 * Disassembler for pickle streams, protocols 0 to 5 (reference: CPython's `pickletools`). It is as
 * lenient as the union of CPython's C reader, its Python reader, `pickletools` and torch's restricted
 * reader, so that no reader sees an instruction that this one does not.
 *
 * Framing is deliberately not followed: a FRAME never moves the position of any reader, it can only
 * make some of them stop. Operands are not decoded here (`literals.ts` does that) and large ones are
 * never copied: they are ranges of the source.
 */

import { MemorySource } from "../../bytes/memory-source.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { OP, OPCODES } from "./opcodes.ts";
import type { Opcode } from "./opcodes.ts";

/** What follows an opcode. Positions are absolute in the source, `end` is exclusive. */
export type Operand =
  | { readonly kind: "none" }
  /** Fixed size. Unsigned 64-bit values are exact up to 2^53 and never below 2^53 for larger ones. */
  | { readonly kind: "number"; readonly value: number }
  /** A line without its line feed, or counted bytes without their count. */
  | { readonly kind: "range"; readonly start: number; readonly end: number }
  /** Two lines: module and name of GLOBAL and INST. */
  | {
      readonly kind: "ranges";
      readonly start: number;
      readonly end: number;
      readonly start2: number;
      readonly end2: number;
    };

export interface Instruction {
  /** Of the opcode's byte. */
  readonly offset: number;
  /** Of the next instruction. */
  readonly end: number;
  readonly code: number;
  readonly operand: Operand;
  /**
   * Set where the last line of the source has no line feed. CPython's C reader refuses it, its Python
   * reader cuts the last byte instead and goes on; the range is as that one sees it.
   */
  readonly unterminated?: true;
}

export interface DisassembleEnd {
  /** `complete`: a STOP. `truncated`: no more bytes. `damaged`: no reader knows how to go on. */
  readonly status: "complete" | "truncated" | "damaged";
  /** After the STOP; else of the first instruction that is not there or that nobody can read. */
  readonly position: number;
  /** What is wrong, as half a sentence. */
  readonly detail?: string;
}

const WINDOW = 1024 * 1024;
const LINE_FEED = 0x0a;
const NONE: Operand = { kind: "none" };

/** A piece of the source in memory: all of it where it is there already, else 1 MiB that moves. */
class Window {
  readonly end: number;
  readonly #source: RandomSource;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #from = 0;
  #to: number;

  constructor(source: RandomSource, end: number) {
    const inMemory = source instanceof MemorySource;
    this.end = end;
    this.#source = source;
    // Cut, so that no search looks past the end.
    this.#bytes = inMemory ? source.bytes.subarray(0, end) : new Uint8Array(Math.min(WINDOW, end));
    this.#view = viewOf(this.#bytes);
    this.#to = inMemory ? end : 0;
  }

  /** Makes `count` (at most 8) bytes at `position` readable; false where the source ends before. */
  has(position: number, count: number): boolean {
    return (
      (position >= this.#from && position + count <= this.#to) || this.#load(position) >= count
    );
  }

  byte(position: number): number {
    return this.#view.getUint8(position - this.#from);
  }

  number(position: number, kind: string): number {
    const at = position - this.#from;
    switch (kind) {
      case "u1":
        return this.#view.getUint8(at);
      case "u2":
        return this.#view.getUint16(at, true);
      case "u4":
        return this.#view.getUint32(at, true);
      case "i4":
        return this.#view.getInt32(at, true);
      case "f8":
        return this.#view.getFloat64(at, false);
      default:
        return Number(this.#view.getBigUint64(at, true));
    }
  }

  /** Position of the next line feed; -1 where there is none. */
  lineFeed(position: number): number {
    let at = position;
    while (this.has(at, 1)) {
      const found = this.#bytes.indexOf(LINE_FEED, at - this.#from);
      // Past `to` are left-overs of an earlier window.
      if (found !== -1 && this.#from + found < this.#to) {
        return this.#from + found;
      }
      at = this.#to;
    }
    return -1;
  }

  #load(position: number): number {
    const wanted = Math.min(this.end - position, WINDOW);
    if (wanted <= 0 || this.#source instanceof MemorySource) {
      return wanted;
    }
    const count = this.#source.readIntoSync(this.#bytes.subarray(0, wanted), position);
    this.#from = position;
    this.#to = position + count;
    return count;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const FIXED: Readonly<Record<string, number>> = { u1: 1, u2: 2, i4: 4, u4: 4, u8: 8, f8: 8 };
const COUNTS: Readonly<Record<string, readonly [size: number, kind: string]>> = {
  counted1: [1, "u1"],
  counted4: [4, "u4"],
  countedI4: [4, "i4"],
  counted8: [8, "u8"],
};

type Step = Instruction | DisassembleEnd;

function truncated(position: number, detail: string): DisassembleEnd {
  return { status: "truncated", position, detail };
}

function readFixed(window: Window, offset: number, opcode: Opcode, size: number): Step {
  if (!window.has(offset + 1, size)) {
    return truncated(offset, `${opcode.name} needs ${size} more bytes`);
  }
  const value = window.number(offset + 1, opcode.operand);
  return { offset, end: offset + 1 + size, code: opcode.code, operand: { kind: "number", value } };
}

function readCounted(window: Window, offset: number, opcode: Opcode): Step {
  const [size, kind] = COUNTS[opcode.operand] ?? [0, "u1"];
  if (!window.has(offset + 1, size)) {
    return truncated(offset, `${opcode.name} needs a count`);
  }
  const count = window.number(offset + 1, kind);
  if (count < 0) {
    return { status: "damaged", position: offset, detail: `${opcode.name} counts ${count} bytes` };
  }
  const start = offset + 1 + size;
  const end = start + count;
  if (end > window.end) {
    return truncated(
      offset,
      `${opcode.name} counts ${count} bytes, ${window.end - start} are left`,
    );
  }
  return { offset, end, code: opcode.code, operand: { kind: "range", start, end } };
}

/** The end of a line that starts at `start`, or how a reader without line feed would see it. */
function lineEnd(window: Window, start: number): { end: number; next: number; open: boolean } {
  const found = window.lineFeed(start);
  return found === -1
    ? { end: Math.max(start, window.end - 1), next: window.end, open: true }
    : { end: found, next: found + 1, open: false };
}

function readLines(window: Window, offset: number, opcode: Opcode): Step {
  const start = offset + 1;
  const first = lineEnd(window, start);
  const { code } = opcode;
  if (opcode.operand === "line") {
    const operand: Operand = { kind: "range", start, end: first.end };
    return first.open
      ? { offset, end: first.next, code, operand, unterminated: true }
      : { offset, end: first.next, code, operand };
  }
  const second = lineEnd(window, first.next);
  const operand: Operand = {
    kind: "ranges",
    start,
    end: first.end,
    start2: Math.min(first.next, second.end),
    end2: second.end,
  };
  return second.open
    ? { offset, end: second.next, code, operand, unterminated: true }
    : { offset, end: second.next, code, operand };
}

function step(window: Window, offset: number): Step {
  if (!window.has(offset, 1)) {
    return truncated(offset, "the stream has no STOP");
  }
  const code = window.byte(offset);
  const opcode = OPCODES[code];
  if (opcode === undefined) {
    const detail = `0x${code.toString(16).padStart(2, "0")} is not an opcode`;
    return { status: "damaged", position: offset, detail };
  }
  switch (opcode.operand) {
    case "none":
      return { offset, end: offset + 1, code, operand: NONE };
    case "line":
    case "lines2":
      return readLines(window, offset, opcode);
    case "counted1":
    case "counted4":
    case "countedI4":
    case "counted8":
      return readCounted(window, offset, opcode);
    default:
      return readFixed(window, offset, opcode, FIXED[opcode.operand] ?? 0);
  }
}

/**
 * Yields the instructions of one stream, in order, up to and including its STOP.
 *
 * Memory is one window of 1 MiB (none where the source is in memory), time is linear. Never throws
 * because of content.
 *
 * @param source the bytes; what the source cannot give any more counts as its end.
 * @param start position of the first opcode.
 * @param end bytes from here on do not belong to the stream; the source's size unless stated.
 * @returns how and where the stream ended.
 */
export function* disassemble(
  source: RandomSource,
  start: number,
  end: number = source.size,
): Generator<Instruction, DisassembleEnd, void> {
  const window = new Window(source, Math.min(end, source.size));
  let position = start;
  while (true) {
    const next = step(window, position);
    if ("status" in next) {
      return next;
    }
    yield next;
    position = next.end;
    if (next.code === OP.STOP) {
      return { status: "complete", position };
    }
  }
}
