/**
 * What the opcodes of which most of every pickle consists do, as a table of numbers for loops. One path without a branch can then take them all: which of them comes next is as good as
 * random, and a processor that guesses wrong loses more time than all the rest of the work takes.
 */

import { OP } from "../../codecs/pickle/opcodes.ts";

/** What the fast walk knows of a value; fits into three bits. */
export const PLAIN = { UNSET: 0, LITERAL: 1, LIST: 2, DICT: 3, SET: 4, TUPLE: 5 } as const;

/**
 * An entry is 0 for an opcode that has a branch of its own; otherwise, from the lowest bit: its size
 * (4 bits), what it adds to the depth of the stack and 2 (2), what it leaves on top (3), a mask for what
 * was there to remain (3), and one for a length in the byte behind the opcode (8). The first of the
 * masks is also the one for what the memo gets.
 */
export const GROWTH_SHIFT = 4;
export const RESULT_SHIFT = 6;
export const KEEP_SHIFT = 9;
export const LENGTH_SHIFT = 12;

function entry(size: number, growth: number, result: number, masks = 0): number {
  return size | ((growth + 2) << GROWTH_SHIFT) | (result << RESULT_SHIFT) | masks;
}

function table(): Int32Array {
  const entries = new Int32Array(256);
  for (const [code, size] of [
    [OP.NONE, 1],
    [OP.NEWTRUE, 1],
    [OP.NEWFALSE, 1],
    [OP.BININT1, 2],
    [OP.BININT2, 3],
    [OP.BININT, 5],
    [OP.BINFLOAT, 9],
  ] as const) {
    entries[code] = entry(size, 1, PLAIN.LITERAL);
  }
  for (const code of [OP.SHORT_BINUNICODE, OP.SHORT_BINSTRING, OP.SHORT_BINBYTES]) {
    entries[code] = entry(2, 1, PLAIN.LITERAL, 0xff << LENGTH_SHIFT);
  }
  entries[OP.EMPTY_LIST] = entry(1, 1, PLAIN.LIST);
  entries[OP.EMPTY_DICT] = entry(1, 1, PLAIN.DICT);
  entries[OP.EMPTY_SET] = entry(1, 1, PLAIN.SET);
  entries[OP.EMPTY_TUPLE] = entry(1, 1, PLAIN.TUPLE);
  entries[OP.TUPLE1] = entry(1, 0, PLAIN.TUPLE);
  entries[OP.TUPLE2] = entry(1, -1, PLAIN.TUPLE);
  entries[OP.TUPLE3] = entry(1, -2, PLAIN.TUPLE);
  return entries;
}

/** The table for a memo whose slots were filled in no particular order: MEMOIZE is not in it. */
export const COMMON_UNORDERED = table();

/** Of these, the ones that push a literal. */
export const LITERALS = COMMON_UNORDERED.map((code) =>
  ((code >>> RESULT_SHIFT) & 7) === PLAIN.LITERAL ? code : 0,
);

/** The table for a memo whose slots were filled one after the other, as writers do. */
export const COMMON = COMMON_UNORDERED.slice();
COMMON[OP.MEMOIZE] = entry(1, 0, 0, 7 << KEEP_SHIFT);
