/**
 * A value as JSON, laid out as JSON.stringify does it. Whatever could forge structure on a terminal, or be
 * a command in the log of a build (`##[` anywhere in a line), is written as `\uXXXX`: the value stays the same.
 */

import { replaceUnsafe } from "../../kernel/text.ts";

/** A value whose further lines stand `indent` columns in. Strings in JSON hold no line feeds. */
export function jsonText(value: unknown, indent: number): string {
  const text = JSON.stringify(value, undefined, 2).replaceAll("\n", `\n${" ".repeat(indent)}`);
  return replaceUnsafe(text, escapeUnits).replaceAll("##[", String.raw`#\u0023[`);
}

/** A line feed can only be one between values. */
function escapeUnits(character: string): string {
  if (character === "\n") {
    return character;
  }
  let escaped = "";
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
