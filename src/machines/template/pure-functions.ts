/**
 * Filters, methods and operators over constants, as far as strings are built with them. Undefined where the result
 * is not known or would be long: names are short.
 */

import { isList, listOf, textOf } from "./datum.ts";
import type { Datum } from "./datum.ts";

/** Longer results are not followed. */
const LONGEST = 4096;

type Pure = (value: Datum, args: readonly Datum[]) => Datum | undefined;

export function binary(operator: string, left: Datum, right: Datum): Datum | undefined {
  if (operator === "%") {
    return typeof left === "string" ? percent(left, isList(right) ? right : [right]) : undefined;
  }
  if (operator === "+") {
    if (typeof left === "string" && typeof right === "string") {
      return bounded(left + right);
    }
    if (isList(left) && isList(right)) {
      return left.length + right.length <= LONGEST ? [...left, ...right] : undefined;
    }
    return typeof left === "number" && typeof right === "number" ? left + right : undefined;
  }
  if (operator === "*") {
    const [text, count] = typeof left === "number" ? [right, left] : [left, right];
    if (typeof text === "string" && typeof count === "number") {
      return text.length * count <= LONGEST
        ? text.repeat(Math.max(0, Math.floor(count)))
        : undefined;
    }
  }
  if (typeof left === "number" && typeof right === "number") {
    const results: Readonly<Record<string, number>> = {
      "-": left - right,
      "*": left * right,
      "/": left / right,
      "//": Math.floor(left / right),
      "**": left ** right,
    };
    return results[operator];
  }
  return undefined;
}

export function concat(items: readonly Datum[]): string | undefined {
  const texts = items.map(textOf);
  return texts.includes(undefined) ? undefined : bounded(texts.join(""));
}

/** An item or a slice. */
export function item(object: Datum, index: Datum): Datum | undefined {
  if (object instanceof Map) {
    return object.get(keyOf(index));
  }
  if (typeof index !== "number" || (typeof object !== "string" && !isList(object))) {
    return undefined;
  }
  return listOf(object)?.at(index);
}

export function keyOf(value: Datum): string {
  return `${typeof value} ${textOf(value) ?? ""}`;
}

/** A slice with Python's rules. */
export function slice(object: Datum, parts: readonly (number | undefined)[]): Datum | undefined {
  if (typeof object !== "string" && !isList(object)) {
    return undefined;
  }
  const items = listOf(object) ?? [];
  const [start, stop, step = 1] = parts;
  if (step === 0 || items.length > LONGEST) {
    return undefined;
  }
  const { length } = items;
  const clamp = (at: number | undefined, fallback: number): number =>
    at === undefined
      ? fallback
      : Math.max(
          step < 0 ? -1 : 0,
          Math.min(step < 0 ? length - 1 : length, at < 0 ? at + length : at),
        );
  const from = clamp(start, step < 0 ? length - 1 : 0);
  const to = clamp(stop, step < 0 ? -1 : length);
  const result: Datum[] = [];
  for (let at = from; step < 0 ? at > to : at < to; at += step) {
    result.push(items[at] ?? null);
  }
  return typeof object === "string" ? concat(result) : result;
}

const onText =
  (change: (text: string, args: readonly Datum[]) => Datum | undefined): Pure =>
  (value, args) => {
    const text = textOf(value);
    return text === undefined ? undefined : change(text, args);
  };

const replace = onText((text, [from, to]) =>
  typeof from === "string" && typeof to === "string" && (from !== "" || to === "")
    ? bounded(text.replaceAll(from, () => to))
    : undefined,
);
const split = onText((text, [by]) => {
  if (text.length > LONGEST) {
    return undefined;
  }
  return typeof by === "string" && by !== "" ? text.split(by) : text.trim().split(/\s+/);
});
const trim = onText((text, [characters]) => {
  if (typeof characters !== "string") {
    return text.trim();
  }
  const kept = Array.from(text);
  while (kept.length > 0 && characters.includes(kept[0] ?? "\0")) {
    kept.shift();
  }
  while (kept.length > 0 && characters.includes(kept.at(-1) ?? "\0")) {
    kept.pop();
  }
  return kept.join("");
});
const join: Pure = (value, [separator = ""]) => {
  const items = listOf(value);
  return items === undefined
    ? undefined
    : concat(items.flatMap((part, index) => (index === 0 ? [part] : [separator, part])));
};
const reverse: Pure = (value) => {
  const items = listOf(value)?.toReversed();
  return typeof value === "string" ? concat(items ?? []) : items;
};
/** Keys have their type in front of them. */
const entries: Pure = (value) =>
  value instanceof Map
    ? [...value].map(([key, each]): Datum => [key.slice(key.indexOf(" ") + 1), each])
    : undefined;
