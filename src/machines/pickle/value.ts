/**
 * Values of the pickle machine. A literal is the position of its opcode, a plain number: nothing is
 * decoded until somebody asks, so ten million integers cost ten million numbers. A flat tuple of
 * literals is such a number, too, a negative one. Everything with identity or provenance is a node.
 */

import type { NameUse } from "./names/name-use.ts";

/** Position of a literal's opcode, `-1 - position` for a flat tuple of literals, or a node. */
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

export type ContainerKind = (typeof KIND)["TUPLE" | "LIST" | "DICT" | "SET"];

/** What a value contains, as bits. */
export const TAINT = { NONE: 0, KNOWN: 1, UNKNOWN: 2, DANGEROUS: 4 } as const;

/** A container, and what all nodes share. There may be millions of these: keep it small. */
export class Node {
  readonly kind: Kind;
  /** Position of the opcode that made it. */
  readonly offset: number;
  taint: number;
  /** Number of elements it was given. For a dict, keys and values each count. */
  count = 0;
  /** Where its elements are in the pool of recent elements; -1 where they are not in one piece. */
  start = 0;
  /** Number of leaves that it unfolds to, as far as its elements were complete when they came. */
  size = 1;
  /** Elements that are kept for good; those of plain containers are in the pool. */
  items: readonly Value[] | undefined;
  declare callee?: Value | undefined;
  declare args?: readonly Value[] | undefined;
  declare use?: NameUse | undefined;
  declare literal?: string | Uint8Array | number | bigint | undefined;

  constructor(kind: Kind, offset: number, taint: number, items?: readonly Value[]) {
    this.kind = kind;
    this.offset = offset;
    this.taint = taint;
    this.items = items;
    if (items !== undefined) {
      this.count = items.length;
    }
  }
}

/** A node with provenance: names, calls, instances, folded values. */
export class RichNode extends Node {
  override callee: Value | undefined = undefined;
  /** Arguments of the call that made it, where they are known. */
  override args: readonly Value[] | undefined = undefined;
  override use: NameUse | undefined = undefined;
  override literal: string | Uint8Array | number | bigint | undefined = undefined;
}

/** The number that stands for a flat tuple made at `offset`. */
export function flatTuple(offset: number): number {
  return -1 - offset;
}

/** Position of the opcode that made a value. */
export function offsetOf(value: Value): number {
  if (typeof value === "object") {
    return value.offset;
  }
  return value < 0 ? -1 - value : value;
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

/** Kind of a value; undefined for a literal that is not a tuple. */
export function kindOf(value: Value): Kind | undefined {
  if (typeof value === "object") {
    return value.kind;
  }
  return value < 0 ? KIND.TUPLE : undefined;
}

/** Whether a value is a literal other than a tuple. */
export function isScalar(value: Value): value is number {
  return typeof value === "number" && value >= 0;
}
