/** Whether the arguments of a call fit the schema of a known name. */

/* oxlint-disable complexity, max-params -- one switch over the kinds of patterns */

import type { Machine } from "./machine.ts";
import type { Pattern } from "./names/known-name.ts";
import { isScalar, KIND, kindOf, TAINT, taintOf, taintOfAll } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * Matches arguments against patterns. Without patterns every argument must be known itself. A name
 * that is neither known nor dangerous is reported by itself wherever it stands, so it does not make a
 * call unexpected; a dangerous one does.
 */
export function matchArguments(
  machine: Machine,
  patterns: readonly Pattern[] | undefined,
  args: readonly Value[] | undefined,
  at: number,
): boolean {
  if (args === undefined) {
    return false;
  }
  if (patterns === undefined) {
    return (taintOfAll(args) & TAINT.DANGEROUS) === 0;
  }
  return matchesSequence(machine, patterns, args, at);
}

/** Patterns in order; what follows `"..."` (known things, by default) takes all the rest. */
function matchesSequence(
  machine: Machine,
  patterns: readonly Pattern[],
  values: readonly Value[],
  at: number,
): boolean {
  // Half a million calls come through here: nothing is copied.
  const rest = patterns.indexOf("...");
  const fixed = rest === -1 ? patterns.length : rest;
  const repeated = rest === -1 ? undefined : (patterns[rest + 1] ?? "known");
  for (let position = 0; position < values.length; position += 1) {
    const pattern = position < fixed ? patterns[position] : repeated;
    if (pattern === undefined || !matches(machine, pattern, values, position, at)) {
      return false;
    }
  }
  for (let position = values.length; position < fixed; position += 1) {
    const pattern = patterns[position];
    if (typeof pattern !== "object" || !("optional" in pattern)) {
      return false;
    }
  }
  return true;
}

/** Whether a single value, such as the state of BUILD, fits a pattern. */
export function matchesPattern(
  machine: Machine,
  pattern: Pattern,
  value: Value,
  at: number,
): boolean {
  return matches(machine, pattern, [value], 0, at);
}

/** Whether the value at `position` fits; those behind it are what it is called with where it is called. */
function matches(
  machine: Machine,
  pattern: Pattern,
  values: readonly Value[],
  position: number,
  at: number,
): boolean {
  if (typeof pattern === "object") {
    return matchesObject(machine, pattern, values, position, at);
  }
  const value = values[position]!;
  switch (pattern) {
    case "known":
    case "...":
      return (taintOf(value) & TAINT.DANGEROUS) === 0;
    case "plain":
      return taintOf(value) === TAINT.NONE && isData(value);
    case "str":
    case "bytes":
    case "int":
    case "number":
    case "bool":
    case "none":
      return matchesScalar(machine, pattern, value);
    case "tuple":
      return isKind(value, KIND.TUPLE) && (taintOf(value) & TAINT.DANGEROUS) === 0;
    case "list":
      return isKind(value, KIND.LIST) && (taintOf(value) & TAINT.DANGEROUS) === 0;
    case "dict":
      return isKind(value, KIND.DICT) && (taintOf(value) & TAINT.DANGEROUS) === 0;
    case "set":
      return isKind(value, KIND.SET) && (taintOf(value) & TAINT.DANGEROUS) === 0;
    case "class":
      return (
        isKind(value, KIND.GLOBAL) &&
        typeof value === "object" &&
        value.use?.danger === undefined &&
        value.use?.known?.kind !== "function"
      );
    case "keeps":
      machine.options.calls.keep(machine, value, at);
      return (taintOf(value) & TAINT.DANGEROUS) === 0;
    case "calls":
      machine.call(value, values.slice(position + 1), at, "argument");
      return (taintOf(value) & TAINT.DANGEROUS) === 0;
    default:
      return false;
  }
}

