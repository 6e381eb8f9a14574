/**
 * JSON that every reader takes for the same (RFC 8259 with the advice of section 4): UTF-8, no key twice in an
 * object, a bounded depth. Readers differ over which of two equal keys counts, and a signature must not depend on that.
 */

import { isUtf8 } from "node:buffer";

import { DEEPEST, JsonScanner, PUNCTUATION } from "../../codecs/json-scanner.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";

export type StrictJson =
  | { readonly kind: "value"; readonly value: JsonValue }
  /** `detail` is half a sentence. */
  | { readonly kind: "failed"; readonly detail: string };

type JsonObject = Readonly<Record<string, JsonValue>>;

/** Never throws. Linear. */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  if (bytes.length === 0) {
    return { kind: "failed", detail: "it is empty" };
  }
  if (!isUtf8(bytes)) {
    return { kind: "failed", detail: "it is not UTF-8" };
  }
  const json = new JsonScanner(bytes);
  if (!scanValue(json)) {
    const { detail, at } = json.failure ?? { detail: "it is not JSON", at: 0 };
    return { kind: "failed", detail: `${detail} (byte ${at})` };
  }
  if (json.peek() !== -1) {
    return { kind: "failed", detail: `something follows the value (byte ${json.at})` };
  }
  return { kind: "value", value: JSON.parse(json.bytes.toString("utf8")) as JsonValue };
}

/** The value as an object; nothing where it is something else. */
export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** A field that is the object's own. */
export function fieldOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** What is open: the keys of an object so far, nothing for an array. */
type Open = Set<string> | undefined;

/** Reads one value to its end, with a stack of its own. */
function scanValue(json: JsonScanner): boolean {
  const open: Open[] = [];
  for (;;) {
    const byte = json.peek();
    const isObject = byte === PUNCTUATION.openObject;
    if (isObject || byte === PUNCTUATION.openArray) {
      if (open.length >= DEEPEST) {
        return json.fail(`values lie more than ${DEEPEST} deep in one another`);
      }
      const opened = json.open(byte);
      if (opened === "failed") {
        return false;
      }
      if (opened === "filled") {
        const keys = isObject ? new Set<string>() : undefined;
        open.push(keys);
        if (keys !== undefined && !takeKey(json, keys)) {
          return false;
        }
        continue;
      }
    } else if (!json.skip(open.length)) {
      return false;
    }
    if (!leave(json, open)) {
      return json.failure === undefined;
    }
  }
}

/** After a value: whether another one has to be read. */
function leave(json: JsonScanner, open: Open[]): boolean {
  while (open.length > 0) {
    const keys = open.at(-1);
    if (json.more(keys === undefined ? PUNCTUATION.closeArray : PUNCTUATION.closeObject)) {
      return keys === undefined || takeKey(json, keys);
    }
    if (json.failure !== undefined) {
      return false;
    }
    open.pop();
  }
  return false;
}

function takeKey(json: JsonScanner, keys: Set<string>): boolean {
  if (!json.string()) {
    return false;
  }
  const at = json.start;
  const key = json.value();
  if (keys.has(key)) {
    return json.fail(`the key ${quote(key)} is there twice`, at);
  }
  keys.add(key);
  return json.take(PUNCTUATION.colon);
}
