/**
 * Values of the pickle machine. A literal is the position of its opcode, a plain number: nothing is
 * decoded until somebody asks, so ten million integers cost ten million numbers. Everything with
 * identity or provenance is a node.
 */

import type { NameUse } from "./names/name-use.ts";

/** Position of a literal's opcode in the source, or a node. */
export type Value = number | Node;

export const KIND = {
  TUPLE: 0,
  LIST: 1,
  DICT: 2,
  SET: 3,
  /** A name that was looked up: `use` says which. */
  GLOBAL: 4,
  /** Result of a call whose value nobody knows. */
  CALL: 5,
  /** An instance whose class is `callee`. */
  INSTANCE: 6,
  /** `persistent_load(items[0])`. */
  PERSISTENT: 7,
  /** A string, bytes or number that pure functions made: `literal`. */
  FOLDED: 8,
  /** A module object: `literal` is its name. */
  MODULE: 9,
  /** `functools.partial` of `callee` with `items`. */
  PARTIAL: 10,
  /** A method of a value: `items[0]`, named by `literal`. */
  BOUND: 11,
  /** `attrgetter`, `itemgetter`, `methodcaller`: `literal` is which, `items` its arguments. */
  GETTER: 12,
  /** Out-of-band buffer, unset memo slot, underflow: nothing is known. */
  OPAQUE: 13,
  /** The bytes operand of BYTEARRAY8, which later opcodes may change. */
  BYTEARRAY: 14,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** What a value contains, as bits. */
export const TAINT = { NONE: 0, KNOWN: 1, UNKNOWN: 2, DANGEROUS: 4 } as const;

export class Node {
  readonly kind: Kind;
  /** Position of the opcode that made it. */
  readonly offset: number;
  taint: number;
  /** Number of elements it was given, kept or not. */
  count = 0;
  /** Elements as far as they are kept: for a dict, keys and values in turn. */
  items: Value[] | undefined;
  callee: Value | undefined = undefined;
  /** Arguments of the call that made it, where they are known. */
  args: readonly Value[] | undefined = undefined;
  use: NameUse | undefined = undefined;
  literal: string | Uint8Array | number | bigint | undefined = undefined;

  constructor(kind: Kind, offset: number, taint: number, items?: Value[]) {
    this.kind = kind;
    this.offset = offset;
    this.taint = taint;
    this.items = items;
  }
}

export function isNode(value: Value | undefined): value is Node {
  return typeof value === "object";
}

/** Bits of what a value contains; literals contain nothing. */
export function taintOf(value: Value): number {
  return typeof value === "number" ? TAINT.NONE : value.taint;
}

/** The bits of several values together. */
export function taintOfAll(values: readonly Value[]): number {
  let taint = 0;
  for (const value of values) {
    if (typeof value !== "number") {
      taint |= value.taint;
    }
  }
  return taint;
}
