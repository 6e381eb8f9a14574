/** What each opcode does to the machine. */

/* oxlint-disable complexity, max-lines-per-function -- one switch over the opcodes is the point */

import { latin1 } from "../../bytes/read.ts";
import { decodeLiteral } from "../../codecs/pickle/literals.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import { build, storeItems } from "./build.ts";
import { LONGEST_DECODED } from "./literal.ts";
import { lookUp, lookUpExtension } from "./look-up.ts";
import type { Machine } from "./machine.ts";
import { maybeNested, SHORTEST_NESTED } from "./nested-candidate.ts";
import type { OperandSlot } from "./operand.ts";
import { notePersistentId } from "./persistent.ts";
import { LOADERS } from "./readers.ts";
import { stoppedByText } from "./text-operand.ts";
import { flatTuple, KIND, Node, RichNode, TAINT } from "./value.ts";

const MAX_CANDIDATES = 65_536;

/**
 * Executes one opcode.
 *
 * @param moved the operand lies elsewhere than behind the opcode, for a reader that lost part of a frame.
 */
export function execute(
  machine: Machine,
  code: number,
  at: number,
  slot: OperandSlot,
  moved: boolean,
): void {
  const { stack, window } = machine;
  switch (code) {
    case OP.MARK:
      machine.pushMark();
      break;
    case OP.POP:
      if (machine.marks.length > 0 && stack.length === machine.fence) {
        machine.dropMark();
      } else {
        machine.pop(at);
      }
      break;
    case OP.POP_MARK:
      machine.popMark(at);
      break;
    case OP.DUP: {
      const top = machine.top(at);
      machine.share(top);
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
      checkText(machine, at, code, slot);
      stack.push(at);
      break;
    }
    case OP.STRING:
      checkText(machine, at, code, slot);
      pushText(machine, at, code, slot, moved);
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
      pushText(machine, at, code, slot, moved);
      break;
    case OP.BYTEARRAY8: {
      const node = new RichNode(KIND.BYTEARRAY, at, TAINT.NONE);
      noteCandidate(machine, code, slot);
      stack.push(node);
      break;
    }
    case OP.EMPTY_TUPLE:
      stack.push(flatTuple(at));
      machine.pool.addTuple(at, stack, 0, 0);
      break;
    case OP.TUPLE1:
    case OP.TUPLE2:
    case OP.TUPLE3: {
      const from = stack.length - (code - OP.TUPLE1 + 1);
      if (from < machine.fence) {
        machine.diverge(at, LOADERS, "the stack is empty where a value is needed");
      }
      machine.makeTuple(at, Math.max(from, machine.fence));
      break;
    }
    case OP.TUPLE:
      if (machine.marks.length === 0) {
        machine.diverge(at, LOADERS, "there is no MARK where one is needed");
        machine.makeTuple(at, 0);
      } else {
        const from = machine.fence;
        machine.dropMark();
        machine.makeTuple(at, from);
      }
      break;
    case OP.LIST:
      stack.push(machine.container(KIND.LIST, at, machine.popMark(at)));
      break;
    case OP.DICT:
      stack.push(machine.container(KIND.DICT, at, machine.popMark(at)));
      break;
    case OP.FROZENSET:
      stack.push(machine.container(KIND.SET, at, machine.popMark(at)));
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
      const value = machine.pop(at);
      storeItems(machine, machine.top(at), [value], at, "append");
      break;
    }
    case OP.APPENDS:
    case OP.ADDITEMS:
      machine.storeMarked(at, code === OP.APPENDS ? "extend" : "update");
      break;
    case OP.SETITEM: {
      const value = machine.pop(at);
      const key = machine.pop(at);
      storeItems(machine, machine.top(at), [key, value], at, "setitem");
      break;
    }
    case OP.SETITEMS:
      machine.storeMarked(at, "setitem");
      break;
    case OP.MEMOIZE:
      machine.memo.add(machine.top(at));
      break;
    case OP.PUT:
    case OP.BINPUT:
    case OP.LONG_BINPUT:
      put(machine, at, code, slot);
      break;
    case OP.GET:
    case OP.BINGET:
    case OP.LONG_BINGET:
      get(machine, at, code, slot);
      break;
    case OP.PROTO: {
      const version = slot.value;
      if (version > 5) {
        machine.diverge(at, LOADERS, `protocol ${version} is not supported`);
      }
      machine.protocol = version;
      break;
    }
    case OP.GLOBAL:
    case OP.INST: {
      checkText(machine, at, code, slot);
      const module = slot.text(window, slot.start, slot.end);
      const name = slot.text(window, slot.start2, slot.end2);
      const global = lookUp(machine, module, name, "literal", at);
      if (code === OP.GLOBAL) {
        stack.push(global);
      } else {
        const args = machine.popMark(at);
        stack.push(machine.call(global, args, at, "INST"));
      }
      break;
    }
    case OP.STACK_GLOBAL: {
      const name = machine.pop(at);
      const module = machine.pop(at);
      stack.push(lookUp(machine, module, name, "literal", at));
      break;
    }
    case OP.EXT1:
    case OP.EXT2:
    case OP.EXT4:
      stack.push(lookUpExtension(machine, slot.value, at));
      break;
    case OP.REDUCE: {
      const args = machine.pop(at);
      const callee = machine.pop(at);
      stack.push(machine.call(callee, machine.argumentsOf(args, at), at, "REDUCE"));
      break;
    }
    case OP.OBJ: {
      const items = machine.popMark(at);
      const [callee, ...args] = items;
      if (callee === undefined) {
        machine.diverge(at, LOADERS, "OBJ without a class");
        stack.push(machine.opaque(at));
      } else {
        stack.push(machine.call(callee, args, at, "OBJ"));
      }
      break;
    }
    case OP.NEWOBJ: {
      const args = machine.pop(at);
      const callee = machine.pop(at);
      stack.push(machine.instantiate(callee, machine.argumentsOf(args, at), at, "NEWOBJ"));
      break;
    }
    case OP.NEWOBJ_EX: {
      const keywords = machine.pop(at);
      const args = machine.pop(at);
      const callee = machine.pop(at);
      const values = machine.argumentsOf(args, at);
      stack.push(
        machine.instantiate(
          callee,
          values === undefined ? undefined : [...values, keywords],
          at,
          "NEWOBJ_EX",
        ),
      );
      break;
    }
    case OP.BUILD: {
      const state = machine.pop(at);
      build(machine, machine.top(at), state, at);
      break;
    }
    case OP.PERSID: {
      checkText(machine, at, code, slot);
      const node = new RichNode(KIND.FOLDED, at, TAINT.NONE);
      node.literal = slot.text(window, slot.start, slot.end);
      stack.push(notePersistentId(machine, node, at));
      break;
    }
    case OP.BINPERSID:
      stack.push(notePersistentId(machine, machine.pop(at), at));
      break;
    case OP.NEXT_BUFFER:
      machine.findings.observations.add({
        kind: "out-of-band-buffer",
        offset: at,
        key: "NEXT_BUFFER",
        message:
          "part of the content is outside machine file: the stream expects buffers beside it",
      });
      stack.push(machine.opaque(at));
      break;
    case OP.READONLY_BUFFER:
      break;
    default:
      // FRAME and STOP, which are the loop's.
      break;
  }
}

