/** Data that pure functions work on: strings, bytes, numbers, and lists of them. */

import type { Machine } from "../machine.ts";
import { KIND, kindOf, Node, RichNode } from "../value.ts";
import type { Value } from "../value.ts";

export type Datum = string | Uint8Array | number | bigint | boolean | null | readonly Datum[];

/** Longest result that is kept. Names and sentences need less; second stages rarely more. */
export const MAX_FOLDED = 1024 * 1024;

const MAX_ITEMS = 1 << 16;
const MAX_LEVELS = 4;

/** The data behind a value; undefined where it is not data, too large, or not kept whole. */
export function datumOf(machine: Machine, value: Value, levels = MAX_LEVELS): Datum | undefined {
  if (typeof value === "number" && value >= 0) {
    const text = machine.literals.text(value);
    if (text !== undefined) {
      return text;
    }
    return machine.literals.bytes(value) ?? machine.literals.scalar(value);
  }
  if (typeof value === "object") {
    if (value.kind === KIND.FOLDED) {
      return value.literal;
    }
    if (value.kind === KIND.BYTEARRAY) {
      return machine.literals.bytes(value.offset);
    }
  }
  switch (kindOf(value)) {
    case KIND.TUPLE:
    case KIND.LIST:
    case KIND.SET: {
      const items = machine.itemsOf(value);
      if (levels === 0 || items === undefined || items.length > MAX_ITEMS) {
        return undefined;
      }
      const data: Datum[] = [];
      for (const item of items) {
        const datum = datumOf(machine, item, levels - 1);
        if (datum === undefined) {
          return undefined;
        }
        data.push(datum);
      }
      return data;
    }
    default:
      return undefined;
  }
}

/** The text behind a value; undefined where it is not text, or not known. */
export function textOf(machine: Machine, value: Value | undefined): string | undefined {
  const datum = value === undefined ? undefined : datumOf(machine, value);
  return typeof datum === "string" ? datum : undefined;
}

/** The node of a folded value; undefined for what a node cannot hold. */
export function nodeOf(datum: Datum, at: number, taint: number): Node | undefined {
  if (
    typeof datum === "string" ||
    typeof datum === "number" ||
    typeof datum === "bigint" ||
    datum instanceof Uint8Array
  ) {
    if ((typeof datum === "string" || datum instanceof Uint8Array) && datum.length > MAX_FOLDED) {
      return undefined;
    }
    const node = new RichNode(KIND.FOLDED, at, taint);
    node.literal = datum;
    return node;
  }
  if (Array.isArray(datum)) {
    const items: Value[] = [];
    for (const element of datum as readonly Datum[]) {
      const node = nodeOf(element, at, taint);
      if (node === undefined) {
        return undefined;
      }
      items.push(node);
    }
    return new Node(KIND.LIST, at, taint, items);
  }
  return undefined;
}

/** The bytes of bytes, or of a string whose characters stand for bytes. */
export function binary(value: Datum | undefined): Buffer | undefined {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return typeof value === "string" ? Buffer.from(value, "latin1") : undefined;
}
