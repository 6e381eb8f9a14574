/**
 * The pickle machine: follows a stream with symbolic values and never calls anything. It accepts the
 * union of what CPython's C unpickler, its Python unpickler and `pickletools` accept, notes where
 * they part, and goes on as long as any of them would. One pass, linear, no cap on opcodes.
 *
 * References: `pickletools` in CPython for the opcodes; `Modules/_pickle.c` and `Lib/pickle.py` for
 * what the readers do with them.
 */

/* oxlint-disable complexity, max-lines-per-function -- one switch over the opcodes is the point */

import type { Governor } from "../../bytes/governor.ts";
import { ByteWindow } from "../../bytes/window.ts";
import { OP, OPCODES } from "../../codecs/pickle/opcodes.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { build, storeItems } from "./build.ts";
import { callValue, instantiate } from "./call.ts";
import type { Candidate } from "./fast-walk.ts";
import { LiteralReader } from "./literal.ts";
import { lookUp, lookUpExtension, NameRegister } from "./look-up.ts";
import { Memo } from "./memo.ts";
import type { NameTables } from "./names/name-tables.ts";
import { maybeNested, SHORTEST_NESTED } from "./nested-candidate.ts";
import { Observations } from "./observation.ts";
import { decodeOperand, OperandSlot } from "./operand.ts";
import { notePersistentId } from "./persistent.ts";
import type { PersistentId } from "./persistent.ts";
import { ALL_READERS, LOADERS, READER, readerNames } from "./readers.ts";
import type { Divergence } from "./readers.ts";
import { stoppedByText } from "./text-operand.ts";
import type { Tracer } from "./tracer.ts";
import { Pool } from "./pool.ts";
import { flatTuple, KIND, kindOf, Node, RichNode, TAINT } from "./value.ts";
import type { ContainerKind, Value } from "./value.ts";

/** Bytes that some call in the stream would unpickle. */
export interface NestedLoad {
  readonly as: "pickle" | "pytorch";
  readonly offset: number;
  /** Where they lie in the source, or the bytes themselves where functions made them. */
  readonly start: number;
  readonly end: number;
  readonly bytes?: Uint8Array;
}

export interface MachineOptions {
  readonly names: NameTables;
  readonly governor: Governor;
  readonly tracer?: Tracer;
  /**
   * For each straddled frame in turn, whether the rest of the frame is lost, as CPython's C unpickler loses it
   * where it had to read the frame whole; none where it is missing.
   */
  readonly drops?: readonly boolean[];
  /** A memo that an earlier stream left behind, for readers that keep theirs. */
  readonly memo?: Memo;
  /**
   * Called after BUILD: gives the position to go on at where a loader reads data of its own out of the
   * stream (joblib's arrays).
   */
  readonly afterBuild?: (instance: Node, position: number, machine: Machine) => number;
}

export interface StreamResult {
  readonly start: number;
  /** After STOP, or where no reader goes further. */
  readonly end: number;
  readonly status: "complete" | "truncated" | "damaged";
  readonly detail: string | undefined;
  readonly protocol: number;
  readonly opcodes: number;
  /** Frames that end inside an operand. */
  readonly straddles: number;
  /** Where the last frame ends, for a stream that stops before: some readers have taken that much. */
  readonly frameEnd: number | undefined;
  /** A memo slot was read that this stream never set. */
  readonly readsUnset: boolean;
  readonly result: Value | undefined;
}

/** What all streams of one artifact share: names, observations, nested content. */
export class Findings {
  readonly names: NameRegister;
  readonly observations: Observations;
  readonly candidates: Candidate[] = [];
  readonly loads: NestedLoad[] = [];
  readonly persistentIds: PersistentId[] = [];
  readonly divergences: Divergence[] = [];
  /** More readings of straddled frames than were followed. */
  unfollowed = false;

  /** @param names where names are entered that belong to other findings, too. */
  constructor(tables: NameTables, limit: number, names = new NameRegister(tables)) {
    this.names = names;
    this.observations = new Observations(limit);
  }
}

const MARGIN = 64;
/** More than any of the opcodes that `#simple` runs can take: SHORT_BINUNICODE has up to 257 bytes. */
const FAST_MARGIN = 272;
const MAX_CANDIDATES = 65_536;

