/**
 * Writes pickle programs that mostly hold together: it follows stack, marks and memo, so that most
 * opcodes find what they need, and now and then does not care. Names are numbered: whoever looks one up
 * can be told which one a scanner did not see.
 */

import { OP } from "../../src/codecs/pickle/opcodes.ts";
import type { OpcodeName } from "../../src/codecs/pickle/opcodes.ts";
import { pickle } from "../builders/pickle.ts";
import {
  memoText,
  moduleText,
  nameText,
  oddFloat,
  oddInteger,
  quotedString,
  rawUnicode,
} from "./operands.ts";
import type { Random } from "./random.ts";

type Kind = "text" | "number" | "bytes" | "tuple" | "list" | "dict" | "set" | "name" | "thing";
type Operand = number | bigint | string | Uint8Array;

/** How often an opcode is written that does not fit. */
const CARELESS = 0.02;

const TEXT_OPCODES = [
  [8, "SHORT_BINUNICODE"],
  [4, "BINUNICODE"],
  [1, "BINUNICODE8"],
  [2, "UNICODE"],
  [2, "STRING"],
  [1, "BINSTRING"],
  [2, "SHORT_BINSTRING"],
] as const;

const MEMO_SLOTS = [0, 1, 2, 3, 7, 255, 256, 300, 70_000];

export class Program {
  /** Opcodes with their operands, one by one. */
  readonly parts: Buffer[] = [];
  readonly random: Random;
  readonly stack: Kind[] = [];
  readonly #marks: number[] = [];
  readonly #memo: Map<number, Kind>;
  #serial: number;

  /** @param before a program that runs before with the same reader, whose memo and numbers go on. */
  constructor(random: Random, before?: Program, serial = before?.serial ?? 0) {
    this.random = random;
    this.#serial = serial;
    this.#memo = new Map(before === undefined || random.chance(0.5) ? [] : before.#memo);
  }

  get serial(): number {
    return this.#serial;
  }

