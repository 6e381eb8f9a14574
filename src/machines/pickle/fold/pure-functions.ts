/**
 * Pure functions of Python that streams use to put names and second stages together. Each takes data
 * and gives data, or undefined where Python would raise or the result is too large to matter.
 */

import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

import type { Datum } from "./datum.ts";
import { binary, MAX_FOLDED } from "./datum.ts";
import { attempt, codecName, decode, encode } from "./text-codecs.ts";

type Pure = (args: readonly Datum[]) => Datum | undefined;

function isBytes(value: Datum | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isList(value: Datum | undefined): value is readonly Datum[] {
  return Array.isArray(value);
}

function bounded<T extends Datum>(value: T | undefined): T | undefined {
  return (typeof value === "string" || isBytes(value)) && value.length > MAX_FOLDED
    ? undefined
    : value;
}

function join(separator: Datum | undefined, parts: Datum | undefined): Datum | undefined {
  const list = typeof parts === "string" ? characters(parts) : parts;
  if (typeof separator === "string" && isList(list)) {
    return list.every((part) => typeof part === "string")
      ? bounded(list.join(separator))
      : undefined;
  }
  if (isBytes(separator) && isList(list) && list.every(isBytes)) {
    return bounded(
      Buffer.concat(list.flatMap((part, index) => (index === 0 ? [part] : [separator, part]))),
    );
  }
  return undefined;
}

function add(left: Datum | undefined, right: Datum | undefined): Datum | undefined {
  if (typeof left === "string" && typeof right === "string") {
    return bounded(left + right);
  }
  if (typeof left === "number" && typeof right === "number") {
    return left + right;
  }
  if (isBytes(left) && isBytes(right)) {
    return bounded(Buffer.concat([left, right]));
  }
  return isList(left) && isList(right) ? [...left, ...right] : undefined;
}

function multiply(left: Datum | undefined, right: Datum | undefined): Datum | undefined {
  if (typeof left === "string" && typeof right === "number") {
    return left.length * right > MAX_FOLDED || right < 0 ? undefined : left.repeat(right);
  }
  return typeof left === "number" && typeof right === "number" ? left * right : undefined;
}

function getItem(target: Datum | undefined, index: Datum | undefined): Datum | undefined {
  if (typeof index !== "number") {
    return undefined;
  }
  if (typeof target === "string") {
    return target.at(index);
  }
  return isList(target) || isBytes(target) ? target.at(index) : undefined;
}

function toBytes(value: Datum | undefined, encoding?: Datum): Datum | undefined {
  if (isBytes(value)) {
    return value;
  }
  if (typeof value === "string") {
    return encode(value, codecName(encoding, "utf-8"));
  }
  return isList(value) && value.every((item) => typeof item === "number")
    ? Uint8Array.from(value)
    : undefined;
}

function toText(value: Datum | undefined, encoding?: Datum): Datum | undefined {
  if (typeof value === "string" || typeof value === "number") {
    return String(value);
  }
  return encoding === undefined ? undefined : decode(value, codecName(encoding, "utf-8"));
}

function hex(value: Datum | undefined): Datum | undefined {
  const text = typeof value === "string" ? value : binary(value)?.toString("latin1");
  const digits = text?.replaceAll(/\s/g, "");
  return digits === undefined || digits.length % 2 !== 0 || !/^[\da-f]*$/i.test(digits)
    ? undefined
    : Buffer.from(digits, "hex");
}

function base64(value: Datum | undefined): Datum | undefined {
  const raw = binary(value);
  return raw === undefined ? undefined : Buffer.from(raw.toString("latin1"), "base64");
}

function base32(value: Datum | undefined): Datum | undefined {
  const text = binary(value)?.toString("latin1").replace(/=+$/, "").toUpperCase();
  if (text === undefined || !/^[A-Z2-7]*$/.test(text)) {
    return undefined;
  }
  let bits = 0;
  let count = 0;
  const out: number[] = [];
  for (const letter of text) {
    bits = ((bits << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter)) & 0xfff;
    count += 5;
    if (count >= 8) {
      count -= 8;
      out.push((bits >> count) & 0xff);
    }
  }
  return Uint8Array.from(out);
}

function format(args: readonly Datum[]): Datum | undefined {
  const [template, ...values] = args;
  if (typeof template !== "string") {
    return undefined;
  }
  let next = 0;
  let failed = false;
  const text = template.replaceAll(/\{\{|\}\}|\{(\d*)\}/g, (match, index?: string) => {
    if (match === "{{" || match === "}}") {
      return match.slice(0, 1);
    }
    const value = values[index === "" || index === undefined ? next++ : Number(index)];
    failed ||= typeof value !== "string" && typeof value !== "number";
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  });
  return failed || /\{[^}]*[.[]/.test(template) ? undefined : bounded(text);
}

function percent(template: Datum | undefined, value: Datum | undefined): Datum | undefined {
  const values = isList(value) ? value : [value];
  let next = 0;
  return typeof template === "string"
    ? bounded(
        template.replaceAll(/%[sdc%]/g, (match) => (match === "%%" ? "%" : String(values[next++]))),
      )
    : undefined;
}

function text1(run: (text: string, rest: readonly Datum[]) => Datum | undefined): Pure {
  return ([first, ...rest]) => (typeof first === "string" ? bounded(run(first, rest)) : undefined);
}

function inflate(value: Datum | undefined, run: typeof inflateSync): Datum | undefined {
  const raw = binary(value);
  return raw === undefined ? undefined : attempt(() => run(raw, { maxOutputLength: MAX_FOLDED }));
}

/** Characters as Python counts them: code points. */
function characters(text: string): string[] {
  return Array.from(text);
}

function sequence(value: Datum | undefined): Datum | undefined {
  if (typeof value === "string") {
    return characters(value);
  }
  return isList(value) ? value : undefined;
}

function reversed(value: Datum | undefined): Datum | undefined {
  if (typeof value === "string") {
    return characters(value).toReversed();
  }
  if (isBytes(value)) {
    return Array.from(value).toReversed();
  }
  return isList(value) ? value.toReversed() : undefined;
}

function replace([text, from, to]: readonly Datum[]): Datum | undefined {
  return typeof text === "string" &&
    typeof from === "string" &&
    typeof to === "string" &&
    from !== ""
    ? bounded(text.replaceAll(from, () => to))
    : undefined;
}

/** By canonical name; methods take their object first. */
export const PURE_FUNCTIONS: ReadonlyMap<string, Pure> = new Map<string, Pure>([
  ["builtins.str.join", ([separator, parts]) => join(separator, parts)],
  ["builtins.bytes.join", ([separator, parts]) => join(separator, parts)],
  ["builtins.str.lower", text1((text) => text.toLowerCase())],
  ["builtins.str.casefold", text1((text) => text.toLowerCase())],
  ["builtins.str.upper", text1((text) => text.toUpperCase())],
  ["builtins.str.strip", text1((text, [set]) => (set === undefined ? text.trim() : undefined))],
  [
    "builtins.str.swapcase",
    text1((text) =>
      characters(text)
        .map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))
        .join(""),
    ),
  ],
  [
    "builtins.str.title",
    text1((text) => text.toLowerCase().replaceAll(/\b[a-z]/g, (c) => c.toUpperCase())),
  ],
  [
    "builtins.str.capitalize",
    text1((text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()),
  ],
  ["builtins.str.replace", replace],
  ["builtins.str.format", format],
  [
    "builtins.str.removeprefix",
    text1((text, [prefix]) =>
      typeof prefix === "string" && text.startsWith(prefix) ? text.slice(prefix.length) : text,
    ),
  ],
  [
    "builtins.str.removesuffix",
    text1((text, [suffix]) =>
      typeof suffix === "string" && suffix !== "" && text.endsWith(suffix)
        ? text.slice(0, -suffix.length)
        : text,
    ),
  ],
  ["builtins.str.encode", ([text, encoding]) => encode(text, codecName(encoding, "utf-8"))],
  ["builtins.str.__add__", ([left, right]) => add(left, right)],
  ["builtins.str.__mod__", ([left, right]) => percent(left, right)],
  ["builtins.str.__getitem__", ([target, index]) => getItem(target, index)],
  ["builtins.bytes.decode", ([bytes, encoding]) => decode(bytes, codecName(encoding, "utf-8"))],
  ["builtins.bytearray.decode", ([bytes, encoding]) => decode(bytes, codecName(encoding, "utf-8"))],
  ["builtins.bytes.fromhex", ([text]) => hex(text)],
  ["builtins.bytearray.fromhex", ([text]) => hex(text)],
  ["builtins.bytes.hex", ([bytes]) => binary(bytes)?.toString("hex")],
  ["builtins.bytes", ([value, encoding]) => toBytes(value, encoding)],
  ["builtins.bytearray", ([value, encoding]) => toBytes(value, encoding)],
  ["builtins.str", ([value, encoding]) => toText(value, encoding)],
  ["builtins.unicode", ([value, encoding]) => toText(value, encoding)],
  [
    "builtins.chr",
    ([code]) =>
      typeof code === "number" && code >= 0 && code <= 0x10ffff
        ? String.fromCodePoint(code)
        : undefined,
  ],
  ["builtins.ord", ([text]) => (typeof text === "string" ? text.codePointAt(0) : undefined)],
  ["builtins.reversed", ([value]) => reversed(value)],
  ["builtins.list", ([value]) => sequence(value)],
  ["builtins.tuple", ([value]) => sequence(value)],
  ["operator.add", ([left, right]) => add(left, right)],
  ["operator.concat", ([left, right]) => add(left, right)],
  ["operator.mul", ([left, right]) => multiply(left, right)],
  ["operator.mod", ([left, right]) => percent(left, right)],
  ["operator.getitem", ([target, index]) => getItem(target, index)],
  ["codecs.encode", ([value, encoding]) => encode(value, codecName(encoding, "utf-8"))],
  ["codecs.decode", ([value, encoding]) => decode(value, codecName(encoding, "utf-8"))],
  ["base64.b64decode", ([value]) => base64(value)],
  ["base64.standard_b64decode", ([value]) => base64(value)],
  ["base64.urlsafe_b64decode", ([value]) => base64(value)],
  ["base64.decodebytes", ([value]) => base64(value)],
  ["base64.decodestring", ([value]) => base64(value)],
  ["base64.b32decode", ([value]) => base32(value)],
  ["base64.b16decode", ([value]) => hex(value)],
  ["binascii.a2b_base64", ([value]) => base64(value)],
  ["binascii.a2b_hex", ([value]) => hex(value)],
  ["binascii.unhexlify", ([value]) => hex(value)],
  [
    "zlib.decompress",
    ([value, wbits]) =>
      inflate(value, typeof wbits === "number" && wbits < 0 ? inflateRawSync : inflateSync),
  ],
  ["gzip.decompress", ([value]) => inflate(value, gunzipSync)],
  [
    "brotli.decompress",
    ([value]) =>
      attempt(() =>
        brotliDecompressSync(binary(value) ?? Buffer.alloc(0), { maxOutputLength: MAX_FOLDED }),
      ),
  ],
]);
