/** Values in words: pseudo-Python for messages and traces, bounded in length and depth. */

/* oxlint-disable complexity, max-lines-per-function -- one switch over the kinds of values */

import { escapeText, quote } from "../../kernel/text.ts";
import type { Machine } from "./machine.ts";
import { displayName } from "./names/name-use.ts";
import { KIND } from "./value.ts";
import type { Value } from "./value.ts";

const MAX_ITEMS = 6;
const MAX_DEPTH = 4;

/** A value as an expression. `label` may name nodes that were shown already. */
export function describe(
  machine: Machine,
  value: Value,
  label?: (value: Value) => string | undefined,
  depth = 0,
): string {
  if (typeof value === "number" && value >= 0) {
    return describeLiteral(machine, value);
  }
  const named = depth > 0 ? label?.(value) : undefined;
  if (named !== undefined) {
    return named;
  }
  if (depth > MAX_DEPTH) {
    return "…";
  }
  const list = (items: readonly Value[] | undefined): string => {
    const shown = (items ?? [])
      .slice(0, MAX_ITEMS)
      .map((item) => describe(machine, item, label, depth + 1));
    const more =
      (items?.length ?? 0) > MAX_ITEMS ? [`… ${(items?.length ?? 0) - MAX_ITEMS} more`] : [];
    return [...shown, ...more].join(", ");
  };
  const items = machine.itemsOf(value);
  if (typeof value === "number") {
    return `(${list(items)}${items?.length === 1 ? "," : ""})`;
  }
  const callee =
    value.callee === undefined ? "?" : describe(machine, value.callee, label, depth + 1);
  switch (value.kind) {
    case KIND.GLOBAL:
      return value.use === undefined ? "?" : escapeText(displayName(value.use));
    case KIND.MODULE:
      return `the module ${escapeText(String(value.literal))}`;
    case KIND.TUPLE:
      return `(${list(items)}${items?.length === 1 ? "," : ""})`;
    case KIND.LIST:
      return `[${list(items)}]`;
    case KIND.SET:
      return `{${list(items)}}`;
    case KIND.DICT:
      return describeDict(machine, items ?? [], label, depth);
    case KIND.CALL:
      return `${callee}(…)`;
    case KIND.INSTANCE:
      return `<${callee}>`;
    case KIND.PARTIAL:
      return `functools.partial(${callee}, ${list(value.items)})`;
    case KIND.BOUND:
      return `${list(value.items?.slice(0, 1))}.${escapeText(String(value.literal))}`;
    case KIND.GETTER:
      return `operator.${escapeText(String(value.literal))}(${list(value.items)})`;
    case KIND.PERSISTENT:
      return `persistent_load(${list(value.items)})`;
    case KIND.FOLDED:
      if (value.literal instanceof Uint8Array) {
        return `b${quote(Buffer.from(value.literal.subarray(0, 80)).toString("latin1"), 80)}`;
      }
      return typeof value.literal === "string" ? quote(value.literal) : String(value.literal);
    case KIND.BYTEARRAY:
      return "bytearray(…)";
    default:
      return "?";
  }
}

function describeDict(
  machine: Machine,
  items: readonly Value[],
  label: ((value: Value) => string | undefined) | undefined,
  depth: number,
): string {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < items.length && pairs.length < MAX_ITEMS; index += 2) {
    const key = items[index];
    const value = items[index + 1];
    if (key !== undefined && value !== undefined) {
      pairs.push(
        `${describe(machine, key, label, depth + 1)}: ${describe(machine, value, label, depth + 1)}`,
      );
    }
  }
  const more = items.length / 2 > pairs.length ? [`… ${items.length / 2 - pairs.length} more`] : [];
  return `{${[...pairs, ...more].join(", ")}}`;
}

function describeLiteral(machine: Machine, offset: number): string {
  const { literals } = machine;
  switch (literals.type(offset)) {
    case "str":
      return quote(literals.text(offset) ?? "…");
    case "bytes": {
      const { start, end } = literals.operand(offset);
      const shown = machine.window.copy(start, Math.min(end, start + 60));
      return `b${quote(Buffer.from(shown).toString("latin1"), 60)}`;
    }
    case "none":
      return "None";
    case "bool":
      return literals.scalar(offset) === true ? "True" : "False";
    default: {
      const scalar = literals.scalar(offset);
      return scalar === undefined ? "…" : String(scalar);
    }
  }
}
