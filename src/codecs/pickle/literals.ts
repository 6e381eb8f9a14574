/**
 * What pickle operands mean as Python values, decoded as CPython does (`Modules/_pickle.c`,
 * `Lib/pickle.py`, and the number and text codecs beneath them). The C reader and the Python reader
 * differ on numbers: `I010` is 8 for one and an error for the other, `F 1.5` the other way round.
 *
 * Deliberately not done: older versions' lack of a limit on decimal digits changes no value that a
 * scanner looks at, so text of more than 4,300 digits is invalid as it is since CPython 3.10.7.
 */

import { isAscii, isUtf8 } from "node:buffer";

import { latin1 } from "../../bytes/read.ts";
import { invalid, untilNul } from "./literal.ts";
import type { Literal } from "./literal.ts";
import { parseCFloat, parsePythonFloat } from "./literal-floats.ts";
import {
  baseZeroInteger,
  cInteger,
  cLong,
  decimalInteger,
  littleEndianInteger,
  pythonInteger,
} from "./literal-integers.ts";
import { OP } from "./opcodes.ts";

/** What the two readers of CPython make of one operand. */
export interface LiteralReadings {
  readonly c: Literal;
  readonly python: Literal;
}

/**
 * Decodes the operand of an opcode as either reader would: as CPython's C reader, or as the Python
 * reader where only that one accepts it.
 *
 * @param bytes the operand without count and without line feed; the caller bounds its length (a
 *   JavaScript string ends at half a gigabyte). For GLOBAL and INST one of the two lines.
 * @param code the opcode, one whose operand is text or counted bytes.
 */
export function decodeLiteral(bytes: Uint8Array, code: number): Literal {
  const { c, python } = literalReadings(bytes, code);
  return c.kind === "invalid" ? python : c;
}

/** Decodes the operand of an opcode as each reader would; both are the same object where they agree. */
export function literalReadings(bytes: Uint8Array, code: number): LiteralReadings {
  switch (code) {
    case OP.INT:
      return { c: notEmpty(bytes, cInteger), python: pythonInteger(bytes) };
    case OP.LONG:
      return { c: notEmpty(bytes, cLong), python: pythonLong(bytes) };
    case OP.FLOAT:
      return { c: notEmpty(bytes, parseCFloat), python: parsePythonFloat(bytes) };
    case OP.GET:
    case OP.PUT:
      return {
        c: notEmpty(bytes, cMemoKey),
        python: decimalInteger(bytes),
      };
    case OP.GLOBAL:
      return emptyLine(bytes, utf8Literal(bytes, false));
    case OP.INST:
      return emptyLine(bytes, asciiLiteral(bytes));
    default:
      return agreed(decodeAgreed(bytes, code));
  }
}

function decodeAgreed(bytes: Uint8Array, code: number): Literal {
  switch (code) {
    case OP.STRING:
      return decodeQuoted(bytes);
    case OP.UNICODE:
      return decodeRawUnicodeEscape(bytes);
    case OP.PERSID:
      return asciiLiteral(bytes);
    case OP.LONG1:
    case OP.LONG4:
      return littleEndianInteger(bytes);
    case OP.BINSTRING:
    case OP.SHORT_BINSTRING:
      return { kind: "str8", value: bytes };
    case OP.BINUNICODE:
    case OP.SHORT_BINUNICODE:
    case OP.BINUNICODE8:
      return utf8Literal(bytes, true);
    case OP.BINBYTES:
    case OP.SHORT_BINBYTES:
    case OP.BINBYTES8:
    case OP.BYTEARRAY8:
      return { kind: "bytes", value: bytes };
    default:
      return invalid("this opcode has no text or bytes");
  }
}

function agreed(literal: Literal): LiteralReadings {
  return { c: literal, python: literal };
}

/** The C reader takes an empty line for the end of the data. */
function notEmpty(bytes: Uint8Array, parse: (text: Uint8Array) => Literal): Literal {
  return bytes.length === 0 ? invalid("the line is empty") : parse(bytes);
}

function emptyLine(bytes: Uint8Array, literal: Literal): LiteralReadings {
  return { c: notEmpty(bytes, () => literal), python: literal };
}

const SSIZE_MAX = 2n ** 63n - 1n;

function cMemoKey(bytes: Uint8Array): Literal {
  const key = decimalInteger(untilNul(bytes));
  const fits = key.kind !== "int" || (key.value ?? 0n) <= SSIZE_MAX;
  return fits ? key : invalid("the key does not fit in 64 bits");
}

function pythonLong(bytes: Uint8Array): Literal {
  return baseZeroInteger(bytes.at(-1) === 0x4c ? bytes.subarray(0, -1) : bytes);
}

function asciiLiteral(bytes: Uint8Array): Literal {
  return isAscii(bytes) ? { kind: "str", value: latin1(bytes) } : invalid("the text is not ASCII");
}

