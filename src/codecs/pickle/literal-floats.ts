/** Text of floats in pickle operands, as `PyOS_string_to_double` and Python's `float` read it. */

import { latin1 } from "../../bytes/read.ts";
import { invalid, stripSpace, untilNul } from "./literal.ts";
import type { Literal } from "./literal.ts";

const NOT_A_FLOAT = invalid("the text is not a float");

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The end of digits, with single underscores between them where allowed. */
function skipDigits(bytes: Uint8Array, start: number, underscores: boolean): number {
  let at = start;
  while (isDigit(bytes[at])) {
    at += 1;
    if (bytes[at] === 0x5f && underscores && isDigit(bytes[at + 1])) {
      at += 1;
    }
  }
  return at;
}

/** Whether the text is a decimal number without whitespace. */
function isDecimal(bytes: Uint8Array, underscores: boolean): boolean {
  let at = bytes[0] === 0x2b || bytes[0] === 0x2d ? 1 : 0;
  const integral = skipDigits(bytes, at, underscores);
  let digits = integral - at;
  at = integral;
  if (bytes[at] === 0x2e) {
    const fraction = skipDigits(bytes, at + 1, underscores);
    digits += fraction - at - 1;
    at = fraction;
  }
  if (digits === 0) {
    return false;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 1 : 0;
    const exponent = skipDigits(bytes, at + 1 + sign, underscores);
    if (exponent === at + 1 + sign) {
      return false;
    }
    at = exponent;
  }
  return at === bytes.length;
}

const SPECIAL = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i;

function parseSpecial(bytes: Uint8Array): Literal {
  const match = bytes.length <= 9 ? SPECIAL.exec(latin1(bytes)) : null;
  if (match === null) {
    return NOT_A_FLOAT;
  }
  if (match[2] !== undefined) {
    return { kind: "float", value: Number.NaN };
  }
  return { kind: "float", value: match[1] === "-" ? -Infinity : Infinity };
}

function parse(bytes: Uint8Array, underscores: boolean): Literal {
  return isDecimal(bytes, underscores)
    ? { kind: "float", value: Number(latin1(bytes).replaceAll("_", "")) }
    : parseSpecial(bytes);
}

/** FLOAT in the C reader: no whitespace, no underscores, no overflow, ends at a NUL. */
export function parseCFloat(bytes: Uint8Array): Literal {
  const text = untilNul(bytes);
  const literal = parse(text, false);
  return literal.kind === "float" && isDigit(text.at(-1)) && !Number.isFinite(literal.value)
    ? invalid("the float is too large")
    : literal;
}

/** FLOAT in the Python reader: `float(text)`. */
export function parsePythonFloat(bytes: Uint8Array): Literal {
  return parse(stripSpace(bytes), true);
}
