/**
 * Decodes a pickle stream that is nothing but data: the small streams around the storages of PyTorch's
 * older layouts. Anything that calls, builds or resolves is refused, for that is no such stream.
 *
 * Text that Python 2 wrote as bytes is read as Latin-1, as loaders do that are told nothing else.
 */

import { latin1, readRange } from "../bytes/read.ts";
import { disassemble } from "../codecs/pickle/disassemble.ts";
import type { Instruction } from "../codecs/pickle/disassemble.ts";
import { decodeLiteral } from "../codecs/pickle/literals.ts";
import { OP } from "../codecs/pickle/opcodes.ts";
import type { RandomSource } from "../kernel/source.ts";

/** A name that a stream mentions without using it. */
export class PlainName {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PlainName
  | PlainValue[]
  | Map<PlainValue, PlainValue>;

/** Values at most: the largest lists of storage keys have some thousands. */
const MOST_VALUES = 2 ** 21;
const LONGEST_OPERAND = 2 ** 16;

export interface PlainStream {
  readonly value: PlainValue;
  /** After STOP. */
  readonly end: number;
}

/** The stream that starts at `start`; undefined where it is not plain data, too large, or not over before `end`. */
export function readPlainPickle(
  source: RandomSource,
  start: number,
  end: number,
): PlainStream | undefined {
  const stack = new PlainStack();
  let count = 0;
  for (const instruction of disassemble(source, start, end)) {
    count += 1;
    if (instruction.code === OP.STOP) {
      const value = stack.values.at(-1);
      return value === undefined ? undefined : { value, end: instruction.end };
    }
    if (count > MOST_VALUES || !step(stack, instruction, source)) {
      return undefined;
    }
  }
  return undefined;
}

class PlainStack {
  readonly values: PlainValue[] = [];
  readonly marks: number[] = [];
  readonly memo = new Map<number, PlainValue>();

  push(value: PlainValue): true {
    this.values.push(value);
    return true;
  }

  /** Everything above the last mark; undefined where there is none. */
  takeMarked(): PlainValue[] | undefined {
    const mark = this.marks.pop();
    return mark === undefined ? undefined : this.values.splice(mark);
  }

  /** The last `count` values; undefined where there are fewer. */
  take(count: number): PlainValue[] | undefined {
    return this.values.length < count ? undefined : this.values.splice(this.values.length - count);
  }
}

/** Executes one instruction; false where it is none of those that plain data needs. */
function step(stack: PlainStack, instruction: Instruction, source: RandomSource): boolean {
  const { code, operand } = instruction;
  switch (code) {
    case OP.PROTO:
    case OP.FRAME:
      return true;
    case OP.MARK:
      stack.marks.push(stack.values.length);
      return true;
    case OP.NONE:
      return stack.push(null);
    case OP.NEWTRUE:
    case OP.NEWFALSE:
      return stack.push(code === OP.NEWTRUE);
    case OP.BININT:
    case OP.BININT1:
    case OP.BININT2:
    case OP.BINFLOAT:
      return operand.kind === "number" && stack.push(operand.value);
    case OP.EMPTY_DICT:
      return stack.push(new Map());
    case OP.EMPTY_LIST:
    case OP.EMPTY_TUPLE:
      return stack.push([]);
    case OP.GLOBAL:
      return (
        operand.kind === "ranges" &&
        stack.push(
          new PlainName(
            latin1(readRange(source, operand.start, operand.end)),
            latin1(readRange(source, operand.start2, operand.end2)),
          ),
        )
      );
    case OP.STACK_GLOBAL:
      return pushName(stack);
    default:
      return (
        collect(stack, code) ||
        remember(stack, instruction, source) ||
        literal(stack, instruction, source)
      );
  }
}

function pushName(stack: PlainStack): boolean {
  const [module, name] = stack.take(2) ?? [];
  return (
    typeof module === "string" &&
    typeof name === "string" &&
    stack.push(new PlainName(module, name))
  );
}

/** Tuples, lists and dicts, and what is put into them. */
function collect(stack: PlainStack, code: number): boolean {
  switch (code) {
    case OP.TUPLE1:
    case OP.TUPLE2:
    case OP.TUPLE3: {
      const items = stack.take(code - OP.TUPLE1 + 1);
      return items !== undefined && stack.push(items);
    }
    case OP.TUPLE:
    case OP.LIST: {
      const items = stack.takeMarked();
      return items !== undefined && stack.push(items);
    }
    case OP.DICT: {
      const items = stack.takeMarked();
      return items !== undefined && stack.push(new Map()) && setItems(stack, items);
    }
    case OP.APPEND:
      return appendItems(stack, stack.take(1));
    case OP.APPENDS:
      return appendItems(stack, stack.takeMarked());
    case OP.SETITEM:
      return setItems(stack, stack.take(2));
    case OP.SETITEMS:
      return setItems(stack, stack.takeMarked());
    default:
      return false;
  }
}

function appendItems(stack: PlainStack, items: readonly PlainValue[] | undefined): boolean {
  const list = stack.values.at(-1);
  if (items === undefined || !Array.isArray(list)) {
    return false;
  }
  for (const item of items) {
    list.push(item);
  }
  return true;
}

function setItems(stack: PlainStack, items: readonly PlainValue[] | undefined): boolean {
  const map = stack.values.at(-1);
  if (items === undefined || !(map instanceof Map) || items.length % 2 !== 0) {
    return false;
  }
  for (let index = 0; index < items.length; index += 2) {
    map.set(items[index] ?? null, items[index + 1] ?? null);
  }
  return true;
}

/** The memo. */
function remember(
  stack: PlainStack,
  { code, operand }: Instruction,
  source: RandomSource,
): boolean {
  const top = stack.values.at(-1);
  const key = operand.kind === "range" ? lineNumber(source, operand) : operandNumber(operand);
  switch (code) {
    case OP.MEMOIZE:
      return top !== undefined && stack.memo.set(stack.memo.size, top).size > 0;
    case OP.PUT:
    case OP.BINPUT:
    case OP.LONG_BINPUT:
      return top !== undefined && stack.memo.set(key, top).size > 0;
    case OP.GET:
    case OP.BINGET:
    case OP.LONG_BINGET: {
      const value = stack.memo.get(key);
      return value !== undefined && stack.push(value);
    }
    default:
      return false;
  }
}

function operandNumber(operand: Instruction["operand"]): number {
  return operand.kind === "number" ? operand.value : -1;
}

function lineNumber(source: RandomSource, { start, end }: { start: number; end: number }): number {
  const text = end - start > 20 ? "" : latin1(readRange(source, start, end));
  return /^[0-9]+$/.test(text) ? Number(text) : -1;
}

function literal(stack: PlainStack, { code, operand }: Instruction, source: RandomSource): boolean {
  if (operand.kind !== "range" || operand.end - operand.start > LONGEST_OPERAND) {
    return false;
  }
  const decoded = decodeLiteral(readRange(source, operand.start, operand.end), code);
  switch (decoded.kind) {
    case "int":
      return decoded.value !== undefined && stack.push(normalized(decoded.value));
    case "str8":
      return stack.push(latin1(decoded.value));
    case "invalid":
      return false;
    default:
      return code !== OP.PERSID && stack.push(decoded.value);
  }
}

function normalized(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