export class Machine {
  readonly source: RandomSource;
  readonly window: ByteWindow;
  readonly literals: LiteralReader;
  readonly findings: Findings;
  readonly options: MachineOptions;
  readonly stack: Value[] = [];
  readonly marks: number[] = [];
  readonly memo: Memo;
  readonly pool = new Pool();
  readonly extensions = new Map<number, { module: string; name: string }>();
  protocol = 0;
  /** Bits of the readers that get as far as the current opcode. */
  alive: number = ALL_READERS;
  /** References to containers through the memo: measured for expansion when there are many. */
  shared = 0;
  #fence = 0;
  #readsUnset = false;

  constructor(source: RandomSource, findings: Findings, options: MachineOptions) {
    this.source = source;
    this.window = new ByteWindow(source);
    this.literals = new LiteralReader(this.window);
    this.findings = findings;
    this.options = options;
    this.memo = options.memo ?? new Memo();
  }

  /** Runs one stream from `start` to its STOP, or to where nobody can go on. */
  run(start: number): StreamResult {
    const { window, stack, findings } = this;
    const { bytes } = window;
    const { size } = this.source;
    const slot = new OperandSlot();
    let straddles = 0;
    let opcodes = 0;
    let frameEnd = Number.POSITIVE_INFINITY;
    let result: Value | undefined;
    window.moveTo(start);
    let index = 0;

    const finish = (
      status: StreamResult["status"],
      end: number,
      detail?: string,
    ): StreamResult => ({
      start,
      end,
      status,
      detail,
      protocol: this.protocol,
      opcodes,
      straddles,
      frameEnd: status === "complete" && frameEnd > end && frameEnd <= size ? frameEnd : undefined,
      readsUnset: this.#readsUnset,
      result,
    });

    for (;;) {
      if (index > window.length - MARGIN && window.base + window.length < size) {
        window.moveTo(window.base + index);
        index = 0;
        if ((opcodes & 0xfff) === 0) {
          this.options.governor.checkAborted();
        }
      }
      const fast = Math.min(window.length, frameEnd - window.base) - FAST_MARGIN;
      if (index < fast) {
        const from = index;
        index = this.#simple(index, fast);
        // An estimate is enough for what the count is used for.
        opcodes += index > from ? 1 : 0;
      }
      const at = window.base + index;
      if (at >= size) {
        return finish("truncated", size, "it ends before its STOP opcode");
      }
      if (at >= frameEnd) {
        frameEnd = Number.POSITIVE_INFINITY;
      }
      const code = bytes[index]!;
      const opcode = OPCODES[code];
      if (opcode === undefined) {
        return finish("damaged", at, `0x${code.toString(16).padStart(2, "0")} is not an opcode`);
      }
      opcodes += 1;
      decodeOperand(slot, window, code, at + 1, Number.POSITIVE_INFINITY);
      let moved = false;
      if (slot.next > frameEnd) {
        this.diverge(at, READER.PYTHON, "a frame ends inside an operand");
        const lost = this.options.drops?.[straddles] === true;
        straddles += 1;
        if (lost) {
          decodeOperand(slot, window, code, at + 1, frameEnd);
          moved = true;
        }
        frameEnd = Number.POSITIVE_INFINITY;
      }
      // Lines may have moved the window.
      index = slot.next - window.base;
      if (slot.next > size) {
        this.#claim(at, slot);
        if (slot.line && slot.end >= slot.start) {
          // The Python reader cuts the last byte off an unterminated line and goes on with the rest.
          this.diverge(at, READER.C | READER.TOOLS, "the last line has no line feed");
        } else {
          return finish("truncated", at, `${opcode.name} wants more bytes than there are`);
        }
      }

      switch (code) {
        case OP.MARK:
          this.marks.push(stack.length);
          this.#fence = stack.length;
          break;
        case OP.STOP: {
          result = this.pop(at);
          if (stack.length > 0 || this.marks.length > 0) {
            // Readers do not care; it is how discarded calls are left behind.
            stack.length = 0;
          }
          return finish("complete", slot.next);
        }
        case OP.POP:
          if (this.marks.length > 0 && stack.length === this.#fence) {
            this.#dropMark();
          } else {
            this.pop(at);
          }
          break;
        case OP.POP_MARK:
          this.popMark(at);
          break;
        case OP.DUP: {
          const top = this.top(at);
          this.#share(top);
          stack.push(top);
          break;
        }
        case OP.NONE:
        case OP.NEWTRUE:
        case OP.NEWFALSE:
        case OP.BININT:
        case OP.BININT1:
        case OP.BININT2:
        case OP.BINFLOAT:
          stack.push(at);
          break;
        case OP.LONG1:
        case OP.LONG4:
          stack.push(at);
          break;
        case OP.INT:
        case OP.LONG:
        case OP.FLOAT: {
          this.#checkText(at, code, slot);
          stack.push(at);
          break;
        }
        case OP.STRING:
          this.#checkText(at, code, slot);
          this.#pushText(at, code, slot, moved);
          break;
        case OP.SHORT_BINUNICODE:
        case OP.BINUNICODE:
        case OP.BINUNICODE8:
        case OP.UNICODE:
        case OP.SHORT_BINSTRING:
        case OP.BINSTRING:
        case OP.SHORT_BINBYTES:
        case OP.BINBYTES:
        case OP.BINBYTES8:
          this.#pushText(at, code, slot, moved);
          break;
        case OP.BYTEARRAY8: {
          const node = new RichNode(KIND.BYTEARRAY, at, TAINT.NONE);
          this.#candidate(code, slot);
          stack.push(node);
          break;
        }
        case OP.EMPTY_TUPLE:
          stack.push(flatTuple(at));
          this.pool.addTuple(at, stack, 0, 0);
          break;
        case OP.TUPLE1:
        case OP.TUPLE2:
        case OP.TUPLE3: {
          const from = stack.length - (code - OP.TUPLE1 + 1);
          if (from < this.#fence) {
            this.diverge(at, LOADERS, "the stack is empty where a value is needed");
          }
          this.#tuple(at, Math.max(from, this.#fence));
          break;
        }
        case OP.TUPLE:
          if (this.marks.length === 0) {
            this.diverge(at, LOADERS, "there is no MARK where one is needed");
            this.#tuple(at, 0);
          } else {
            const from = this.#fence;
            this.#dropMark();
            this.#tuple(at, from);
          }
          break;
        case OP.LIST:
          stack.push(this.container(KIND.LIST, at, this.popMark(at)));
          break;
        case OP.DICT:
          stack.push(this.container(KIND.DICT, at, this.popMark(at)));
          break;
        case OP.FROZENSET:
          stack.push(this.container(KIND.SET, at, this.popMark(at)));
          break;
        case OP.EMPTY_LIST:
          stack.push(new Node(KIND.LIST, at, TAINT.NONE));
          break;
        case OP.EMPTY_DICT:
          stack.push(new Node(KIND.DICT, at, TAINT.NONE));
          break;
        case OP.EMPTY_SET:
          stack.push(new Node(KIND.SET, at, TAINT.NONE));
          break;
        case OP.APPEND: {
          const value = this.pop(at);
          storeItems(this, this.top(at), [value], at, "append");
          break;
        }
        case OP.APPENDS:
        case OP.ADDITEMS:
          this.#storeMarked(at, code === OP.APPENDS ? "extend" : "update");
          break;
        case OP.SETITEM: {
          const value = this.pop(at);
          const key = this.pop(at);
          storeItems(this, this.top(at), [key, value], at, "setitem");
          break;
        }
        case OP.SETITEMS:
          this.#storeMarked(at, "setitem");
          break;
        case OP.MEMOIZE:
          this.memo.set(this.memo.size, this.top(at));
          break;
        case OP.PUT:
        case OP.BINPUT:
        case OP.LONG_BINPUT:
          this.#put(at, code, slot);
          break;
        case OP.GET:
        case OP.BINGET:
        case OP.LONG_BINGET:
          this.#get(at, code, slot);
          break;
        case OP.PROTO: {
          const version = slot.value;
          if (version > 5) {
            this.diverge(at, LOADERS, `protocol ${version} is not supported`);
          }
          this.protocol = version;
          break;
        }
        case OP.FRAME: {
          let from = slot.next;
          const open = frameEnd !== Number.POSITIVE_INFINITY && frameEnd > from;
          if (open) {
            this.diverge(at, READER.PYTHON, "a frame begins before the previous one ends");
          }
          if (open && frameEnd <= size && from + slot.value > frameEnd) {
            // The C reader fetches the new frame at once, and may lose what it still had of the old one.
            if (this.options.drops?.[straddles] === true) {
              from = frameEnd;
              index = from - window.base;
            }
            straddles += 1;
          }
          if (from + slot.value > size) {
            this.diverge(at, READER.C, "a frame is longer than what is left");
          }
          // A frame inside another is nothing to the C reader, which has it already.
          frameEnd = open ? Math.max(frameEnd, from + slot.value) : from + slot.value;
          break;
        }
        case OP.GLOBAL:
        case OP.INST: {
          this.#checkText(at, code, slot);
          const module = slot.text(window, slot.start, slot.end);
          const name = slot.text(window, slot.start2, slot.end2);
          const global = lookUp(this, module, name, "literal", at);
          if (code === OP.GLOBAL) {
            stack.push(global);
          } else {
            const args = this.popMark(at);
            stack.push(callValue(this, global, args, at, "INST"));
          }
          break;
        }
        case OP.STACK_GLOBAL: {
          const name = this.pop(at);
          const module = this.pop(at);
          stack.push(lookUp(this, module, name, "literal", at));
          break;
        }
        case OP.EXT1:
        case OP.EXT2:
        case OP.EXT4:
          stack.push(lookUpExtension(this, slot.value, at));
          break;
        case OP.REDUCE: {
          const args = this.pop(at);
          const callee = this.pop(at);
          stack.push(callValue(this, callee, this.#arguments(args, at), at, "REDUCE"));
          break;
        }
        case OP.OBJ: {
          const items = this.popMark(at);
          const [callee, ...args] = items;
          if (callee === undefined) {
            this.diverge(at, LOADERS, "OBJ without a class");
            stack.push(this.opaque(at));
          } else {
            stack.push(callValue(this, callee, args, at, "OBJ"));
          }
          break;
        }
        case OP.NEWOBJ: {
          const args = this.pop(at);
          const callee = this.pop(at);
          stack.push(instantiate(this, callee, this.#arguments(args, at), at, "NEWOBJ"));
          break;
        }
        case OP.NEWOBJ_EX: {
          const keywords = this.pop(at);
          const args = this.pop(at);
          const callee = this.pop(at);
          const values = this.#arguments(args, at);
          stack.push(
            instantiate(
              this,
              callee,
              values === undefined ? undefined : [...values, keywords],
              at,
              "NEWOBJ_EX",
            ),
          );
          break;
        }
        case OP.BUILD: {
          const state = this.pop(at);
          const instance = this.top(at);
          build(this, instance, state, at);
          if (this.options.afterBuild !== undefined && typeof instance !== "number") {
            const position = this.options.afterBuild(instance, slot.next, this);
            if (position !== slot.next) {
              window.moveTo(position);
              index = position - window.base;
              frameEnd = Number.POSITIVE_INFINITY;
            }
          }
          break;
        }
        case OP.PERSID: {
          this.#checkText(at, code, slot);
          const node = new RichNode(KIND.FOLDED, at, TAINT.NONE);
          node.literal = slot.text(window, slot.start, slot.end);
          stack.push(notePersistentId(this, node, at));
          break;
        }
        case OP.BINPERSID:
          stack.push(notePersistentId(this, this.pop(at), at));
          break;
        case OP.NEXT_BUFFER:
          findings.observations.add({
            kind: "out-of-band-buffer",
            offset: at,
            key: "NEXT_BUFFER",
            message: "part of the content is outside this file: the stream expects buffers beside it",
          });
          stack.push(this.opaque(at));
          break;
        case OP.READONLY_BUFFER:
          break;
        default:
          return finish("damaged", at, `${opcode.name} is not understood`);
      }
      if (slot.next > size) {
        return finish("truncated", at, `${opcode.name} ends without a line feed`);
      }
    }
  }

  pop(at: number): Value {
    if (this.stack.length > this.#fence) {
      return this.stack.pop()!;
    }
    this.diverge(at, LOADERS, "the stack is empty where a value is needed");
    return this.opaque(at);
  }

  top(at: number): Value {
    if (this.stack.length > this.#fence) {
      return this.stack.at(-1)!;
    }
    this.diverge(at, LOADERS, "the stack is empty where a value is needed");
    return this.opaque(at);
  }

  /** Everything above the innermost mark, which goes away. */
  popMark(at: number): Value[] {
    if (this.marks.length === 0) {
      this.diverge(at, LOADERS, "there is no MARK where one is needed");
      return this.stack.splice(0);
    }
    const items = this.stack.slice(this.#fence);
    this.stack.length = this.#fence;
    this.#dropMark();
    return items;
  }

  opaque(at: number): Node {
    return new RichNode(KIND.OPAQUE, at, TAINT.NONE);
  }

  container(kind: ContainerKind, at: number, items: readonly Value[]): Node {
    const node = new Node(kind, at, TAINT.NONE);
    this.keep(node, items, 0, items.length);
    return node;
  }

  /** Adds elements to a container. What they contain always counts; the elements are kept for a while. */
  keep(node: Node, values: readonly Value[], from: number, to: number): void {
    if (node.items === undefined) {
      this.pool.add(node, values, from, to);
    } else if (node.items.length < 16) {
      node.items = [...node.items, ...values.slice(from, Math.min(to, from + 16))];
    }
    node.count += to - from;
    let { taint, size } = node;
    for (let index = from; index < to; index += 1) {
      const value = values[index]!;
      if (typeof value === "number") {
        size += 1;
      } else {
        taint |= value.taint;
        size += value.size;
      }
    }
    node.taint = taint;
    node.size = size;
  }

  /** Elements of a container, in order; undefined where they are not known any more. */
  itemsOf(value: Value | undefined): readonly Value[] | undefined {
    if (typeof value === "object") {
      return this.pool.of(value);
    }
    return value === undefined || value >= 0 ? undefined : this.pool.tuple(-1 - value);
  }

  /** Notes that some readers stop here; the others go on. */
  diverge(offset: number, readers: number, reason: string): void {
    const stopped = this.alive & readers;
    if (stopped === 0) {
      return;
    }
    this.alive &= ~readers;
    this.findings.divergences.push({ offset, stopped, alive: this.alive, reason });
  }

  /** Names of the readers that get here; undefined when all do. */
  readersHere(): string[] | undefined {
    return this.alive === ALL_READERS ? undefined : readerNames(this.alive);
  }

  #dropMark(): void {
    this.marks.pop();
    this.#fence = this.marks.at(-1) ?? 0;
  }

  /**
   * Runs opcodes that push a literal or an empty container, or put it into the memo, as long as nothing
   * else comes and the end of window and frame are far. These are most of every pickle.
   *
   * @returns the index of the first opcode that it does not run.
   */
  #simple(start: number, limit: number): number {
    const { bytes, base } = this.window;
    const { stack, memo } = this;
    let index = start;
    while (index < limit) {
      const code = bytes[index]!;
      switch (code) {
        case OP.MEMOIZE:
          if (stack.length <= this.#fence) {
            return index;
          }
          memo.set(memo.size, stack[stack.length - 1]!);
          index += 1;
          break;
        case OP.BINPUT:
          if (stack.length <= this.#fence) {
            return index;
          }
          memo.set(bytes[index + 1]!, stack[stack.length - 1]!);
          index += 2;
          break;
        case OP.BINGET: {
          const value = memo.get(bytes[index + 1]!);
          if (value === undefined) {
            return index;
          }
          this.#share(value);
          stack.push(value);
          index += 2;
          break;
        }
        case OP.BININT1:
          stack.push(base + index);
          index += 2;
          break;
        case OP.BININT2:
          stack.push(base + index);
          index += 3;
          break;
        case OP.BININT:
          stack.push(base + index);
          index += 5;
          break;
        case OP.BINFLOAT:
          stack.push(base + index);
          index += 9;
          break;
        case OP.NONE:
        case OP.NEWTRUE:
        case OP.NEWFALSE:
          stack.push(base + index);
          index += 1;
          break;
        case OP.SHORT_BINUNICODE: {
          const length = bytes[index + 1]!;
          if (length >= SHORTEST_NESTED && maybeNested(bytes, index + 2, index + 2 + length)) {
            return index;
          }
          stack.push(base + index);
          index += 2 + length;
          break;
        }
        case OP.MARK:
          this.marks.push(stack.length);
          this.#fence = stack.length;
          index += 1;
          break;
        case OP.EMPTY_DICT:
          stack.push(new Node(KIND.DICT, base + index, TAINT.NONE));
          index += 1;
          break;
        case OP.EMPTY_LIST:
          stack.push(new Node(KIND.LIST, base + index, TAINT.NONE));
          index += 1;
          break;
        default:
          return index;
      }
    }
    return index;
  }

  /** Stores everything above the mark into what lies below it. */
  #storeMarked(at: number, how: "extend" | "update" | "setitem"): void {
    const { stack } = this;
    const from = this.#fence;
    const target = stack[from - 1];
    if (
      this.marks.length > 0 &&
      typeof target === "object" &&
      (target.kind === KIND.LIST || target.kind === KIND.DICT || target.kind === KIND.SET)
    ) {
      this.keep(target, stack, from, stack.length);
      stack.length = from;
      this.#dropMark();
      return;
    }
    const items = this.popMark(at);
    storeItems(this, this.top(at), items, at, how);
  }

  /** Makes a tuple of everything on the stack from `from` on. */
  #tuple(at: number, from: number): void {
    const { stack } = this;
    for (let index = from; index < stack.length; index += 1) {
      const value = stack[index]!;
      if (typeof value === "object" || value < 0) {
        const node = new Node(KIND.TUPLE, at, TAINT.NONE);
        this.keep(node, stack, from, stack.length);
        stack.length = from;
        stack.push(node);
        return;
      }
    }
    this.pool.addTuple(at, stack, from, stack.length);
    stack.length = from;
    stack.push(flatTuple(at));
  }

  /** `func(*args)`: C wants a tuple, Python takes anything that iterates. */
  #arguments(args: Value, at: number): readonly Value[] | undefined {
    const kind = kindOf(args);
    const items = this.itemsOf(args);
    if (kind === KIND.TUPLE || items === undefined || kind === undefined || kind > KIND.SET) {
      return kind === KIND.TUPLE ? items : undefined;
    }
    this.diverge(at, READER.C, "the arguments of a call are not a tuple");
    return kind === KIND.DICT ? items.filter((_, index) => index % 2 === 0) : items;
  }

