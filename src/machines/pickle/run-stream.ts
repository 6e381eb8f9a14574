/** The loop over the opcodes of one stream: windows, operands, frames. No cap on their number. */

/* oxlint-disable complexity, max-lines-per-function -- one loop over the opcodes with its state in locals */

import { OP, OPCODES } from "../../codecs/pickle/opcodes.ts";
import { execute } from "./execute.ts";
import type { Machine } from "./machine.ts";
import { decodeOperand, OperandSlot } from "./operand.ts";
import { READER } from "./readers.ts";
import { runSimple, SIMPLE_MARGIN } from "./run-simple.ts";
import type { Stream } from "./stream.ts";
import type { Value } from "./value.ts";

export interface StreamResult extends Omit<Stream, "plain"> {
  /** Frames that end inside an operand. */
  readonly straddles: number;
  /** Where the last frame ends, for a stream that stops before: some readers have taken that much. */
  readonly frameEnd: number | undefined;
  /** A memo slot was read that this stream never set. */
  readonly readsUnset: boolean;
}

/** More than the head of any opcode; longer operands are skipped or fetched as they come. */
const MARGIN = 64;

/** Runs one stream from `start` to its STOP, or to where nobody can go on. */
export function runStream(machine: Machine, start: number): StreamResult {
  const { window } = machine;
  const { bytes } = window;
  const { size } = machine.source;
  const slot = new OperandSlot();
  let straddles = 0;
  let opcodes = 0;
  let frameEnd = machine.options.frameEnd ?? Number.POSITIVE_INFINITY;
  let result: Value | undefined;
  window.moveTo(start);
  let index = 0;

  let status: StreamResult["status"] = "truncated";
  let detail: string | undefined;
  let end = size;

  // No closure over what changes in the loop: it would keep it out of registers.
  for (;;) {
    if (index > window.length - MARGIN && window.base + window.length < size) {
      window.moveTo(window.base + index);
      index = 0;
      machine.options.governor.checkAborted();
      if (!machine.fitsMemory()) {
        status = "limit";
        end = window.base;
        detail = "it keeps more values alive than the limit on memory allows";
        break;
      }
    }
    const fast = Math.min(window.length, frameEnd - window.base) - SIMPLE_MARGIN;
    if (index < fast) {
      const from = index;
      index = runSimple(machine, index, fast);
      // An estimate is enough for what the count is used for.
      opcodes += index > from ? 1 : 0;
    }
    const at = window.base + index;
    if (at >= size) {
      detail = "it ends before its STOP opcode";
      break;
    }
    if (at >= frameEnd) {
      frameEnd = Number.POSITIVE_INFINITY;
    }
    const code = bytes[index]!;
    const opcode = OPCODES[code];
    if (opcode === undefined) {
      status = "damaged";
      end = at;
      detail = `0x${code.toString(16).padStart(2, "0")} is not an opcode`;
      break;
    }
    opcodes += 1;
    decodeOperand(slot, window, code, at + 1, Number.POSITIVE_INFINITY);
    let moved = false;
    if (slot.next > frameEnd) {
      machine.diverge(at, READER.PYTHON, "a frame ends inside an operand");
      const lost = machine.options.drops?.[straddles] === true;
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
      noteClaim(machine, at, slot);
      if (slot.line && slot.end >= slot.start) {
        // The Python reader cuts the last byte off an unterminated line and goes on with the rest.
        machine.diverge(at, READER.C | READER.TOOLS, "the last line has no line feed");
      } else {
        end = at;
        detail = `${opcode.name} wants more bytes than there are`;
        break;
      }
    }

    if (code === OP.STOP) {
      result = machine.pop(at);
      // What is left on the stack is how discarded values are left behind; readers do not care.
      status = "complete";
      end = slot.next;
      break;
    }
    if (code === OP.FRAME) {
      const frame = beginFrame(machine, at, slot, frameEnd, straddles);
      straddles += frame.straddles ? 1 : 0;
      index = frame.from - window.base;
      frameEnd = frame.end;
    } else {
      execute(machine, code, at, slot, moved);
    }
    if (code === OP.BUILD) {
      const position = afterBuild(machine, slot.next);
      if (position !== slot.next) {
        window.moveTo(position);
        index = position - window.base;
        frameEnd = Number.POSITIVE_INFINITY;
      }
    }
    if (slot.next > size) {
      end = at;
      detail = `${opcode.name} ends without a line feed`;
      break;
    }
  }
  return {
    start,
    end,
    status,
    detail,
    protocol: machine.protocol,
    opcodes,
    straddles,
    frameEnd: status === "complete" && frameEnd > end && frameEnd <= size ? frameEnd : undefined,
    readsUnset: machine.readsUnset,
    result,
  };
}

interface Frame {
  /** Where the reader goes on. */
  readonly from: number;
  readonly end: number;
  /** It reaches past the end of the frame that it is in. */
  readonly straddles: boolean;
}

/** FRAME: readers of Python insist on frames that fit, readers in C on bytes that are there. */
function beginFrame(
  machine: Machine,
  at: number,
  { next, value }: OperandSlot,
  outer: number,
  straddled: number,
): Frame {
  const { size } = machine.source;
  const open = outer !== Number.POSITIVE_INFINITY && outer > next;
  if (open) {
    machine.diverge(at, READER.PYTHON, "a frame begins before the previous one ends");
  }
  const straddles = open && outer <= size && next + value > outer;
  // The C reader fetches the new frame at once, and may lose what it still had of the old one.
  const from = straddles && machine.options.drops?.[straddled] === true ? outer : next;
  const end = from + value;
  if (end > size) {
    machine.diverge(at, READER.C, "a frame is longer than what is left");
  }
  // A frame inside another is nothing to the C reader, which has it already.
  return { from, end: open ? Math.max(outer, end) : end, straddles };
}

/** Where a loader goes on that reads data of its own out of the stream. */
function afterBuild(machine: Machine, next: number): number {
  const instance = machine.stack.at(-1);
  return machine.options.afterBuild === undefined || typeof instance !== "object"
    ? next
    : machine.options.afterBuild(instance, next, machine);
}

function noteClaim(machine: Machine, at: number, slot: OperandSlot): void {
  const claimed = slot.end - slot.start;
  if (claimed > 2 ** 30) {
    machine.findings.observations.add({
      kind: "memory-claim",
      offset: at,
      key: "length",
      message: `an operand claims ${claimed} bytes, and ${Math.max(0, machine.source.size - slot.start)} are left`,
    });
  }
}
