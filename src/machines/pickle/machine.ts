/**
 * The pickle machine: the state of a reader with symbolic values, and what can be done to its stack. It
 * accepts the union of what CPython's C unpickler, its Python unpickler and `pickletools` accept and
 * notes where they part. `run-stream.ts` feeds it opcodes; nothing is ever called.
 *
 * References: `pickletools` in CPython for the opcodes; `Modules/_pickle.c` and `Lib/pickle.py` for
 * what the readers do with them.
 */

import type { Governor } from "../../bytes/governor.ts";
import { ByteWindow } from "../../bytes/window.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { storeItems } from "./build.ts";
import type { CallPort, How } from "./call-port.ts";
import type { Findings } from "./findings.ts";
import { LiteralReader } from "./literal.ts";
import { Memo } from "./memo.ts";
import type { NameTables } from "./names/name-tables.ts";
import { Pool } from "./pool.ts";
import { ALL_READERS, LOADERS, READER, readerNames } from "./readers.ts";
import type { Tracer } from "./tracer.ts";
import { flatTuple, KIND, kindOf, Node, RichNode, TAINT } from "./value.ts";
import type { ContainerKind, Value } from "./value.ts";

export interface MachineOptions {
  readonly names: NameTables;
  readonly governor: Governor;
  readonly calls: CallPort;
  readonly tracer?: Tracer;
  /**
   * For each straddled frame in turn, whether the rest of the frame is lost, as CPython's C unpickler loses it
   * where it had to read the frame whole; none where it is missing.
   */
  readonly drops?: readonly boolean[];
  /** Where a frame of an earlier stream ends that this stream starts in, for a reader that still has it. */
  readonly frameEnd?: number;
  /** A memo that an earlier stream left behind, for readers that keep theirs; its values' pool with it. */
  readonly memo?: Memo;
  readonly pool?: Pool;
  /**
   * Called after BUILD: gives the position to go on at where a loader reads data of its own out of the
   * stream (joblib's arrays).
   */
  readonly afterBuild?: (instance: Node, position: number, machine: Machine) => number;
}

const FIRST_COUNT = 1 << 20;
/** What a node and a place for a value take in V8, rounded up. */
const NODE_BYTES = 96;
const SLOT_BYTES = 16;

export class Machine {
  readonly source: RandomSource;
  readonly window: ByteWindow;
  readonly literals: LiteralReader;
  readonly findings: Findings;
  readonly options: MachineOptions;
  readonly stack: Value[] = [];
  readonly marks: number[] = [];
  readonly memo: Memo;
  readonly pool: Pool;
  readonly extensions = new Map<number, { module: string; name: string }>();
  protocol = 0;
  /** Bits of the readers that get as far as the current opcode. */
  alive: number = ALL_READERS;
  /** References to containers through the memo: measured for expansion when there are many. */
  shared = 0;
  /** Depth of the innermost mark: nothing below it may be taken from the stack. */
  fence = 0;
  /** A memo slot was read that this stream never set. */
  readsUnset = false;
  /** Values on the stack and in the memo at which they are counted. */
  #countAt = FIRST_COUNT;

  constructor(source: RandomSource, findings: Findings, options: MachineOptions) {
    this.source = source;
    this.window = new ByteWindow(source);
    this.literals = new LiteralReader(this.window);
    this.findings = findings;
    this.options = options;
    this.memo = options.memo ?? new Memo();
    this.pool = options.pool ?? new Pool();
  }

  /** Follows `callee(*args)`; `args` is undefined where the stream does not show them. */
  call(callee: Value, args: readonly Value[] | undefined, at: number, how: How): Value {
    return this.options.calls.call(this, callee, args, at, how);
  }

  /** Follows `callee.__new__(callee, *args)`. */
  instantiate(callee: Value, args: readonly Value[] | undefined, at: number, how: How): Value {
    return this.options.calls.instantiate(this, callee, args, at, how);
  }

  pop(at: number): Value {
    if (this.stack.length > this.fence) {
      return this.stack.pop()!;
    }
    this.diverge(at, LOADERS, "the stack is empty where a value is needed");
    return this.opaque(at);
  }

  top(at: number): Value {
    if (this.stack.length > this.fence) {
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
    const items = this.stack.slice(this.fence);
    this.stack.length = this.fence;
    this.dropMark();
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

  /**
   * Whether what is alive fits the budget, by an estimate that is the same everywhere. Counting anew when there
   * may be a quarter more than last time keeps that linear.
   */
  fitsMemory(): boolean {
    const slots = this.stack.length + this.memo.size;
    if (slots < this.#countAt) {
      return true;
    }
    this.#countAt = slots * 1.25;
    let nodes = this.memo.nodes();
    for (const value of this.stack) {
      nodes += typeof value === "number" ? 0 : 1;
    }
    return NODE_BYTES * nodes + SLOT_BYTES * slots <= this.options.governor.left("memory");
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

  pushMark(): void {
    this.marks.push(this.stack.length);
    this.fence = this.stack.length;
  }

  dropMark(): void {
    this.marks.pop();
    this.fence = this.marks.at(-1) ?? 0;
  }

  /** Stores everything above the mark into what lies below it. */
  storeMarked(at: number, how: "extend" | "update" | "setitem"): void {
    const { stack } = this;
    const from = this.fence;
    const target = stack[from - 1];
    if (
      this.marks.length > 0 &&
      typeof target === "object" &&
      (target.kind === KIND.LIST || target.kind === KIND.DICT || target.kind === KIND.SET)
    ) {
      this.keep(target, stack, from, stack.length);
      this.cut(from);
      this.dropMark();
      return;
    }
    const items = this.popMark(at);
    storeItems(this, this.top(at), items, at, how);
  }

  /** Makes a tuple of everything on the stack from `from` on. */
  makeTuple(at: number, from: number): void {
    const { stack } = this;
    let flat = true;
    for (let index = from; flat && index < stack.length; index += 1) {
      const value = stack[index]!;
      flat = typeof value === "number" && value >= 0;
    }
    let tuple: Value = flatTuple(at);
    if (flat) {
      this.pool.addTuple(at, stack, from, stack.length);
    } else {
      tuple = new Node(KIND.TUPLE, at, TAINT.NONE);
      this.keep(tuple, stack, from, stack.length);
    }
    this.cut(from);
    stack.push(tuple);
  }

  /** Drops everything from `from` on: one by one, because setting the length gives the room back, too. */
  cut(from: number): void {
    const { stack } = this;
    while (stack.length > from) {
      stack.pop();
    }
  }

  /** `func(*args)`: C wants a tuple, Python takes anything that iterates. */
  argumentsOf(args: Value, at: number): readonly Value[] | undefined {
    if (typeof args === "number") {
      return this.itemsOf(args);
    }
    const { kind } = args;
    const items = this.itemsOf(args);
    if (kind === KIND.TUPLE || items === undefined || kind === undefined || kind > KIND.SET) {
      return kind === KIND.TUPLE ? items : undefined;
    }
    this.diverge(at, READER.C, "the arguments of a call are not a tuple");
    return kind === KIND.DICT ? items.filter((_, index) => index % 2 === 0) : items;
  }

  /** Counts references to containers through the memo. */
  share(value: Value): void {
    if ((kindOf(value) ?? KIND.OPAQUE) <= KIND.SET) {
      this.shared += 1;
    }
  }
}