  #pushText(at: number, code: number, slot: OperandSlot, moved: boolean): void {
    this.#candidate(code, slot);
    if (!moved) {
      this.stack.push(at);
      return;
    }
    // What this reader sees does not lie behind the opcode in one piece.
    const node = new RichNode(KIND.FOLDED, at, TAINT.NONE);
    node.literal = slot.text(this.window, slot.start, slot.end);
    this.stack.push(node);
  }

  #candidate(code: number, slot: OperandSlot): void {
    const length = slot.end - slot.start;
    const { base, bytes, length: available } = this.window;
    const from = slot.start - base;
    if (length < SHORTEST_NESTED || from < 0 || from + 4 > available) {
      return;
    }
    if (
      maybeNested(bytes, from, Math.min(from + length, available)) &&
      this.findings.candidates.length < MAX_CANDIDATES
    ) {
      this.findings.candidates.push({ opcode: code, start: slot.start, end: slot.end });
    }
  }

  #checkText(at: number, code: number, slot: OperandSlot): void {
    const stop = stoppedByText(code, slot, this.window);
    if (stop !== undefined) {
      this.diverge(at, stop.readers, stop.reason);
    }
  }

  #put(at: number, code: number, slot: OperandSlot): void {
    const value = this.top(at);
    let key = slot.value;
    if (code === OP.PUT) {
      this.#checkText(at, code, slot);
      key = Number.parseInt(slot.text(this.window, slot.start, slot.end).trim().replaceAll("_", ""), 10);
    }
    if (!Number.isInteger(key) || key < 0) {
      this.diverge(at, LOADERS, "a memo index is not a number of 0 or more");
      return;
    }
    if (key > this.source.size && key > 2 ** 20) {
      this.findings.observations.add({
        kind: "memory-claim",
        offset: at,
        key: "memo",
        message: `memo index ${key} makes the C unpickler allocate ${Math.round((key * 16) / 2 ** 20)} MiB`,
      });
    }
    this.memo.set(key, value);
  }

  #get(at: number, code: number, slot: OperandSlot): void {
    let key = slot.value;
    if (code === OP.GET) {
      this.#checkText(at, code, slot);
      key = Number.parseInt(slot.text(this.window, slot.start, slot.end).trim().replaceAll("_", ""), 10);
    }
    const value = this.memo.get(key);
    if (value === undefined) {
      this.#readsUnset = true;
      this.diverge(at, LOADERS, "a memo slot is read that was never set");
      this.stack.push(this.opaque(at));
      return;
    }
    this.#share(value);
    this.stack.push(value);
  }

  #share(value: Value): void {
    if ((kindOf(value) ?? KIND.OPAQUE) <= KIND.SET) {
      this.shared += 1;
    }
  }

  #claim(at: number, slot: OperandSlot): void {
    const claimed = slot.end - slot.start;
    if (claimed > 2 ** 30) {
      this.findings.observations.add({
        kind: "memory-claim",
        offset: at,
        key: "length",
        message: `an operand claims ${claimed} bytes, and ${Math.max(0, this.source.size - slot.start)} are left`,
      });
    }
  }
}

