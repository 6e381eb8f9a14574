/**
 * Whether bytes are the beginning of a pickle. Any text may start with valid opcodes, so this walks the
 * head with a stack depth and believes it only where a loader would get somewhere.
 */

/* oxlint-disable complexity, max-lines-per-function -- one walk over the opcodes */

import { MemorySource } from "../../bytes/memory-source.ts";
import { latin1 } from "../../bytes/read.ts";
import { ByteWindow } from "../../bytes/window.ts";
import { literalReadings } from "../../codecs/pickle/literals.ts";
import { OP, OPCODES } from "../../codecs/pickle/opcodes.ts";
import { decodeOperand, OperandSlot } from "./operand.ts";

export interface Probe {
  /** Opcodes that fit before the end or the first that does not. */
  readonly opcodes: number;
  /** Position after a STOP that a reader reaches. */
  readonly stop: number | undefined;
  /** A name with plausible spelling is looked up. */
  readonly looksUp: boolean;
  /** One of the modules that pickles of libraries and payloads name: no prose starts like that. */
  readonly namesModule: boolean;
  /** Something is called, instantiated or built. */
  readonly calls: boolean;
  /** The head ended before anything was wrong. */
  readonly open: boolean;
}

const MAX_OPCODES = 4096;
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_<][\p{L}\p{N}_<>]*)*$/u;

const MODULE =
  /^(?:__builtin__|__main__|_codecs|_io|_operator|asyncio|builtins|codecs|collections|commands|copy_?reg|ctypes|dill|functools|importlib|io|joblib|marshal|nt|numpy|operator|os|pandas|_?pickle|platform|posix|pty|runpy|scipy|shutil|sklearn|socket|subprocess|sys|torch|transformers|types|urllib2?|webbrowser)(?:\.|$)/;

/** Stack effect: how many values an opcode takes and gives. MARK-based ones are handled apart. */
const EFFECT: Readonly<Record<number, readonly [number, number]>> = {
  [OP.POP]: [1, 0],
  [OP.DUP]: [1, 2],
  [OP.APPEND]: [2, 1],
  [OP.SETITEM]: [3, 1],
  [OP.BUILD]: [2, 1],
  [OP.REDUCE]: [2, 1],
  [OP.NEWOBJ]: [2, 1],
  [OP.NEWOBJ_EX]: [3, 1],
  [OP.STACK_GLOBAL]: [2, 1],
  [OP.TUPLE1]: [1, 1],
  [OP.TUPLE2]: [2, 1],
  [OP.TUPLE3]: [3, 1],
  [OP.BINPERSID]: [1, 1],
  [OP.PUT]: [1, 1],
  [OP.BINPUT]: [1, 1],
  [OP.LONG_BINPUT]: [1, 1],
  [OP.MEMOIZE]: [1, 1],
  [OP.READONLY_BUFFER]: [1, 1],
  [OP.PROTO]: [0, 0],
  [OP.FRAME]: [0, 0],
};

/** Those that take everything above the mark, and one value below it where that is kept. */
const MARKED: Readonly<Record<number, readonly [number, number]>> = {
  [OP.TUPLE]: [0, 1],
  [OP.LIST]: [0, 1],
  [OP.DICT]: [0, 1],
  [OP.FROZENSET]: [0, 1],
  [OP.POP_MARK]: [0, 0],
  [OP.APPENDS]: [1, 1],
  [OP.SETITEMS]: [1, 1],
  [OP.ADDITEMS]: [1, 1],
  [OP.INST]: [0, 1],
  [OP.OBJ]: [0, 1],
};

const CALLS: ReadonlySet<number> = new Set<number>([
  OP.REDUCE,
  OP.BUILD,
  OP.NEWOBJ,
  OP.NEWOBJ_EX,
  OP.INST,
  OP.OBJ,
]);

const TEXT_LITERALS: ReadonlySet<number> = new Set<number>([
  OP.INT,
  OP.LONG,
  OP.FLOAT,
  OP.STRING,
  OP.UNICODE,
  OP.PERSID,
]);

