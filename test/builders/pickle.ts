/**
 * Assembles pickle streams: every opcode by name, with helpers for what samples need most. It writes
 * what it is told, sound or not; nothing here ever loads a pickle.
 *
 * `pickle().proto(4).call("os", "system", "touch wb_canary").done()`
 */

import { OP, OPCODES } from "../../src/codecs/pickle/opcodes.ts";
import type { OpcodeName, OperandKind } from "../../src/codecs/pickle/opcodes.ts";

/** What `value()` writes; a tuple is `tuple(…)`, a call `called(…)`, anything else `written(…)`. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | ReadonlyMap<PickleValue, PickleValue>
  | Writer;

/** A value that writes itself. */
export class Writer {
  readonly write: (builder: PickleBuilder) => void;

  constructor(write: (builder: PickleBuilder) => void) {
    this.write = write;
  }
}

export function written(write: (builder: PickleBuilder) => void): Writer {
  return new Writer(write);
}

export function tuple(...items: readonly PickleValue[]): Writer {
  return written((builder) => builder.tuple(...items));
}

/** A reference to a name: `global("os", "system")`. */
export function global(module: string, name: string): Writer {
  return written((builder) => builder.global(module, name));
}

/** The result of a call. */
export function called(module: string, name: string, ...args: readonly PickleValue[]): Writer {
  return written((builder) => builder.call(module, name, ...args));
}

/** Bytes of a string as they are in a stream; characters above U+00FF as UTF-8. */
function bytesOf(value: string | Uint8Array, encoding: "latin1" | "utf8" = "utf8"): Buffer {
  return typeof value === "string" ? Buffer.from(value, encoding) : Buffer.from(value);
}

const COUNT_BYTES: Partial<Record<OperandKind, number>> = {
  counted1: 1,
  counted4: 4,
  countedI4: 4,
  counted8: 8,
};
const FIXED_BYTES: Partial<Record<OperandKind, number>> = { u1: 1, u2: 2, i4: 4, u4: 4, u8: 8 };

/** A number in little-endian order, cut to `size` bytes. */
export function littleEndian(value: number | bigint, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(0, size);
}

/** The shortest two's complement of an integer, as LONG1 has it. */
export function twosComplement(value: bigint): Buffer {
  if (value === 0n) {
    return Buffer.alloc(0);
  }
  let size = 1;
  while (BigInt.asIntN(8 * size, value) !== value) {
    size += 1;
  }
  const hex = BigInt.asUintN(8 * size, value)
    .toString(16)
    .padStart(2 * size, "0");
  return Buffer.from(hex, "hex").reverse();
}

