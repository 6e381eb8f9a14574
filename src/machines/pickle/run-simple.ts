/** The opcodes that most of every pickle consists of, and calls, in a loop of their own. */

/* oxlint-disable complexity, max-lines-per-function -- one switch over the opcodes is the point */

import { OP } from "../../codecs/pickle/opcodes.ts";
import { LENGTH_SHIFT, LITERALS } from "./common-opcodes.ts";
import type { Machine } from "./machine.ts";
import { maybeNested, SHORTEST_NESTED } from "./nested-candidate.ts";
import { KIND, Node, TAINT } from "./value.ts";

/** More than any of these opcodes takes beyond where the loop ends: SHORT_BINUNICODE has up to 257 bytes. */
export const SIMPLE_MARGIN = 272;
/** Larger slots of the memo are looked at more closely. */
const LARGEST_SLOT = 1 << 20;

/**
 * Runs opcodes that push a literal or an empty container, put it into the memo, make a small tuple or
 * call, as long as nothing else comes and the end of window and frame are far.
 *
 * @returns the index of the first opcode that it does not run.
 */
export function runSimple(machine: Machine, start: number, limit: number): number {
  const { bytes, base } = machine.window;
  const { stack, memo } = machine;
  let index = start;
  while (index < limit) {
    const code = bytes[index]!;
    const literal = LITERALS[code]!;
    const length = bytes[index + 1]! & (literal >>> LENGTH_SHIFT);
    if (literal !== 0 && length < SHORTEST_NESTED) {
      stack.push(base + index);
      index += (literal & 15) + length;
      continue;
    }
    switch (code) {
      case OP.MEMOIZE:
        if (stack.length <= machine.fence) {
          return index;
        }
        memo.add(stack[stack.length - 1]!);
        index += 1;
        break;
      case OP.BINPUT:
        if (stack.length <= machine.fence) {
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
        machine.share(value);
        stack.push(value);
        index += 2;
        break;
      }
      case OP.SHORT_BINUNICODE:
        // Shorter ones were taken above.
        if (maybeNested(bytes, index + 2, index + 2 + length)) {
          return index;
        }
        stack.push(base + index);
        index += 2 + length;
        break;
      case OP.BINUNICODE: {
        const size = longOperand(bytes, index + 1);
        const end = index + 5 + size;
        if (end > limit || (size >= SHORTEST_NESTED && maybeNested(bytes, index + 5, end))) {
          return index;
        }
        stack.push(base + index);
        index = end;
        break;
      }
      case OP.LONG_BINPUT: {
        const slot = longOperand(bytes, index + 1);
        if (stack.length <= machine.fence || slot > LARGEST_SLOT) {
          return index;
        }
        memo.set(slot, stack[stack.length - 1]!);
        index += 5;
        break;
      }
      case OP.LONG_BINGET: {
        const value = memo.get(longOperand(bytes, index + 1));
        if (value === undefined) {
          return index;
        }
        machine.share(value);
        stack.push(value);
        index += 5;
        break;
      }
      case OP.POP:
        if (stack.length <= machine.fence) {
          return index;
        }
        stack.pop();
        index += 1;
        break;
      case OP.MARK:
        machine.pushMark();
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
      case OP.TUPLE1:
      case OP.TUPLE2:
      case OP.TUPLE3: {
        const from = stack.length - (code - OP.TUPLE1 + 1);
        if (from < machine.fence) {
          return index;
        }
        machine.makeTuple(base + index, from);
        index += 1;
        break;
      }
      case OP.REDUCE: {
        if (stack.length < machine.fence + 2) {
          return index;
        }
        const args = stack.pop()!;
        const callee = stack.pop()!;
        const at = base + index;
        stack.push(machine.call(callee, machine.argumentsOf(args, at), at, "REDUCE"));
        index += 1;
        break;
      }
      default:
        return index;
    }
  }
  return index;
}

/** Four bytes, little-endian. */
function longOperand(bytes: Uint8Array, index: number): number {
  return (
    (bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16)) +
    bytes[index + 3]! * 0x1000000
  );
}
