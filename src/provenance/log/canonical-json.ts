/** JSON in its canonical form, RFC 8785 (JCS), for values that came out of `JSON.parse` or could have. */

import { invalid } from "./refuse.ts";

/** Entries are flat. */
const DEEPEST = 32;

/** Throws `AppError` LOG_INVALID for what JSON has no form for: numbers that are none, halves of characters. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > DEEPEST) {
    throw invalid("the entry is nested too deeply");
  }
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown) => canonicalJson(item, depth + 1)).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    // The order is that of UTF-16 code units, which is what sort() does.
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member, depth + 1)}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "string") {
    return canonicalString(value);
  }
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  throw invalid("the entry holds something that JSON has no form for");
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) {
    throw invalid("the entry holds half of a character, which has no canonical form");
  }
  return JSON.stringify(text);
}