  get #fence(): number {
    return this.#marks.at(-1) ?? 0;
  }

  get #free(): number {
    return this.stack.length - this.#fence;
  }

  emit(name: OpcodeName, ...operand: readonly Operand[]): this {
    this.parts.push(
      pickle()
        .op(name, ...operand)
        .bytes(),
    );
    return this;
  }

  push(kind: Kind): this {
    this.stack.push(kind);
    return this;
  }

  drop(count: number): this {
    this.stack.length = Math.max(0, this.stack.length - count);
    return this;
  }

  /** Text given as Latin-1 characters, one a byte; in any opcode that can say it. */
  text(text: string): this {
    const name = this.random.weighted<OpcodeName>(TEXT_OPCODES);
    const bytes = Buffer.from(text, "latin1");
    if (name === "UNICODE") {
      this.emit(name, rawUnicode(this.random, text));
    } else if (name === "STRING") {
      this.emit(name, quotedString(this.random, text));
    } else {
      this.emit(name, bytes);
    }
    return this.push("text");
  }

  mark(): this {
    this.#marks.push(this.stack.length);
    return this.emit("MARK");
  }

  /** Everything above the mark becomes one value, or nothing. */
  closeMark(name: OpcodeName, kind?: Kind, ...operand: readonly Operand[]): this {
    this.stack.length = this.#marks.pop() ?? 0;
    this.emit(name, ...operand);
    return kind === undefined ? this : this.push(kind);
  }

  /** Looks up the next name, in any way. */
  lookUp(): this {
    const { random } = this;
    const module = moduleText(random);
    const name = nameText(random, this.#serial);
    this.#serial += 1;
    if (random.chance(0.5)) {
      return this.emit("GLOBAL", latin1(module), latin1(name)).push("name");
    }
    if (random.chance(0.6)) {
      return this.text(module).text(name).emit("STACK_GLOBAL").drop(2).push("name");
    }
    return this.mark().some(2).closeMark("INST", "thing", latin1(module), latin1(name));
  }

  /** The next name, for who writes its own look-up. */
  nextName(): string {
    this.#serial += 1;
    return `n${this.#serial - 1}`;
  }

  /** Up to `most` plain values. */
  some(most: number): this {
    for (let count = this.random.int(most + 1); count > 0; count -= 1) {
      this.value();
    }
    return this;
  }

  value(): this {
    const { random } = this;
    switch (random.int(16)) {
      case 0:
        return this.emit("BININT1", random.int(256)).push("number");
      case 1:
        return this.emit("BININT2", random.int(65_536)).push("number");
      case 2:
        return this.emit("BININT", random.int(2 ** 32)).push("number");
      case 3:
        return this.emit("LONG1", random.bytes(random.int(12))).push("number");
      case 4:
        return this.emit("LONG4", random.bytes(random.int(12))).push("number");
      case 5:
        return this.emit("INT", Buffer.from(oddInteger(random))).push("number");
      case 6:
        return this.emit(
          "LONG",
          Buffer.from(`${oddInteger(random)}${random.pick(["", "L"])}`),
        ).push("number");
      case 7:
        return this.emit("FLOAT", oddFloat(random)).push("number");
      case 8:
        return this.emit("BINFLOAT", random.int(1000) / 8).push("number");
      case 9:
        return this.emit(random.pick(["NONE", "NEWTRUE", "NEWFALSE"])).push("number");
      case 10:
        return this.emit(
          random.pick(["SHORT_BINBYTES", "BINBYTES", "BINBYTES8"]),
          random.bytes(random.int(20)),
        ).push("bytes");
      case 11:
        return this.emit("BYTEARRAY8", random.bytes(random.int(9))).push("bytes");
      default:
        return this.text(random.pick(["", "text", "k", "\u00e9", "a\nb", "wb_a"]));
    }
  }

  /** One more opcode or a few that belong together. */
  step(): void {
    const { random } = this;
    if (random.chance(CARELESS)) {
      this.#careless();
      return;
    }
    random.weighted<() => unknown>([
      [6, () => this.value()],
      [5, () => this.lookUp()],
      [3, () => this.#empty()],
      [4, () => this.mark()],
      [5, () => this.#close()],
      [4, () => this.#tuple()],
      [5, () => this.#memoize()],
      [5, () => this.#recall()],
      [3, () => this.#use()],
      [2, () => this.#store()],
      [2, () => this.#shuffle()],
      [1, () => this.#outside()],
    ])();
  }

  /** Makes sure that one value is left and stops. */
  finish(): void {
    if (this.#free === 0 && this.random.chance(0.95)) {
      this.emit("NONE");
    }
    this.emit("STOP");
  }

  #empty(): void {
    const kind = this.random.pick(["list", "dict", "set", "tuple"] as const);
    const names = {
      list: "EMPTY_LIST",
      dict: "EMPTY_DICT",
      set: "EMPTY_SET",
      tuple: "EMPTY_TUPLE",
    } as const;
    this.emit(names[kind]).push(kind);
  }

  #close(): void {
    if (this.#marks.length === 0) {
      return;
    }
    const { random } = this;
    const below = this.#fence > (this.#marks.at(-2) ?? 0) ? this.stack[this.#fence - 1] : undefined;
    const even = this.#free % 2 === 0;
    if (below === "list" || (below === "thing" && random.chance(0.2))) {
      this.closeMark("APPENDS");
    } else if (below === "dict" && even) {
      this.closeMark("SETITEMS");
    } else if (below === "set") {
      this.closeMark("ADDITEMS");
    } else if (this.stack[this.#fence] === "name" && random.chance(0.7)) {
      this.closeMark("OBJ", "thing");
    } else {
      const kind = random.pick(["tuple", "tuple", "list", even ? "dict" : "list", "set"] as const);
      const names = { tuple: "TUPLE", list: "LIST", dict: "DICT", set: "FROZENSET" } as const;
      this.closeMark(names[kind], kind);
    }
  }

  #tuple(): void {
    const size = Math.min(this.random.between(1, 3), this.#free);
    if (size > 0) {
      this.emit((["TUPLE1", "TUPLE2", "TUPLE3"] as const)[size - 1]!)
        .drop(size)
        .push("tuple");
    }
  }

  #memoize(): void {
    const top = this.stack.at(-1);
    if (this.#free === 0 || top === undefined) {
      return;
    }
    const { random } = this;
    const name = random.pick(["MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"] as const);
    // Mostly the next free slot, sometimes one that holds something else, sometimes one far away.
    const slot = random.chance(0.5) ? this.#memo.size : random.pick(MEMO_SLOTS);
    if (name === "MEMOIZE") {
      this.emit(name);
      this.#memo.set(this.#memo.size, top);
    } else if (name === "PUT") {
      this.emit(name, memoText(random, slot));
      this.#memo.set(slot, top);
    } else {
      this.emit(name, slot);
      this.#memo.set(name === "BINPUT" ? slot & 0xff : slot, top);
    }
  }

  #recall(): void {
    const { random } = this;
    const slots = [...this.#memo.keys()];
    if (slots.length === 0) {
      return;
    }
    const slot = random.pick(slots);
    const kind = this.#memo.get(slot)!;
    const name = random.pick(["BINGET", "LONG_BINGET", "GET"] as const);
    if (name === "GET") {
      this.emit(name, memoText(random, slot)).push(kind);
    } else if (name === "LONG_BINGET" || slot < 256) {
      this.emit(name, slot).push(kind);
    }
  }

  /** Calls, instantiates, builds. */
  #use(): void {
    const { random } = this;
    const top = this.stack.at(-1);
    if (this.#free === 0 || (top !== "name" && top !== "thing")) {
      return;
    }
    if (random.chance(0.3)) {
      this.value();
      if (random.chance(0.3)) {
        this.emit("EMPTY_DICT");
      }
      this.emit("BUILD").drop(1);
      return;
    }
    const arity = random.int(3);
    for (let count = 0; count < arity; count += 1) {
      this.value();
    }
    this.emit((["EMPTY_TUPLE", "TUPLE1", "TUPLE2"] as const)[arity]!)
      .drop(arity)
      .push("tuple");
    if (random.chance(0.05)) {
      // The Python reader takes any iterable for arguments.
      this.drop(1).emit("EMPTY_LIST").push("list");
    }
    const name = random.pick(["REDUCE", "NEWOBJ", "NEWOBJ_EX"] as const);
    if (name === "NEWOBJ_EX") {
      this.emit("EMPTY_DICT");
    }
    this.emit(name).drop(2).push("thing");
  }

  #store(): void {
    const below = this.stack.at(-2);
    if (this.#free >= 2 && (below === "list" || below === "thing")) {
      this.emit("APPEND").drop(1);
    } else if (
      this.#free >= 3 &&
      ["dict", "thing"].includes(this.stack.at(-3) ?? "") &&
      this.stack.at(-2) === "text"
    ) {
      this.emit("SETITEM").drop(2);
    }
  }

  #shuffle(): void {
    const { random } = this;
    if (random.chance(0.4) && this.#free > 0) {
      this.emit("DUP").push(this.stack.at(-1)!);
    } else if (random.chance(0.6) && this.#free > 0) {
      this.emit("POP").drop(1);
    } else if (this.#marks.length > 0 && this.#free === 0) {
      // POP drops a mark that has nothing above it.
      this.closeMark("POP");
    } else if (this.#marks.length > 0) {
      this.closeMark("POP_MARK");
    }
  }

  /** What comes from outside of the stream, and what does nothing. */
  #outside(): void {
    const { random } = this;
    switch (random.int(6)) {
      case 0:
        this.emit("PERSID", random.pick(["1", "a b", "", "\u00e9"])).push("thing");
        break;
      case 1:
        this.value().emit("BINPERSID").drop(1).push("thing");
        break;
      case 2:
        this.emit("NEXT_BUFFER").push("bytes");
        break;
      case 3:
        this.emit("NEXT_BUFFER").emit("READONLY_BUFFER").push("bytes");
        break;
      case 4:
        this.emit(
          random.pick(["EXT1", "EXT2", "EXT4"]),
          random.chance(0.7) ? 1 : random.int(256),
        ).push("name");
        break;
      default:
        this.emit(
          "PROTO",
          random.weighted([
            [6, random.int(6)],
            [1, random.int(256)],
          ]),
        );
    }
  }

  #careless(): void {
    const { random } = this;
    const code = random.pick(Object.keys(OP) as OpcodeName[]);
    const operand = random.weighted<Operand>([
      [3, random.int(4)],
      [2, `${random.int(3)}`],
      [1, random.int(2 ** 32)],
    ]);
    if (code !== "STOP" && code !== "FRAME") {
      this.emit(code, operand, operand);
    }
  }
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