/**
 * UTF-8, with `surrogatepass` where BINUNICODE says so: lone surrogates encoded in three bytes are
 * kept. (A pair of them stays two characters in Python and becomes one here.)
 */
function utf8Literal(bytes: Uint8Array, surrogatePass: boolean): Literal {
  if (isUtf8(bytes)) {
    return { kind: "str", value: plainUtf8(bytes) };
  }
  return surrogatePass ? decodeSurrogatePass(bytes) : invalid("the text is not UTF-8");
}

function plainUtf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function decodeSurrogatePass(bytes: Uint8Array): Literal {
  const parts: string[] = [];
  let plain = 0;
  let at = bytes.indexOf(0xed);
  while (at !== -1) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    if (second >= 0xa0 && second <= 0xbf && third >= 0x80 && third <= 0xbf) {
      const before = bytes.subarray(plain, at);
      if (!isUtf8(before)) {
        break;
      }
      parts.push(
        plainUtf8(before),
        String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)),
      );
      plain = at + 3;
    }
    at = bytes.indexOf(0xed, at + 1);
  }
  const rest = bytes.subarray(plain);
  return isUtf8(rest)
    ? { kind: "str", value: parts.join("") + plainUtf8(rest) }
    : invalid("the text is not UTF-8");
}

const RAW_ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g;

/** The codec `raw-unicode-escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX`, nothing else escaped. */
function decodeRawUnicodeEscape(bytes: Uint8Array): Literal {
  let problem: string | undefined;
  const value = latin1(bytes).replaceAll(
    RAW_ESCAPE,
    (escape: string, short?: string, long?: string, other?: string) => {
      if (other !== undefined) {
        problem ??= other === "u" || other === "U" ? `\\${other} needs more digits` : undefined;
        return escape;
      }
      const code = Number.parseInt(short ?? long ?? "", 16);
      if (code > 0x10ffff) {
        problem ??= `${escape} is no character`;
        return "";
      }
      return String.fromCodePoint(code);
    },
  );
  return problem === undefined ? { kind: "str", value } : invalid(problem);
}

/** STRING: a `repr` of bytes in quotes, whose escapes are those of a bytes literal. */
function decodeQuoted(bytes: Uint8Array): Literal {
  const quote = bytes[0];
  if (bytes.length < 2 || quote !== bytes.at(-1) || (quote !== 0x27 && quote !== 0x22)) {
    return invalid("the text is not quoted");
  }
  return decodeEscapes(bytes.subarray(1, -1));
}

const BACKSLASH = 0x5c;

// After a backslash: newline is dropped, the others stand for one byte.
const SIMPLE_ESCAPES: ReadonlyMap<number, readonly number[]> = new Map(
  Object.entries({
    "\n": [],
    "\\": [BACKSLASH],
    "'": [0x27],
    '"': [0x22],
    b: [8],
    f: [12],
    t: [9],
    n: [10],
    r: [13],
    v: [11],
    a: [7],
  }).map(([key, value]) => [key.charCodeAt(0), value]),
);

function decodeEscapes(bytes: Uint8Array): Literal {
  let at = bytes.indexOf(BACKSLASH);
  if (at === -1) {
    return { kind: "str8", value: bytes };
  }
  // Escapes only ever shrink.
  const out = new Uint8Array(bytes.length);
  out.set(bytes.subarray(0, at));
  let size = at;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte !== BACKSLASH) {
      out[size] = byte;
      size += 1;
      at += 1;
      continue;
    }
    const escape = readEscape(bytes, at + 1);
    if (typeof escape === "string") {
      return invalid(escape);
    }
    out.set(escape.value, size);
    size += escape.value.length;
    at = escape.next;
  }
  return { kind: "str8", value: out.subarray(0, size) };
}

function readEscape(
  bytes: Uint8Array,
  at: number,
): { readonly value: readonly number[]; readonly next: number } | string {
  const byte = bytes[at];
  if (byte === undefined) {
    return "a backslash ends the text";
  }
  const simple = SIMPLE_ESCAPES.get(byte);
  if (simple !== undefined) {
    return { value: simple, next: at + 1 };
  }
  const text = latin1(bytes, at, at + 3);
  const octal = /^[0-7]+/.exec(text)?.[0];
  if (octal !== undefined) {
    return { value: [Number.parseInt(octal, 8) & 0xff], next: at + octal.length };
  }
  if (text.startsWith("x")) {
    const hex = /^x[0-9a-fA-F]{2}/.test(text);
    return hex
      ? { value: [Number.parseInt(text.slice(1), 16)], next: at + 3 }
      : String.raw`\x needs two digits`;
  }
  // Unknown escapes stay as they are.
  return { value: [BACKSLASH, byte], next: at + 1 };
}
