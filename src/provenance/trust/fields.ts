/**
 * Reading a document strictly: every mistake names its line and its path, and what is not known is refused, since a
 * mistyped key must not silently trust somebody.
 */

import { AppError } from "../../kernel/errors.ts";
import { didYouMean } from "../../kernel/suggest.ts";
import type { Place } from "./policy.ts";

export type Path = readonly (string | number)[];

export interface Document {
  /** What messages call it. */
  readonly name: string;
  readonly content: unknown;
  /** The line on which a value stands, from 1. */
  lineOf(path: Path): number;
}

/** A value and where it stands. */
export interface Field {
  readonly document: Document;
  readonly path: Path;
  readonly value: unknown;
}

/** A mistake in a document. */
export class Mistake extends AppError {}

export function rootOf(document: Document): Field {
  return { document, path: [], value: document.content };
}

export function placeOf({ document, path }: Field): Place {
  return { document: document.name, line: document.lineOf(path), path: pathText(path) };
}

export function mistake(field: Field, message: string, hint?: string): Mistake {
  const { document, line, path } = placeOf(field);
  const text = `${document}:${line}: ${path === "" ? "the policy" : path} ${message}`;
  return new Mistake("CONFIG_INVALID", text, hint === undefined ? {} : { hint });
}

export class Fields {
  readonly #field: Field;
  readonly #members: ReadonlyMap<string, unknown>;

  /** Throws `Mistake` where it is no mapping, or has a key that is not among those. */
  constructor(field: Field, keys: readonly string[]) {
    const { value } = field;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw mistake(field, "has to be a mapping of keys to values");
    }
    this.#field = field;
    this.#members = new Map(Object.entries(value));
    for (const key of this.#members.keys()) {
      if (!keys.includes(key)) {
        throw mistake(
          this.at(key),
          `is not a key${didYouMean(key, keys)}`,
          `keys: ${keys.join(", ")}`,
        );
      }
    }
  }

  has(key: string): boolean {
    return this.#members.has(key);
  }

  at(key: string): Field {
    const { document, path } = this.#field;
    return { document, path: [...path, key], value: this.#members.get(key) };
  }

  /** Throws `Mistake` where it is missing. */
  need(key: string): Field {
    const field = this.at(key);
    if (field.value === undefined || field.value === null) {
      throw mistake({ ...this.#field, path: this.#field.path }, `needs ${key}`);
    }
    return field;
  }

  /** What a reader makes of a member; nothing where there is none. */
  optional<Value>(key: string, read: (field: Field) => Value): Value | undefined {
    return this.has(key) ? read(this.at(key)) : undefined;
  }
}

/** The items of a list; a single value is a list of one where that is said. */
export function items(field: Field, orOne = false): Field[] {
  if (orOne && typeof field.value === "string") {
    return [field];
  }
  if (!Array.isArray(field.value)) {
    throw mistake(field, "has to be a list");
  }
  return field.value.map((value: unknown, index) => ({
    document: field.document,
    path: [...field.path, index],
    value,
  }));
}

export function filled(field: Field, orOne = false): Field[] {
  const found = items(field, orOne);
  if (found.length === 0) {
    throw mistake(field, "is empty");
  }
  return found;
}

export function text(field: Field): string {
  const { value } = field;
  if (typeof value !== "string") {
    throw mistake(field, "has to be text; put it in quotes");
  }
  if (value.trim() === "") {
    throw mistake(field, "is empty");
  }
  if (/\p{Cc}/u.test(value)) {
    throw mistake(field, "has a control character in it");
  }
  return value;
}

export function flag(field: Field): boolean {
  if (typeof field.value !== "boolean") {
    throw mistake(field, "is true or false");
  }
  return field.value;
}

/** A whole number. */
export function count(field: Field, least: number): number {
  const { value } = field;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw mistake(field, `has to be a whole number from ${least}`);
  }
  return value;
}

export function oneOf<Word extends string>(field: Field, words: readonly Word[]): Word {
  const known = words.find((word) => word === field.value);
  if (known === undefined) {
    const near = typeof field.value === "string" ? didYouMean(field.value, words) : "";
    const last = words.at(-1) ?? "";
    const choice = words.length === 1 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
    throw mistake(field, `has to be ${choice}${near}`);
  }
  return known;
}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/;

/** Milliseconds since 1970 of a day, which begins in UTC, or a time in UTC. */
export function time(field: Field): number {
  const { value } = field;
  const at = typeof value === "string" && TIME.test(value) ? Date.parse(value) : Number.NaN;
  // A day that does not exist rolls over into the next month.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== String(value).slice(0, 10)) {
    throw mistake(field, "has to be a day such as 2027-06-30, or a time such as 2027-06-30T12:00Z");
  }
  return at;
}

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of `30d`, `12h`. */
export function duration(field: Field): number {
  const match = /^([1-9]\d{0,5})([mhdw])$/.exec(String(field.value));
  if (match === null) {
    throw mistake(field, "has to be a time such as 30d, 12h or 90m");
  }
  return Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0);
}

function pathText(path: Path): string {
  let result = "";
  for (const step of path) {
    result += typeof step === "number" ? `[${step}]` : `${result === "" ? "" : "."}${step}`;
  }
  return result;
}

/** The words of some lines, each a list. */
export function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(" "));
}
