/** What the allowed callables of the standard library and torch's small value types do. */

import { fits64 } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import { dtypeFacts, lookUp, torchFacts } from "./torch-facts.ts";
import {
  Mapping, Sequence, isInteger, isKind, isText, sequenceOf, typeName,
} from "./values.ts"; // prettier-ignore
import type {
  ByteArray,
  Complex,
  DeviceObject,
  LayoutObject,
  LongText,
  PyBytes,
  SetObject,
  StorageObject,
  TensorObject,
  Value,
} from "./values.ts";

export type Arguments = readonly Value[];

/** Refuses a wrong number of arguments. */
export function expectArguments(name: string, args: Arguments, least: number, most: number): void {
  if (args.length < least || args.length > most) {
    refuse(`${name} does not take ${args.length} arguments`);
  }
}

// Nobody passes arguments in bytes, storages or tensors; only the number of items can matter.
const MAX_ITEMS = 4096;

function repeated(count: number, item: Value): Sequence {
  return count <= MAX_ITEMS
    ? sequenceOf(
        "list",
        Array.from({ length: count }, () => item),
      )
    : refuse(`${count} items are not iterated over`);
}

/** What a `for` loop over a value gives, as far as it is known. */
export function iterate(value: Value | undefined): Sequence {
  switch (typeof value === "object" ? value?.kind : typeof value) {
    case "sequence":
      return value as Sequence;
    case "string":
      return sequenceOf("list", Array.from(value as string));
    case "mapping":
      return sequenceOf(
        "list",
        (value as Mapping).entries.map(([key]) => key),
      );
    case "set":
      return (value as SetObject).items;
    case "bytes":
    case "bytearray":
      return repeated((value as PyBytes | ByteArray).length, 0);
    case "tensor":
      return rowsOf(value as TensorObject);
    case "storage":
      return elementsOf(value as StorageObject);
    default:
      return refuse(`a ${typeName(value)} cannot be iterated over`);
  }
}

function rowsOf(tensor: TensorObject): Sequence {
  const [count] = tensor.size;
  const facts = dtypeFacts(tensor.dtype);
  if (count === undefined || tensor.layout !== "torch.strided" || facts.quantized === true) {
    return refuse("the tensor cannot be iterated over");
  }
  const last = tensor.offset + (count - 1n) * (tensor.stride[0] ?? 0n);
  if (!fits64(last)) {
    refuse("the rows of a tensor reach beyond what 64 bits can address");
  }
  const row: TensorObject = { ...tensor, parameter: false, size: tensor.size.slice(1) };
  return repeated(Number(count), row);
}

function elementsOf({ bytes, dtype }: StorageObject): Sequence {
  if (bytes === undefined || bytes.device !== "cpu") {
    return refuse("the storage cannot be iterated over");
  }
  const facts = dtypeFacts(dtype ?? "torch.uint8");
  const item: Value = facts.floating === true ? { kind: "float", value: 0 } : 0;
  return repeated(Number(bytes.size / BigInt(facts.bytes)), item);
}

function fillFromPairs(mapping: Mapping, pairs: Sequence): void {
  if (pairs.length > pairs.items.length && !pairs.allPairs) {
    refuse(`the items of a ${mapping.type} have to be pairs`);
  }
  for (const item of pairs.items) {
    const pair = iterate(item);
    if (pair.length !== 2) {
      refuse(`an item of a ${mapping.type} is no pair`);
    }
    mapping.set(pair.items[0] ?? null, pair.items[1] ?? null);
  }
  mapping.length = Math.max(mapping.length, pairs.length);
}

export function orderedDict(args: Arguments): Mapping {
  expectArguments("OrderedDict", args, 0, 1);
  const mapping = new Mapping("OrderedDict");
  const [source] = args;
  if (isKind(source, "mapping")) {
    mapping.copy(source);
  } else if (source !== undefined) {
    fillFromPairs(mapping, iterate(source));
  }
  return mapping;
}

