/**
 * Where readers disagree about the text operands of protocols 0 and 1: number bases, blanks,
 * underscores, bytes above 0x7f. All of it is legal for somebody, which is why it is used to make
 * scanners stop before a payload that a loader reaches.
 */

import { isAscii } from "node:buffer";

import type { ByteWindow } from "../../bytes/window.ts";
import { latin1 } from "../../bytes/read.ts";
import { literalReadings } from "../../codecs/pickle/literals.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import type { OperandSlot } from "./operand.ts";
import { READER } from "./readers.ts";

export interface TextStop {
  /** Bits of the readers that stop. */
  readonly readers: number;
  readonly reason: string;
}

// Longer ones are refused by readers since CPython 3.10.7 or are strings, whose middle changes nothing.
const MAX_LOOKED_AT = 64 * 1024;

// What Python's int() takes in base 10, which is all that pickletools tries.
const DECIMAL = /^\s*[+-]?\d+(?:_\d+)*\s*$/;

/** The readers that a text operand stops; undefined where it stops none. */
export function stoppedByText(
  code: number,
  slot: OperandSlot,
  window: ByteWindow,
): TextStop | undefined {
  const first = stoppedBy(code, copyOf(window, slot.start, slot.end));
  if (first !== undefined || (code !== OP.GLOBAL && code !== OP.INST)) {
    return first;
  }
  return stoppedBy(code, copyOf(window, slot.start2, slot.end2));
}

function copyOf(window: ByteWindow, start: number, end: number): Uint8Array {
  return window.copy(start, Math.min(end, start + MAX_LOOKED_AT));
}

function stoppedBy(code: number, bytes: Uint8Array): TextStop | undefined {
  const { c, python } = literalReadings(bytes, code);
  const readers =
    (c.kind === "invalid" ? READER.C : 0) |
    (python.kind === "invalid" ? READER.PYTHON : 0) |
    (toolsAccept(code, bytes, python.kind !== "invalid") ? 0 : READER.TOOLS);
  return readers === 0
    ? undefined
    : { readers, reason: REASONS[code] ?? "an operand is not valid" };
}

function toolsAccept(code: number, bytes: Uint8Array, pythonAccepts: boolean): boolean {
  switch (code) {
    case OP.INT:
    case OP.GET:
    case OP.PUT:
      return DECIMAL.test(latin1(bytes));
    case OP.LONG:
      return DECIMAL.test(latin1(bytes).replace(/L$/, ""));
    case OP.FLOAT:
      return pythonAccepts;
    case OP.STRING:
    case OP.GLOBAL:
    case OP.INST:
    case OP.PERSID:
      return isAscii(bytes);
    default:
      return true;
  }
}

const REASONS: Readonly<Record<number, string>> = {
  [OP.INT]: "an integer is written in a way that not every reader takes",
  [OP.LONG]: "an integer is written in a way that not every reader takes",
  [OP.FLOAT]: "a float is written in a way that not every reader takes",
  [OP.STRING]: "a string in text is not plain quoted ASCII",
  [OP.UNICODE]: "a text has an escape that is cut off",
  [OP.GET]: "a memo index is not a decimal number",
  [OP.PUT]: "a memo index is not a decimal number",
  [OP.PERSID]: "a persistent id in text is not ASCII",
  [OP.GLOBAL]: "a name is not ASCII",
  [OP.INST]: "a name is not ASCII",
};
