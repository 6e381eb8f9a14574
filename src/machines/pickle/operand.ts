/** Where an opcode's operand lies. One slot is reused for the whole stream: no object per opcode. */

import { utf8 } from "../../bytes/read.ts";
import type { ByteWindow } from "../../bytes/window.ts";
import { OPCODES } from "../../codecs/pickle/opcodes.ts";
import type { OperandKind } from "../../codecs/pickle/opcodes.ts";

/** Longest text that is looked at; readers take longer ones, and nothing sensible writes them. */
const LONGEST_TEXT = 1024 * 1024;

export class OperandSlot {
  /** Position of the operand's content: after a count, the text of a line. */
  start = 0;
  end = 0;
  /** The second line of GLOBAL and INST. */
  start2 = 0;
  end2 = 0;
  /** Fixed-size number. */
  value = 0;
  /** Position of the next opcode; past the size of the source when it is cut off. */
  next = 0;
  line = false;

  /** UTF-8 text of a range, cut at 1 MiB. */
  text(window: ByteWindow, start: number, end: number): string {
    const from = start - window.base;
    const to = Math.min(end, start + LONGEST_TEXT) - window.base;
    return from >= 0 && to <= window.length
      ? utf8(window.bytes, from, to)
      : utf8(window.copy(start, to + window.base));
  }
}

const KINDS: readonly (OperandKind | undefined)[] = OPCODES.map((opcode) => opcode?.operand);

const FIXED = 1;
const COUNTED = 2;
const LINE = 3;
const LINES = 4;

const SHAPE = new Uint8Array(256);
const WIDTH = new Uint8Array(256);
const SIGNED = new Uint8Array(256);
for (const [code, kind] of KINDS.entries()) {
  const counted = kind?.startsWith("counted") === true;
  const shape =
    { line: LINE, lines2: LINES, none: 0 }[kind as string] ?? (counted ? COUNTED : FIXED);
  SHAPE[code] = kind === undefined ? 0 : shape;
  WIDTH[code] = Number(/\d$/.exec(kind ?? "")?.[0] ?? 0);
  SIGNED[code] = kind === "i4" || kind === "countedI4" ? 1 : 0;
}

/**
 * Fills `slot` for the opcode whose operand starts at `position`. `frameEnd` is where a reader loses
 * the rest of a frame: an operand that crosses it is read from there on (CPython's C unpickler on
 * files); infinity for all others.
 */
export function decodeOperand(
  slot: OperandSlot,
  window: ByteWindow,
  code: number,
  position: number,
  frameEnd: number,
): void {
  slot.line = false;
  const shape = SHAPE[code]!;
  if (shape === 0) {
    slot.next = position;
    return;
  }
  if (shape >= LINE) {
    lines(slot, window, position, frameEnd, shape === LINES);
    return;
  }
  const width = WIDTH[code]!;
  const at = piece(position, width, frameEnd);
  const value = readNumber(window, at, width, SIGNED[code] === 1);
  slot.value = value;
  if (shape === FIXED) {
    slot.start = at;
    slot.end = at + width;
  } else {
    // A negative count makes every reader stop; nothing is skipped for it.
    const length = Math.max(0, value);
    slot.start = piece(at + width, length, frameEnd);
    slot.end = slot.start + length;
  }
  slot.next = slot.end;
}

/** Where `length` bytes at `position` are read from. */
function piece(position: number, length: number, frameEnd: number): number {
  return position < frameEnd && position + length > frameEnd ? frameEnd : position;
}

function readNumber(window: ByteWindow, position: number, width: number, signed: boolean): number {
  let bytes = window.bytes;
  let index = position - window.base;
  if (index < 0 || index + width > window.length) {
    bytes = window.copy(position, position + width);
    index = 0;
  }
  if (width === 1) {
    return bytes[index] ?? 0;
  }
  if (width === 2) {
    return (bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8);
  }
  const low =
    (bytes[index] ?? 0) |
    ((bytes[index + 1] ?? 0) << 8) |
    ((bytes[index + 2] ?? 0) << 16) |
    ((bytes[index + 3] ?? 0) << 24);
  if (signed) {
    return low;
  }
  let value = low >>> 0;
  if (width === 8) {
    for (let byte = 7; byte >= 4; byte -= 1) {
      value += (bytes[index + byte] ?? 0) * 2 ** (8 * byte);
    }
  }
  return value;
}

function lines(
  slot: OperandSlot,
  window: ByteWindow,
  position: number,
  frameEnd: number,
  two: boolean,
): void {
  slot.line = true;
  slot.start = position;
  slot.end = line(slot, window, position, frameEnd);
  if (two) {
    slot.start2 = slot.next;
    slot.end2 = slot.next > window.size ? slot.next : line(slot, window, slot.next, frameEnd, true);
  }
}

/** Finds the end of a line, sets `next` behind it, and gives the end of its text. */
function line(
  slot: OperandSlot,
  window: ByteWindow,
  position: number,
  frameEnd: number,
  second = false,
): number {
  let start = position;
  let found = window.findLineFeed(start);
  if (position < frameEnd && (found === -1 || found >= frameEnd)) {
    start = frameEnd === Number.POSITIVE_INFINITY ? position : frameEnd;
    found = start === position ? found : window.findLineFeed(start);
    if (second) {
      slot.start2 = start;
    } else {
      slot.start = start;
    }
  }
  if (found === -1) {
    slot.next = window.size + 1;
    return Math.max(start, window.size - 1);
  }
  slot.next = found + 1;
  return found;
}