/**
 * Walks the head.
 *
 * @param whole `head` is all there is.
 * @param most opcodes after which the walk has seen enough.
 */
export function probePickle(head: Uint8Array, whole: boolean, most = MAX_OPCODES): Probe {
  if (OPCODES[head[0] ?? 0] === undefined) {
    return {
      opcodes: 0,
      stop: undefined,
      looksUp: false,
      namesModule: false,
      calls: false,
      open: false,
    };
  }
  const window = new ByteWindow(new MemorySource(head, "head"), head.length);
  window.moveTo(0);
  const slot = new OperandSlot();
  const marks: number[] = [];
  const slots = new Set<number>();
  let depth = 0;
  let position = 0;
  let looksUp = false;
  let namesModule = false;
  let calls = false;

  for (let opcodes = 0; ; opcodes += 1) {
    const end = (stop?: number, open = false): Probe => ({
      opcodes,
      stop,
      looksUp,
      namesModule,
      calls,
      open,
    });
    if (position >= head.length || opcodes >= most) {
      return end(undefined, !whole || opcodes >= most);
    }
    const code = head[position] ?? 0;
    if (OPCODES[code] === undefined) {
      return end();
    }
    decodeOperand(slot, window, code, position + 1, Number.POSITIVE_INFINITY);
    if (slot.next > head.length) {
      return end(undefined, !whole && slot.end - slot.start < 2 ** 40);
    }
    const floor = marks.at(-1) ?? 0;
    if (code === OP.STOP) {
      return depth > floor ? { ...end(position + 1), opcodes: opcodes + 1 } : end();
    }
    if (code === OP.PROTO && slot.value > 5) {
      return end();
    }
    if (TEXT_LITERALS.has(code) && !isLiteral(head.subarray(slot.start, slot.end), code)) {
      return end();
    }
    if (code === OP.GLOBAL || code === OP.INST) {
      const plausible =
        IDENTIFIER.test(latin1(head, slot.start, slot.end)) &&
        IDENTIFIER.test(latin1(head, slot.start2, slot.end2));
      if (!plausible) {
        return end();
      }
      looksUp = true;
      namesModule ||= MODULE.test(latin1(head, slot.start, slot.end));
    }
    if (code === OP.STACK_GLOBAL) {
      looksUp = true;
    }
    if (code === OP.MARK) {
      marks.push(depth);
    } else if (MARKED[code] !== undefined) {
      const [below, gives] = MARKED[code];
      const mark = marks.pop();
      if (
        mark === undefined ||
        mark - below < (marks.at(-1) ?? 0) ||
        (code === OP.OBJ && depth === mark)
      ) {
        return end();
      }
      depth = mark - below + gives;
    } else if (code === OP.POP && marks.length > 0 && depth === floor) {
      marks.pop();
    } else {
      const [takes, gives] = EFFECT[code] ?? [0, 1];
      if (depth - takes < floor) {
        return end();
      }
      depth += gives - takes;
    }
    if (!memoHolds(code, slot, head, slots)) {
      return end();
    }
    calls ||= CALLS.has(code);
    position = slot.next;
  }
}

/** Follows the memo; false where an unset slot is read. */
function memoHolds(code: number, slot: OperandSlot, head: Uint8Array, slots: Set<number>): boolean {
  const key =
    code === OP.GET || code === OP.PUT
      ? Number.parseInt(latin1(head, slot.start, slot.end), 10)
      : slot.value;
  switch (code) {
    case OP.MEMOIZE:
      slots.add(slots.size);
      return true;
    case OP.PUT:
    case OP.BINPUT:
    case OP.LONG_BINPUT:
      slots.add(key);
      return Number.isInteger(key);
    case OP.GET:
    case OP.BINGET:
    case OP.LONG_BINGET:
      return slots.has(key);
    default:
      return true;
  }
}

function isLiteral(bytes: Uint8Array, code: number): boolean {
  const { c, python } = literalReadings(bytes.subarray(0, 65_536), code);
  return c.kind !== "invalid" || python.kind !== "invalid";
}