export function counter(args: Arguments): Mapping {
  expectArguments("Counter", args, 0, 1);
  const mapping = new Mapping("Counter");
  const [source] = args;
  if (isKind(source, "mapping")) {
    mapping.copy(source);
  } else if (source !== undefined && source !== null) {
    for (const item of hashableItems("Counter", source)) {
      mapping.set(item, 1);
    }
  }
  return mapping;
}

function hashableItems(name: string, source: Value): readonly Value[] {
  const items = iterate(source);
  if (!items.allHashable) {
    refuse(`a ${name} cannot hold what is not hashable`);
  }
  return items.items;
}

export function set(args: Arguments): Value {
  expectArguments("set", args, 0, 1);
  const items = args[0] === undefined ? new Sequence("list") : iterate(args[0]);
  hashableItems("set", items);
  return { kind: "set", items };
}

/** `torch.Size`: a tuple of integers of any size; booleans become integers. */
export function size(args: Arguments): Value {
  expectArguments("torch.Size", args, 0, 1);
  const source = args[0] === undefined ? new Sequence("tuple") : iterate(args[0]);
  const items = source.items.map((item) => (typeof item === "boolean" ? Number(item) : item));
  for (const item of items) {
    if (!isInteger(item)) {
      refuse(`torch.Size cannot hold a ${typeName(item)}`);
    }
  }
  if (source.length > items.length && !source.allIntegers) {
    refuse("torch.Size can only hold integers");
  }
  const result = sequenceOf("size", items);
  result.length = source.length;
  return result;
}

export function device(args: Arguments): DeviceObject {
  expectArguments("torch.device", args, 1, 2);
  const [type, index] = args;
  if (isKind(type, "device") && args.length === 1) {
    return type;
  }
  if (isInteger(type) && args.length === 1 && type >= 0 && fits64(BigInt(type))) {
    return { kind: "device", type: "cuda" };
  }
  if (typeof type !== "string") {
    refuse(`torch.device cannot be a ${typeName(type)}`);
  }
  if (args.length === 2 && (!isInteger(index) || index < 0 || type.includes(":"))) {
    refuse("torch.device has no such index");
  }
  return { kind: "device", type: parseDevice(type) };
}

/** The type of a device string such as `cuda:0`. */
export function parseDevice(text: string): string {
  const match = /^([a-z_]+)(?::(?:0|[1-9][0-9]*))?$/.exec(text);
  const type = match?.[1] ?? "";
  return torchFacts().devices.includes(type)
    ? type
    : refuse(`${JSON.stringify(text.slice(0, 40))} is not a device`);
}

export function layout(args: Arguments): LayoutObject {
  expectArguments("_get_layout", args, 1, 1);
  const [name] = args;
  return typeof name === "string" && torchFacts().layouts.includes(name)
    ? { kind: "layout", name }
    : refuse("_get_layout knows no such layout");
}

const COMPLEX_TEXT = /^\(?[-+0-9._eEjJinfatyINFATY]+\)?$/;

export function complex(args: Arguments): Complex {
  expectArguments("complex", args, 0, 2);
  const [real, imaginary] = args;
  if (typeof real === "string" && args.length === 1 && COMPLEX_TEXT.test(real.trim())) {
    return { kind: "complex" };
  }
  for (const part of [real, imaginary]) {
    const number = isInteger(part) || typeof part === "boolean" || isKind(part, "float");
    if (part !== undefined && !number && !isKind(part, "complex")) {
      refuse(`complex cannot take a ${typeName(part)}`);
    }
    if (isInteger(part) && !Number.isFinite(Number(part))) {
      refuse("an integer is too large for complex");
    }
  }
  return { kind: "complex" };
}

// Normalized as the codec registry does: lower case, other characters to one underscore.
const CODECS: Readonly<Record<string, 7 | 8 | 21>> = {
  latin1: 8, latin_1: 8, iso_8859_1: 8, iso8859_1: 8, "8859": 8, cp819: 8, l1: 8, latin: 8, iso8859: 8,
  ascii: 7, us_ascii: 7, "646": 7,
  utf_8: 21, utf8: 21, u8: 21, utf: 21,
}; // prettier-ignore