function matchesObject(
  machine: Machine,
  pattern: Extract<Pattern, object>,
  values: readonly Value[],
  position: number,
  at: number,
): boolean {
  if ("optional" in pattern) {
    return matches(machine, pattern.optional, values, position, at);
  }
  if ("oneOf" in pattern) {
    return matchesSome(machine, pattern.oneOf, values, position, at);
  }
  const value = values[position]!;
  if ("is" in pattern) {
    const actual = scalarOf(machine, value);
    return pattern.is.some((allowed) => allowed === actual);
  }
  if ("class" in pattern) {
    const use = typeof value === "object" && value.kind === KIND.GLOBAL ? value.use : undefined;
    return (
      use?.resolved.some(({ module, name }) => pattern.class.includes(`${module}.${name}`)) === true
    );
  }
  if ("may" in pattern) {
    return (
      typeof value === "object" &&
      value.kind === KIND.GLOBAL &&
      (value.use?.danger === undefined || value.use.known?.allow.has(pattern.may) === true)
    );
  }
  if ("from" in pattern) {
    const use =
      typeof value === "object" && typeof value.callee === "object" ? value.callee.use : undefined;
    return (
      use?.resolved.some(({ module, name }) => pattern.from.includes(`${module}.${name}`)) === true
    );
  }
  if ("matches" in pattern) {
    const text = scalarOf(machine, value);
    return typeof text === "string" && new RegExp(`^(?:${pattern.matches})$`).test(text);
  }
  if ("tuple" in pattern) {
    return (
      kindOf(value) === KIND.TUPLE &&
      matchesSequence(machine, pattern.tuple, machine.itemsOf(value) ?? [], at)
    );
  }
  if ("attributes" in pattern) {
    return matchesAttributes(machine, pattern.attributes, value, at);
  }
  if ("enum" in pattern) {
    return typeof value === "object" && value.use?.known?.kind === "enum";
  }
  return demandNested(machine, pattern.nested, value, at);
}

function matchesSome(
  machine: Machine,
  options: readonly Pattern[],
  values: readonly Value[],
  position: number,
  at: number,
): boolean {
  for (const option of options) {
    if (matches(machine, option, values, position, at)) {
      return true;
    }
  }
  return false;
}

function matchesAttributes(
  machine: Machine,
  attributes: Readonly<Record<string, Pattern>>,
  value: Value,
  at: number,
): boolean {
  if (typeof value !== "object" || value.kind !== KIND.DICT) {
    return false;
  }
  const items = machine.itemsOf(value) ?? [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    const key = scalarOf(machine, items[index]!);
    const pattern =
      typeof key === "string" && Object.hasOwn(attributes, key) ? attributes[key] : "known";
    if (!matchesPattern(machine, pattern ?? "known", items[index + 1]!, at)) {
      return false;
    }
  }
  return true;
}

/** Bytes that the function will unpickle: scanned as an artifact of their own. */
function demandNested(
  machine: Machine,
  as: "pickle" | "pytorch",
  value: Value,
  at: number,
): boolean {
  if (isScalar(value)) {
    const { start, end } = machine.literals.operand(value);
    const type = machine.literals.type(value);
    if (type !== "bytes" && type !== "str") {
      return false;
    }
    machine.findings.loads.push({ as, offset: at, start, end });
    return true;
  }
  if (typeof value === "object" && value.literal instanceof Uint8Array) {
    machine.findings.loads.push({ as, offset: at, start: 0, end: 0, bytes: value.literal });
    return true;
  }
  return false;
}

function isKind(value: Value, kind: number): boolean {
  return kindOf(value) === kind;
}

function isData(value: Value): boolean {
  return (
    typeof value === "number" ||
    value.kind <= KIND.SET ||
    value.kind === KIND.FOLDED ||
    value.kind === KIND.BYTEARRAY
  );
}

function matchesScalar(
  machine: Machine,
  pattern: "str" | "bytes" | "int" | "number" | "bool" | "none",
  value: Value,
): boolean {
  if (typeof value !== "number") {
    if (value.kind === KIND.BYTEARRAY) {
      return pattern === "bytes";
    }
    if (value.kind !== KIND.FOLDED) {
      return false;
    }
    const { literal } = value;
    return (
      (pattern === "str" && typeof literal === "string") ||
      (pattern === "bytes" && literal instanceof Uint8Array) ||
      ((pattern === "int" || pattern === "number") &&
        (typeof literal === "number" || typeof literal === "bigint"))
    );
  }
  if (value < 0) {
    return false;
  }
  const type = machine.literals.type(value);
  switch (pattern) {
    case "number":
      return type === "int" || type === "float" || type === "bool";
    case "int":
      return type === "int" || type === "bool";
    case "bytes":
      // A Python 2 string is bytes there and text here.
      return type === "bytes" || machine.literals.bytes(value) !== undefined;
    case "bool":
      // Protocol 0 and 1 write booleans as I00 and I01.
      return type === "bool" || typeof machine.literals.scalar(value) === "boolean";
    default:
      return type === pattern;
  }
}

function scalarOf(machine: Machine, value: Value): string | number | boolean | null | undefined {
  if (typeof value !== "number") {
    return typeof value.literal === "string" || typeof value.literal === "number"
      ? value.literal
      : undefined;
  }
  if (value < 0) {
    return undefined;
  }
  const text = machine.literals.text(value);
  if (text !== undefined) {
    return text;
  }
  const scalar = machine.literals.scalar(value);
  return typeof scalar === "bigint" ? Number(scalar) : scalar;
}
