/**
 * The value of a string literal: Jinja decodes it with Python's `unicode_escape`. Of `\N{…}` only the names of
 * ASCII characters are known, since those are what names of attributes are hidden with; others give U+FFFD.
 */

import { SyntaxProblem } from "./syntax-problem.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const HEX: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const NAMED: Readonly<Record<string, string>> = {
  SPACE: " ",
  "LOW LINE": "_",
  UNDERSCORE: "_",
  "FULL STOP": ".",
  "HYPHEN-MINUS": "-",
  SOLIDUS: "/",
  COLON: ":",
  "LEFT PARENTHESIS": "(",
  "RIGHT PARENTHESIS": ")",
  "LEFT SQUARE BRACKET": "[",
  "RIGHT SQUARE BRACKET": "]",
  "LEFT CURLY BRACKET": "{",
  "RIGHT CURLY BRACKET": "}",
  APOSTROPHE: "'",
  "QUOTATION MARK": '"',
};

/** @param raw what stands between the quotes, `at` where that begins. */
export function stringValue(raw: string, at: number): string {
  if (!raw.includes("\\")) {
    return raw;
  }
  const parts: string[] = [];
  let position = 0;
  for (;;) {
    const backslash = raw.indexOf("\\", position);
    if (backslash === -1) {
      parts.push(raw.slice(position));
      return parts.join("");
    }
    parts.push(raw.slice(position, backslash));
    const [text, length] = escapeAt(raw, backslash + 1, at);
    parts.push(text);
    position = backslash + 1 + length;
  }
}

/** What the escape behind a backslash stands for, and its length. */
function escapeAt(raw: string, from: number, at: number): readonly [string, number] {
  const letter = raw[from] ?? "";
  const simple = SIMPLE[letter];
  if (simple !== undefined) {
    return [simple, 1];
  }
  const digits = HEX[letter];
  if (digits !== undefined) {
    const hex = raw.slice(from + 1, from + 1 + digits);
    const code = Number.parseInt(hex, 16);
    if (hex.length !== digits || !/^[\da-f]+$/i.test(hex) || code > 0x10ffff) {
      throw new SyntaxProblem(`an escape \\${letter} is cut short`, at + from);
    }
    return [String.fromCodePoint(code), 1 + digits];
  }
  if (letter === "N") {
    const name = /^\{([^}]{1,100})\}/.exec(raw.slice(from + 1, from + 110))?.[1];
    if (name === undefined) {
      throw new SyntaxProblem("an escape \\N has no name", at + from);
    }
    return [named(name.toUpperCase()), name.length + 3];
  }
  const octal = /^[0-7]{1,3}/.exec(raw.slice(from, from + 3))?.[0];
  if (octal !== undefined) {
    return [String.fromCodePoint(Number.parseInt(octal, 8)), octal.length];
  }
  return [`\\${letter}`, letter.length];
}

function named(name: string): string {
  const letter = /^LATIN (SMALL|CAPITAL) LETTER ([A-Z])$/.exec(name);
  if (letter !== null) {
    const [, size, character = ""] = letter;
    return size === "SMALL" ? character.toLowerCase() : character;
  }
  return NAMED[name] ?? "\ufffd";
}
