/**
 * Key-value pairs of a GGUF file (gguf.md, `gguf_metadata_kv_t`). Keys, scalars and places of strings are kept;
 * arrays are walked and not kept. What the reference reader (gguf.cpp) refuses is damaged.
 */

import type { Governor } from "../../bytes/governor.ts";
import { utf8 } from "../../bytes/read.ts";
import { quote } from "../../kernel/text.ts";
import { walkArray } from "./read-array.ts";
import type { GgufCursor, GgufString } from "./cursor.ts";
import { ARRAY, STRING, VALUE_TYPES } from "./value-types.ts";

/** The specification's limit; longer keys are passed over. */
const LONGEST_KEY = 65_535;
/** Strings up to here are kept as values. */
const KEPT_STRING = 1024;
/** Real files have some hundred keys. */
const MOST_ENTRIES = 100_000;
/** What an entry takes in memory beside its texts, roughly. */
const ENTRY_BYTES = 320;

export interface GgufEntry {
  /** As C sees it: up to the first zero byte. */
  readonly key: string;
  /** Where its key begins. */
  readonly offset: number;
  /** Number of its type in `VALUE_TYPES`. */
  readonly type: number;
  /** Number, truth value, or a string of at most 1,024 bytes. */
  readonly value?: number | boolean | string;
  /** Of an array: the type of its elements and how many there are. */
  readonly elements?: { readonly type: number; readonly count: number };
  /** The bytes of a string or of an array's elements. */
  readonly place: GgufString;
}

/** Called for each string of at least 64 bytes that is an element of an array. */
export type OnLongString = (found: GgufString) => void;

/** Reads `count` pairs, or as many as there are. */
export function readMetadata(
  cursor: GgufCursor,
  count: number,
  governor: Governor,
  onLong: OnLongString,
): GgufEntry[] {
  const entries: GgufEntry[] = [];
  for (let index = 0; index < count && !cursor.failed; index += 1) {
    const offset = cursor.position;
    const key = readKey(cursor, index);
    const entry = cursor.failed ? undefined : readEntry(cursor, key, offset, onLong);
    if (entry === undefined) {
      break;
    }
    const text = entry.key.length + (typeof entry.value === "string" ? entry.value.length : 0);
    if (index >= MOST_ENTRIES || !governor.take("memory", ENTRY_BYTES + 2 * text)) {
      cursor.fail("limit", `the metadata has more keys than are kept: ${count}`, offset);
      break;
    }
    entries.push(entry);
  }
  return entries;
}

/** A key; those that C and others read differently, or that nobody should write, are told. */
function readKey(cursor: GgufCursor, index: number): string {
  const offset = cursor.position;
  const { start, end } = cursor.string(`the key of metadata entry ${index + 1}`);
  if (cursor.failed) {
    return "";
  }
  if (end === start) {
    cursor.fail("damaged", `the key of metadata entry ${index + 1} is empty`, offset);
    return "";
  }
  if (end - start > LONGEST_KEY) {
    cursor.problems.add("damaged", `a key of ${end - start} bytes is not kept`, offset);
    return `\u0000${index}`;
  }
  cursor.position = start;
  const key = utf8(cursor.take(end - start));
  const zero = key.indexOf("\0");
  if (zero === -1) {
    return key;
  }
  cursor.problems.add("deviation", `the key ${quote(key)} holds a zero byte`, offset);
  return key.slice(0, zero);
}

function readEntry(
  cursor: GgufCursor,
  key: string,
  offset: number,
  onLong: OnLongString,
): GgufEntry | undefined {
  const typeAt = cursor.position;
  const type = cursor.u32();
  const what = quote(key);
  if (VALUE_TYPES[type] === undefined) {
    cursor.fail("damaged", `${what} has a value of unknown type ${type}`, typeAt);
  }
  if (cursor.failed) {
    return undefined;
  }
  if (type === ARRAY) {
    const { elements, start } = walkArray(cursor, what, onLong);
    return cursor.failed
      ? undefined
      : { key, offset, type, elements, place: { start, end: cursor.position } };
  }
  if (type === STRING) {
    const place = cursor.string(what);
    return cursor.failed ? undefined : { key, offset, type, place, ...textOf(cursor, place) };
  }
  const start = cursor.position;
  const value = readScalar(cursor, type);
  return cursor.failed
    ? undefined
    : { key, offset, type, value, place: { start, end: cursor.position } };
}

function textOf(cursor: GgufCursor, { start, end }: GgufString): { value?: string } {
  if (end - start > KEPT_STRING) {
    return {};
  }
  cursor.position = start;
  return { value: utf8(cursor.take(end - start)) };
}

/** A number as exactly as JavaScript has it. */
function readScalar(cursor: GgufCursor, type: number): number | boolean {
  const bytes = cursor.take(VALUE_TYPES[type]?.size ?? 0);
  if (cursor.failed) {
    return 0;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { littleEndian } = cursor;
  switch (VALUE_TYPES[type]?.name) {
    case "u8":
      return view.getUint8(0);
    case "i8":
      return view.getInt8(0);
    case "u16":
      return view.getUint16(0, littleEndian);
    case "i16":
      return view.getInt16(0, littleEndian);
    case "u32":
      return view.getUint32(0, littleEndian);
    case "i32":
      return view.getInt32(0, littleEndian);
    case "f32":
      return view.getFloat32(0, littleEndian);
    case "u64":
      return Number(view.getBigUint64(0, littleEndian));
    case "i64":
      return Number(view.getBigInt64(0, littleEndian));
    case "f64":
      return view.getFloat64(0, littleEndian);
    default:
      return view.getUint8(0) !== 0;
  }
}
