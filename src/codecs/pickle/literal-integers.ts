/**
 * Integers in pickle operands, as `strtol`, `PyLong_FromString`, Python's `int` and
 * `_PyLong_FromByteArray` read them.
 */

import { latin1 } from "../../bytes/read.ts";
import { invalid, isSpace, stripSpace, untilNul } from "./literal.ts";
import type { Literal } from "./literal.ts";

// Past this a value is not computed: big integers cost more than linear time.
const MAX_DIGITS = 4300;
const MAX_BYTES = 4096;

const NOT_AN_INTEGER = invalid("the text is not an integer");

function digitValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) {
    return byte - 0x30;
  }
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 + 10 : 36;
}

/** Whether all is digits of the base with single underscores between them; how many, and if zero. */
function checkDigits(
  bytes: Uint8Array,
  start: number,
  base: number,
): { count: number; zero: boolean } | undefined {
  let count = 0;
  let zero = true;
  let afterDigit = false;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x5f && afterDigit) {
      afterDigit = false;
      continue;
    }
    const value = digitValue(byte);
    if (value >= base) {
      return undefined;
    }
    zero &&= value === 0;
    count += 1;
    afterDigit = true;
  }
  return afterDigit ? { count, zero } : undefined;
}

const PREFIXES: ReadonlyMap<number, readonly [base: number, prefix: string]> = new Map([
  [0x78, [16, "0x"]],
  [0x6f, [8, "0o"]],
  [0x62, [2, "0b"]],
]);

/** Text without sign and whitespace. Base 0 takes prefixes and refuses leading zeros. */
function parseDigits(bytes: Uint8Array, base: 0 | 10, negative: boolean): Literal {
  const prefixed =
    base === 0 && bytes[0] === 0x30 ? PREFIXES.get((bytes[1] ?? 0) | 0x20) : undefined;
  const [radix, prefix] = prefixed ?? [10, ""];
  // One underscore may follow a prefix.
  const start = prefix.length + (prefixed !== undefined && bytes[2] === 0x5f ? 1 : 0);
  const digits = checkDigits(bytes, start, radix);
  if (digits === undefined) {
    return NOT_AN_INTEGER;
  }
  if (base === 0 && radix === 10 && bytes[0] === 0x30 && !digits.zero) {
    return invalid("the integer has leading zeros");
  }
  if (digits.count > MAX_DIGITS) {
    return radix === 10
      ? invalid(`the integer has more than ${MAX_DIGITS} digits`)
      : { kind: "int", value: undefined };
  }
  const magnitude = BigInt(prefix + latin1(bytes, start).replaceAll("_", ""));
  return { kind: "int", value: negative ? -magnitude : magnitude };
}

function parseSigned(bytes: Uint8Array, base: 0 | 10): Literal {
  const text = stripSpace(bytes);
  const sign = text[0];
  const signed = sign === 0x2b || sign === 0x2d;
  return parseDigits(signed ? text.subarray(1) : text, base, sign === 0x2d);
}

/** `int(text, 0)`: LONG in the Python reader, without its `L`. */
export function baseZeroInteger(bytes: Uint8Array): Literal {
  return parseSigned(bytes, 0);
}

/** `int(text)`: a memo key in a line. */
export function decimalInteger(bytes: Uint8Array): Literal {
  return parseSigned(bytes, 10);
}

/** INT in the Python reader: `int(text, 0)`, with `00` and `01` for the booleans. */
export function pythonInteger(bytes: Uint8Array): Literal {
  const boolean = bytes.length === 2 ? latin1(bytes) : "";
  if (boolean === "00" || boolean === "01") {
    return { kind: "bool", value: boolean === "01" };
  }
  return parseSigned(bytes, 0);
}

const C_OCTAL = /^[\t-\r ]*([+-]?)0([0-7]*)$/;
const MAX_LEADING_ZEROS = 65_536;
const LONG_MAX = 2n ** 63n - 1n;

/** INT in the C reader: `strtol` with base 0, and `PyLong_FromString` where that fails. */
export function cInteger(bytes: Uint8Array): Literal {
  const text = untilNul(bytes);
  const literal = strtolOctal(text) ?? parseSigned(text, 0);
  const small = literal.kind === "int" && (literal.value === 0n || literal.value === 1n);
  // Any two characters count as a boolean: `+1`, ` 0`. Trailing whitespace is not for strtol.
  if (small && bytes.length === 2 && !isSpace(text.at(-1))) {
    return { kind: "bool", value: literal.value === 1n };
  }
  return literal;
}

/** Leading zeros mean octal for `strtol`, an error for everybody else. */
function strtolOctal(text: Uint8Array): Literal | undefined {
  // 64-bit values have 22 octal digits; more are leading zeros or too large.
  const match = text.length <= MAX_LEADING_ZEROS ? C_OCTAL.exec(latin1(text)) : null;
  if (match === null) {
    return undefined;
  }
  const magnitude = BigInt(`0o0${match[2] ?? ""}`);
  if (magnitude > LONG_MAX) {
    return undefined;
  }
  return { kind: "int", value: match[1] === "-" ? -magnitude : magnitude };
}

/** LONG in the C reader: an `L` directly before the line feed is cut. */
export function cLong(bytes: Uint8Array): Literal {
  return parseSigned(untilNul(bytes.at(-1) === 0x4c ? bytes.subarray(0, -1) : bytes), 0);
}

/** LONG1 and LONG4: two's complement, little-endian; no bytes are 0. */
export function littleEndianInteger(bytes: Uint8Array): Literal {
  if (bytes.length === 0) {
    return { kind: "int", value: 0n };
  }
  if (bytes.length > MAX_BYTES) {
    return { kind: "int", value: undefined };
  }
  const hex = Buffer.from(bytes).reverse().toString("hex");
  return { kind: "int", value: BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)) };
}
