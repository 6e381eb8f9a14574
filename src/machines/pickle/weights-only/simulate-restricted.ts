/**
 * Follows one pickle stream as torch's restricted unpickler (`torch/_weights_only_unpickler.py`) does
 * and says whether it would go through. Nothing is executed, nothing is looked up outside the data
 * file with the allowed names; bytes of tensors are only read to check the indices of sparse ones.
 *
 * Deliberately not followed, and therefore rejected: codecs other than Latin-1, ASCII and UTF-8,
 * tensors or storages as plain Python sequences, streams of more than some million objects.
 */

import { disassemble } from "../../../codecs/pickle/disassemble.ts";
import type { Instruction } from "../../../codecs/pickle/disassemble.ts";
import { OPCODES, OP } from "../../../codecs/pickle/opcodes.ts";
import type { RandomSource } from "../../../kernel/source.ts";
import { call, create } from "./calls.ts";
import { persistentLoad } from "./persistent.ts";
import type { StorageUses } from "./persistent.ts";
import { OperandReader } from "./operand-reader.ts";
import { Refusal, refuse } from "./refusal.ts";
import { RestrictedStack } from "./restricted-stack.ts";
import { build } from "./state.ts";
import { Mapping, Sequence, isKind, sequenceOf, typeName } from "./values.ts";
import type { TensorObject, Value } from "./values.ts";

/** What surrounds the stream. */
export interface RestrictedEnvironment {
  /** Whether storages follow the pickles in the same file, as before torch 1.6. */
  readonly legacy: boolean;
  /** Whether this stream may name storages; the small ones of the legacy layout may not. */
  readonly storages: boolean;
  /**
   * Size in bytes of the record of a storage (the member `data/<key>`), or half a sentence why there
   * is none. Not asked where `legacy` is set.
   */
  storageSize(key: string): number | string;
  /** How many values are kept before the stream is given up and rejected; 2 Mi unless stated. */
  readonly maxValues?: number;
  /** How many items of a list are kept; some hundred unless stated. */
  readonly keptItems?: number;
  /** Stop with `undecided` after this many instructions; no bound unless stated. */
  readonly maxInstructions?: number;
}

export type RestrictedResult =
  | {
      readonly status: "accepted";
      /** What the stream leaves on top of the stack. */
      readonly value: Value;
      /** After the STOP. */
      readonly end: number;
      readonly storages: StorageUses;
      /** To be checked by `validateSparse` once the storages are there. */
      readonly sparse: readonly TensorObject[];
    }
  /** `end`: the instruction that torch does not get past. The reason is one sentence. */
  | { readonly status: "rejected"; readonly reason: string; readonly end: number }
  | { readonly status: "undecided"; readonly end: number };

/** An environment of streams that must not name storages. */
export const NO_STORAGES: RestrictedEnvironment = {
  legacy: true,
  storages: false,
  storageSize: () => "no storages",
};

class Machine {
  readonly stack: RestrictedStack;
  readonly storages: StorageUses = new Map();
  readonly sparse: TensorObject[] = [];
  readonly operands: OperandReader;
  readonly source: RandomSource;
  readonly environment: RestrictedEnvironment;
  protocol = 0;

  constructor(source: RandomSource, environment: RestrictedEnvironment) {
    this.stack = new RestrictedStack(environment.maxValues);
    this.operands = new OperandReader(source);
    this.source = source;
    this.environment = environment;
  }
}

type Step = (machine: Machine, instruction: Instruction) => void;

function numberOf(instruction: Instruction): number {
  return instruction.operand.kind === "number" ? instruction.operand.value : 0;
}

function pushFixed(make: () => Value): Step {
  return ({ stack }) => {
    stack.push(make());
  };
}

function pushNumber(machine: Machine, instruction: Instruction): void {
  machine.stack.push(numberOf(instruction));
}

function pushContainer(make: () => Value): Step {
  return ({ stack }) => {
    stack.charge(0);
    stack.push(make());
  };
}

/** BINUNICODE, and SHORT_BINSTRING, which torch.load decodes as UTF-8. */
function pushText({ stack, operands }: Machine, { operand, code }: Instruction): void {
  if (operand.kind !== "range") {
    return;
  }
  const { start, end } = operand;
  if (stack.keepsText(end - start)) {
    stack.push(operands.text(start, end, code === OP.SHORT_BINSTRING));
  } else {
    stack.charge(1);
    stack.push(operands.longText(start, end));
  }
}

function tupleOf(count: number): Step {
  return ({ stack }) => {
    pushTuple(stack, stack.take(count));
  };
}

function pushTuple(stack: RestrictedStack, items: readonly Value[]): void {
  const tuple = sequenceOf("tuple", items);
  stack.charge(tuple.items.length);
  stack.push(tuple);
}

function append(stack: RestrictedStack, items: readonly Value[]): void {
  const list = stack.top();
  if (!isKind(list, "sequence") || list.type !== "list") {
    refuse(`a ${typeName(list)} cannot be appended to, only a list can`);
  }
  const before = list.items.length;
  for (const item of items) {
    list.push(item);
  }
  stack.chargeCells(list, before);
}

function setItems(stack: RestrictedStack, items: readonly Value[]): void {
  const mapping = stack.top();
  if (!(mapping instanceof Mapping)) {
    refuse(`a ${typeName(mapping)} cannot take items, only a dict, OrderedDict or Counter can`);
  }
  const before = mapping.entries.length;
  for (let index = 0; index < items.length; index += 2) {
    const value = items[index + 1];
    if (value === undefined) {
      refuse("SETITEMS has a key without a value");
    }
    mapping.set(items[index] ?? null, value);
  }
  stack.chargeCells(mapping, before);
}