export class PickleBuilder {
  readonly #parts: Buffer[] = [];
  #size = 0;
  #protocol = 0;

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Appends anything; text as Latin-1. */
  raw(...parts: readonly (string | Uint8Array | readonly number[])[]): this {
    for (const part of parts) {
      const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part);
      this.#parts.push(bytes);
      this.#size += bytes.length;
    }
    return this;
  }

  /**
   * One opcode. Operands of fixed size are numbers; lines take text without line feed (two for GLOBAL
   * and INST); counted ones take bytes or UTF-8 text, whose count is written before them.
   */
  op(name: OpcodeName, ...operand: readonly (number | bigint | string | Uint8Array)[]): this {
    const kind = OPCODES[OP[name]]?.operand ?? "none";
    const [first = ""] = operand;
    this.raw([OP[name]]);
    if (kind === "line" || kind === "lines2") {
      return this.raw(...operand.map((line) => Buffer.from(`${asText(line)}\n`, "latin1")));
    }
    if (kind === "f8") {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(Number(first));
      return this.raw(bytes);
    }
    const fixed = FIXED_BYTES[kind];
    if (fixed !== undefined) {
      return this.raw(littleEndian(typeof first === "bigint" ? first : Number(first), fixed));
    }
    const count = COUNT_BYTES[kind];
    if (count !== undefined) {
      const bytes = typeof first === "object" ? Buffer.from(first) : bytesOf(String(first));
      return this.raw(littleEndian(bytes.length, count), bytes);
    }
    return this;
  }

  /** Opcodes without operands, in turn. */
  ops(...names: readonly OpcodeName[]): this {
    for (const name of names) {
      this.op(name);
    }
    return this;
  }

  /** PROTO; from 4 on, `global()` uses STACK_GLOBAL. */
  proto(version: number): this {
    this.#protocol = version;
    return this.op("PROTO", version);
  }

  /** A name: GLOBAL below protocol 4, STACK_GLOBAL from there on. */
  global(module: string, name: string): this {
    return this.#protocol >= 4
      ? this.stackGlobal(module, name)
      : this.op("GLOBAL", bytesOf(module), bytesOf(name));
  }

  /** A name by STACK_GLOBAL, whatever its operands are. */
  stackGlobal(module: PickleValue, name: PickleValue): this {
    return this.value(module).value(name).op("STACK_GLOBAL");
  }

  /** A tuple by the shortest opcode that the protocol has. */
  tuple(...items: readonly PickleValue[]): this {
    if (items.length === 0) {
      return this.op("EMPTY_TUPLE");
    }
    if (items.length <= 3 && this.#protocol >= 2) {
      return this.values(...items).op((["TUPLE1", "TUPLE2", "TUPLE3"] as const)[items.length - 1]!);
    }
    return this.op("MARK")
      .values(...items)
      .op("TUPLE");
  }

  /** `module.name(*args)` by REDUCE. */
  call(module: string, name: string, ...args: readonly PickleValue[]): this {
    return this.global(module, name).reduce(...args);
  }

  /** Calls what is on top of the stack. */
  reduce(...args: readonly PickleValue[]): this {
    return this.tuple(...args).op("REDUCE");
  }

  /** BUILD of what is on top of the stack. */
  build(state: PickleValue): this {
    return this.value(state).op("BUILD");
  }

  memoize(): this {
    return this.op("MEMOIZE");
  }

  put(slot: number): this {
    return slot < 256 ? this.op("BINPUT", slot) : this.op("LONG_BINPUT", slot);
  }

  get(slot: number): this {
    return slot < 256 ? this.op("BINGET", slot) : this.op("LONG_BINGET", slot);
  }

  /** FRAME with the length of what `write` writes, or with `claimed`. */
  framed(write: (builder: PickleBuilder) => void, claimed?: number | bigint): this {
    const inner = new PickleBuilder();
    inner.#protocol = this.#protocol;
    write(inner);
    return this.op("FRAME", claimed ?? inner.size).raw(inner.bytes());
  }

  values(...values: readonly PickleValue[]): this {
    for (const value of values) {
      this.value(value);
    }
    return this;
  }

  /** Any value, as Python's pickler would write it without its memo. */
  value(value: PickleValue): this {
    if (value === null) {
      return this.op("NONE");
    }
    switch (typeof value) {
      case "boolean":
        return this.op(value ? "NEWTRUE" : "NEWFALSE");
      case "string":
        return this.#text(value);
      case "bigint":
        return this.op("LONG1", twosComplement(value));
      case "number":
        return this.#number(value);
      default:
        return this.#object(value);
    }
  }

  #text(value: string): this {
    const bytes = bytesOf(value);
    return this.#protocol >= 4 && bytes.length < 256
      ? this.op("SHORT_BINUNICODE", bytes)
      : this.op("BINUNICODE", bytes);
  }

  #number(value: number): this {
    if (!Number.isInteger(value)) {
      return this.op("BINFLOAT", value);
    }
    if (value >= 0 && value < 256) {
      return this.op("BININT1", value);
    }
    return Math.abs(value) < 2 ** 31 ? this.op("BININT", value) : this.value(BigInt(value));
  }

  #object(value: Exclude<PickleValue, null | boolean | number | bigint | string>): this {
    if (value instanceof Writer) {
      value.write(this);
      return this;
    }
    if (value instanceof Uint8Array) {
      return this.op(value.length < 256 ? "SHORT_BINBYTES" : "BINBYTES", value);
    }
    if (value instanceof Map) {
      const pairs = [...(value as ReadonlyMap<PickleValue, PickleValue>)].flat();
      return this.ops("EMPTY_DICT", "MARK")
        .values(...pairs)
        .op("SETITEMS");
    }
    return this.ops("EMPTY_LIST", "MARK")
      .values(...(value as readonly PickleValue[]))
      .op("APPENDS");
  }

  stop(): this {
    return this.op("STOP");
  }

  /** What was written so far. */
  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** Writes STOP and gives everything. */
  done(): Buffer {
    return this.stop().bytes();
  }
}

function asText(line: number | bigint | string | Uint8Array): string {
  return typeof line === "object" ? Buffer.from(line).toString("latin1") : String(line);
}

/** An empty stream. */
export function pickle(): PickleBuilder {
  return new PickleBuilder();
}