function normalizedCodec(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "_")
    .replaceAll(/^_|_$/g, "");
}

const LENIENT = new Set([
  "ignore",
  "replace",
  "backslashreplace",
  "xmlcharrefreplace",
  "namereplace",
]);

function bitsOf(text: string | LongText): 7 | 8 | 21 {
  if (typeof text !== "string") {
    return text.bits;
  }
  let most = 0;
  for (let index = 0; index < text.length; index += 1) {
    most = Math.max(most, text.charCodeAt(index));
  }
  if (most > 0xff) {
    return 21;
  }
  return most > 0x7f ? 8 : 7;
}

/** Encodes text; only the codecs that torch.save leads to are followed. */
function encodeText(text: string | LongText, codec: Value, errors: Value): PyBytes {
  if (typeof codec !== "string" || !isText(errors)) {
    refuse("the names of a codec and of its error handler have to be text");
  }
  const capacity = lookUp(CODECS, normalizedCodec(codec));
  if (capacity === undefined) {
    refuse(`the codec ${JSON.stringify(codec.slice(0, 40))} is not followed`);
  }
  const unencodable =
    bitsOf(text) > capacity ||
    (typeof text === "string" && capacity === 21 && !text.isWellFormed());
  if (unencodable && !(typeof errors === "string" && LENIENT.has(errors))) {
    refuse(`the codec ${codec} cannot encode the text`);
  }
  const value = typeof text === "string" && !unencodable && capacity === 8 ? text : undefined;
  return { kind: "bytes", length: text.length, value };
}

/** `_codecs.encode`: how protocol 2 writes bytes. */
export function encode(args: Arguments): PyBytes {
  expectArguments("_codecs.encode", args, 1, 3);
  const [text, codec = "utf-8", errors = "strict"] = args;
  return isText(text)
    ? encodeText(text, codec, errors)
    : refuse(`_codecs.encode of a ${typeName(text)} is not followed`);
}

export function bytearray(args: Arguments): Value {
  expectArguments("bytearray", args, 0, 3);
  const [source, codec, errors = "strict"] = args;
  if (isText(source) && codec !== undefined) {
    return { kind: "bytearray", length: encodeText(source, codec, errors).length };
  }
  if (args.length > 1) {
    refuse("bytearray takes an encoding with text alone");
  }
  return { kind: "bytearray", length: bytearrayLength(source) };
}

// What no machine has memory for.
const MAX_BYTES = 2 ** 37;

function bytearrayLength(source: Value | undefined): number {
  if (source === undefined) {
    return 0;
  }
  if (isKind(source, "bytes") || isKind(source, "bytearray")) {
    return source.length;
  }
  if (isInteger(source) || typeof source === "boolean") {
    const count = Number(source);
    return count >= 0 && count <= MAX_BYTES
      ? count
      : refuse(`bytearray cannot have ${count} bytes`);
  }
  if (typeof source === "string") {
    refuse("bytearray needs an encoding for text");
  }
  if (isKind(source, "tensor") || isKind(source, "storage")) {
    refuse(`a bytearray of a ${typeName(source)} depends on its data`);
  }
  const items = iterate(source);
  for (const item of items.items) {
    const byte = isInteger(item) || typeof item === "boolean" ? Number(item) : -1;
    if (byte < 0 || byte > 255) {
      refuse("bytearray can only hold integers from 0 to 255");
    }
  }
  return items.length;
}

/** Text of a `str`, or of `bytes` that are ASCII: how old files spell torch's own words. */
export function asciiText(value: Value | undefined): string | undefined {
  if (isKind(value, "bytes")) {
    return bitsOf(value.value ?? "") === 7 ? value.value : refuse("bytes that are not ASCII");
  }
  return typeof value === "string" ? value : undefined;
}