function reduce(machine: Machine): void {
  const { stack } = machine;
  const args = stack.pop();
  const result = call(stack.top(), args, machine);
  stack.charge(keptCells(result));
  stack.replaceTop(result);
}

function newObject(machine: Machine): void {
  const { stack } = machine;
  const args = stack.pop();
  const result = create(stack.pop(), args, machine);
  stack.charge(keptCells(result));
  stack.push(result);
}

function keptCells(value: Value): number {
  if (value instanceof Sequence) {
    return value.items.length;
  }
  return value instanceof Mapping ? value.entries.length : 4;
}

function persistentId(machine: Machine): void {
  const { stack, environment, storages } = machine;
  const id = stack.pop();
  if (!environment.storages) {
    refuse("a persistent id stands where the file has none");
  }
  stack.charge(4);
  stack.push(persistentLoad(id, storages, environment));
}

const STEPS: ReadonlyMap<number, Step> = new Map<number, Step>([
  [OP.PROTO, (machine, instruction) => void (machine.protocol = numberOf(instruction))],
  [OP.GLOBAL, ({ stack, operands }, { operand }) => stack.push(operands.global(operand))],
  [OP.NONE, pushFixed(() => null)],
  [OP.NEWTRUE, pushFixed(() => true)],
  [OP.NEWFALSE, pushFixed(() => false)],
  [OP.EMPTY_TUPLE, pushContainer(() => new Sequence("tuple"))],
  [
    OP.EMPTY_LIST,
    ({ stack, environment }) => {
      stack.charge(0);
      stack.push(new Sequence("list", environment.keptItems));
    },
  ],
  [OP.EMPTY_DICT, pushContainer(() => new Mapping("dict"))],
  [OP.EMPTY_SET, pushContainer(() => ({ kind: "set", items: new Sequence("list") }))],
  [OP.BININT, pushNumber],
  [OP.BININT1, pushNumber],
  [OP.BININT2, pushNumber],
  [
    OP.BINFLOAT,
    ({ stack }, instruction) => stack.push({ kind: "float", value: numberOf(instruction) }),
  ],
  [OP.BINUNICODE, pushText],
  [OP.SHORT_BINSTRING, pushText],
  [OP.LONG1, ({ stack, operands }, { operand }) => stack.push(operands.long(operand))],
  [OP.MARK, ({ stack }) => stack.mark()],
  [OP.TUPLE, ({ stack }) => pushTuple(stack, stack.popMark())],
  [OP.TUPLE1, tupleOf(1)],
  [OP.TUPLE2, tupleOf(2)],
  [OP.TUPLE3, tupleOf(3)],
  [OP.APPEND, ({ stack }) => append(stack, stack.take(1))],
  [OP.APPENDS, ({ stack }) => append(stack, stack.popMark())],
  [OP.SETITEM, ({ stack }) => setItems(stack, stack.take(2))],
  [OP.SETITEMS, ({ stack }) => setItems(stack, stack.popMark())],
  [OP.BINPUT, ({ stack }, instruction) => stack.put(numberOf(instruction))],
  [OP.LONG_BINPUT, ({ stack }, instruction) => stack.put(numberOf(instruction))],
  [OP.BINGET, ({ stack }, instruction) => stack.get(numberOf(instruction))],
  [OP.LONG_BINGET, ({ stack }, instruction) => stack.get(numberOf(instruction))],
  [OP.REDUCE, reduce],
  [OP.NEWOBJ, newObject],
  [
    OP.BUILD,
    ({ stack }) => {
      const state = stack.pop();
      build(stack.top(), state);
    },
  ],
  [OP.BINPERSID, persistentId],
]);

function unsupported(machine: Machine, instruction: Instruction): never {
  const name = OPCODES[instruction.code]?.name ?? "";
  const of = machine.protocol > 0 ? `protocol ${machine.protocol} ` : "";
  return refuse(`${of}${name} opcode is not supported`);
}

function follow(machine: Machine, start: number): RestrictedResult {
  const { source, environment, storages, sparse } = machine;
  const instructions = disassemble(source, start);
  let left = environment.maxInstructions ?? Infinity;
  let end = start;
  try {
    while (true) {
      const next = instructions.next();
      if (next.done === true) {
        return { status: "rejected", reason: next.value.detail ?? "the pickle is damaged", end };
      }
      const instruction = next.value;
      end = instruction.offset;
      if (left === 0) {
        return { status: "undecided", end };
      }
      left -= 1;
      if (instruction.code === OP.STOP) {
        const value = machine.stack.pop();
        return { status: "accepted", value, end: instruction.end, storages, sparse };
      }
      const step = STEPS.get(instruction.code);
      if (step === undefined) {
        unsupported(machine, instruction);
      }
      step(machine, instruction);
    }
  } catch (error) {
    if (error instanceof Refusal) {
      return { status: "rejected", reason: error.message, end };
    }
    throw error;
  }
}

/**
 * Follows the stream that starts at `start`.
 *
 * Time is linear in its length; memory is bounded by some hundred megabytes for hostile streams and
 * proportional to the number of tensors for real ones. Never throws because of content.
 */
export function simulateRestricted(
  source: RandomSource,
  start: number,
  environment: RestrictedEnvironment,
): RestrictedResult {
  return follow(new Machine(source, environment), start);
}