const lower = onText((text) => text.toLowerCase());
const upper = onText((text) => text.toUpperCase());
const capitalize = onText((text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase());
const same: Pure = (value) => value;

const FILTERS: ReadonlyMap<string, Pure> = new Map<string, Pure>([
  ["lower", lower],
  ["upper", upper],
  ["capitalize", capitalize],
  ["trim", trim],
  ["replace", replace],
  ["reverse", reverse],
  ["join", join],
  ["string", (value) => textOf(value)],
  ["safe", same],
  ["escape", same],
  ["e", same],
  ["default", same],
  ["d", same],
  ["list", (value) => listOf(value)],
  ["first", (value) => item(value, 0)],
  ["last", (value) => item(value, -1)],
  ["int", (value) => (textOf(value) === undefined ? undefined : Math.trunc(Number(value)) || 0)],
  ["length", (value) => (typeof value === "string" || isList(value) ? value.length : undefined)],
  ["format", (value, args) => (typeof value === "string" ? percent(value, args) : undefined)],
  ["items", entries],
  ["dictsort", entries],
]);

const METHODS: ReadonlyMap<string, Pure> = new Map<string, Pure>([
  ["lower", lower],
  ["casefold", lower],
  ["upper", upper],
  ["capitalize", capitalize],
  ["strip", trim],
  ["replace", replace],
  ["split", split],
  ["join", (separator, [items = null]) => join(items, [separator])],
  ["format", (value, args) => (typeof value === "string" ? braces(value, args) : undefined)],
  [
    "get",
    (value, [key = null, fallback = null]) =>
      value instanceof Map ? (value.get(keyOf(key)) ?? fallback) : undefined,
  ],
  ["items", entries],
  ["keys", (value) => (value instanceof Map ? listOf(value) : undefined)],
  ["values", (value) => (value instanceof Map ? [...value.values()] : undefined)],
  ["decode", same],
  ["encode", same],
]);

export function applyFilter(name: string, value: Datum, args: readonly Datum[]): Datum | undefined {
  return FILTERS.get(name)?.(value, args);
}

export function callMethod(name: string, value: Datum, args: readonly Datum[]): Datum | undefined {
  return METHODS.get(name)?.(value, args);
}

function bounded(text: string): string | undefined {
  return text.length <= LONGEST ? text : undefined;
}

/** `%`: only what builds strings from strings and character codes. */
function percent(template: string, args: readonly Datum[]): string | undefined {
  let next = 0;
  let isKnown = template.length <= LONGEST;
  const text = template.replaceAll(/%(?:%|-?\d{0,3}([sdicr]))/g, (match, type?: string) => {
    if (type === undefined) {
      return "%";
    }
    const value = args[next];
    next += 1;
    const shown = type === "c" && typeof value === "number" ? character(value) : textOf(value);
    isKnown &&= shown !== undefined;
    return shown ?? match;
  });
  return isKnown ? bounded(text) : undefined;
}

function character(code: number): string | undefined {
  return Number.isInteger(code) && code >= 0 && code <= 0x10ffff
    ? String.fromCodePoint(code)
    : undefined;
}

/** `str.format` with plain fields; fields that reach into their argument are somebody else's to judge. */
function braces(template: string, args: readonly Datum[]): string | undefined {
  let next = 0;
  let isKnown = template.length <= LONGEST;
  const text = template.replaceAll(
    /\{\{|\}\}|\{(\d{0,3})(?::(c?))?\}/g,
    (match, index?: string, type?: string) => {
      if (match === "{{" || match === "}}") {
        return match.slice(1);
      }
      const value = args[index === undefined || index === "" ? next++ : Number(index)];
      const shown = type === "c" && typeof value === "number" ? character(value) : textOf(value);
      isKnown &&= shown !== undefined;
      return shown ?? match;
    },
  );
  return isKnown ? bounded(text) : undefined;
}
