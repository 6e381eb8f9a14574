/** How the machine's parts follow calls without knowing who judges them. */

import type { Machine } from "./machine.ts";
import type { Value } from "./value.ts";

/** What makes a call: an opcode, or a function that calls one of its arguments. */
export type How = "REDUCE" | "INST" | "OBJ" | "NEWOBJ" | "NEWOBJ_EX" | "BUILD" | "argument";

export interface CallPort {
  /** Follows `callee(*args)`; `args` is undefined where the stream does not show them. */
  call(
    machine: Machine,
    callee: Value,
    args: readonly Value[] | undefined,
    at: number,
    how: How,
  ): Value;
  /** Follows `callee.__new__(callee, *args)`. */
  instantiate(
    machine: Machine,
    callee: Value,
    args: readonly Value[] | undefined,
    at: number,
    how: How,
  ): Value;
  /** Judges a callable that is stored to be called later. */
  keep(machine: Machine, value: Value, at: number): void;
}