function pushText(
  machine: Machine,
  at: number,
  code: number,
  slot: OperandSlot,
  moved: boolean,
): void {
  noteCandidate(machine, code, slot);
  if (!moved) {
    machine.stack.push(at);
    return;
  }
  // What this reader sees does not lie behind the opcode in one piece.
  const node = new RichNode(KIND.FOLDED, at, TAINT.NONE);
  const end = Math.min(slot.end, slot.start + LONGEST_DECODED);
  const literal = decodeLiteral(machine.window.copy(slot.start, end), code);
  if (literal.kind === "str8") {
    node.literal = latin1(literal.value);
  } else if (literal.kind === "str" || literal.kind === "bytes") {
    node.literal = literal.value;
  }
  machine.stack.push(node);
}

function noteCandidate(machine: Machine, code: number, slot: OperandSlot): void {
  const length = slot.end - slot.start;
  const { base, bytes, length: available } = machine.window;
  const from = slot.start - base;
  if (length < SHORTEST_NESTED || from < 0 || from + 4 > available) {
    return;
  }
  if (
    maybeNested(bytes, from, Math.min(from + length, available)) &&
    machine.findings.candidates.length < MAX_CANDIDATES
  ) {
    machine.findings.candidates.push({ opcode: code, start: slot.start, end: slot.end });
  }
}

function checkText(machine: Machine, at: number, code: number, slot: OperandSlot): void {
  const stop = stoppedByText(code, slot, machine.window);
  if (stop !== undefined) {
    machine.diverge(at, stop.readers, stop.reason);
  }
}

function put(machine: Machine, at: number, code: number, slot: OperandSlot): void {
  const value = machine.top(at);
  let key = slot.value;
  if (code === OP.PUT) {
    checkText(machine, at, code, slot);
    key = Number.parseInt(
      slot.text(machine.window, slot.start, slot.end).trim().replaceAll("_", ""),
      10,
    );
  }
  if (!Number.isInteger(key) || key < 0) {
    machine.diverge(at, LOADERS, "a memo index is not a number of 0 or more");
    return;
  }
  if (key > machine.source.size && key > 2 ** 20) {
    machine.findings.observations.add({
      kind: "memory-claim",
      offset: at,
      key: "memo",
      message: `memo index ${key} makes the C unpickler allocate ${Math.round((key * 16) / 2 ** 20)} MiB`,
    });
  }
  machine.memo.set(key, value);
}

function get(machine: Machine, at: number, code: number, slot: OperandSlot): void {
  let key = slot.value;
  if (code === OP.GET) {
    checkText(machine, at, code, slot);
    key = Number.parseInt(
      slot.text(machine.window, slot.start, slot.end).trim().replaceAll("_", ""),
      10,
    );
  }
  const value = machine.memo.get(key);
  if (value === undefined) {
    machine.readsUnset = true;
    machine.diverge(at, LOADERS, "a memo slot is read that was never set");
    machine.stack.push(machine.opaque(at));
    return;
  }
  machine.share(value);
  machine.stack.push(value);
}
