/**
 * Arrays of metadata (gguf.md, `gguf_metadata_value_t`). They may nest, which the reference reader does not
 * take; a stack of our own walks them to a bounded depth.
 */

import type { GgufCursor, GgufString } from "./cursor.ts";
import { LONGEST } from "./cursor.ts";
import { ARRAY, STRING, VALUE_TYPES } from "./value-types.ts";

/** Nobody nests arrays deeper than tables in tables. */
const MAX_DEPTH = 64;
/** What readers in C take in memory for a string. */
const STRING_BYTES = 16;

export interface GgufElements {
  readonly type: number;
  readonly count: number;
}

/** Walks one array, with the cursor behind its type. `start` is where its elements begin. */
export function walkArray(
  cursor: GgufCursor,
  what: string,
  onLong: (found: GgufString) => void,
): { elements: GgufElements; start: number } {
  const offset = cursor.position;
  const elements = openArray(cursor, what);
  const start = cursor.position;
  if (elements.type !== ARRAY) {
    walkElements(cursor, elements, what, onLong);
    return { elements, start };
  }
  cursor.problems.add("deviation", `${what} nests arrays, which few readers take`, offset);
  // Arrays that are still to come, of each array around the cursor.
  const left = [elements.count];
  while (left.length > 0 && !cursor.failed) {
    const remaining = left.at(-1) ?? 0;
    if (remaining === 0) {
      left.pop();
      continue;
    }
    left[left.length - 1] = remaining - 1;
    const inner = openArray(cursor, what);
    if (inner.type !== ARRAY) {
      walkElements(cursor, inner, what, onLong);
    } else if (left.length < MAX_DEPTH) {
      left.push(inner.count);
    } else {
      cursor.fail("limit", `${what} nests arrays more than ${MAX_DEPTH} deep`);
    }
  }
  return { elements, start };
}

/** Type and count of an array, once both are possible. */
function openArray(cursor: GgufCursor, what: string): GgufElements {
  const offset = cursor.position;
  const type = cursor.u32();
  const count = cursor.length();
  const info = VALUE_TYPES[type];
  if (info === undefined) {
    cursor.fail("damaged", `${what} is an array of unknown type ${type}`, offset);
    return { type: 0, count: 0 };
  }
  if (count * (type === STRING ? STRING_BYTES : Math.max(info.size, 1)) >= 2 ** 63) {
    cursor.problems.overflow({
      what: "array length",
      advisory: "CVE-2024-21825",
      message: `${what} claims ${count} elements, whose size no reader can count`,
      offset,
    });
  }
  if (count > LONGEST) {
    cursor.fail("damaged", `${what} claims ${count} elements, more than any reader takes`, offset);
  }
  return { type, count };
}

function walkElements(
  cursor: GgufCursor,
  { type, count }: GgufElements,
  what: string,
  onLong: (found: GgufString) => void,
): void {
  if (cursor.failed) {
    return;
  }
  if (type === STRING) {
    cursor.strings(count, what, onLong);
  } else {
    cursor.skip(count * (VALUE_TYPES[type]?.size ?? 0), what);
  }
}
