/**
 * Python values as the restricted unpickler builds them, reduced to what can decide whether torch
 * goes on: kinds, sizes, short texts. Every value takes a bounded amount of memory: of a container
 * only the first items are kept, and of the others what matters about them.
 */

import { refuse } from "./refusal.ts";
import type { AllowedGlobal } from "./torch-facts.ts";

/** Integers are numbers as far as they are exact, else bigints; short texts are strings. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | LongText
  | PyBytes
  | Sequence
  | Mapping
  | SetObject
  | ByteArray
  | Complex
  | GlobalObject
  | StorageObject
  | TensorObject
  | DeviceObject
  | LayoutObject;

export interface PyFloat {
  readonly kind: "float";
  readonly value: number;
}

/** A text too long to keep. `wide`: the largest character needs this many bits (7, 8, 21). */
export interface LongText {
  readonly kind: "text";
  /** Position in the source: what tells two of them apart. */
  readonly start: number;
  readonly length: number;
  readonly bits: 7 | 8 | 21;
}

/** `value` is undefined where it is too long to keep. */
export interface PyBytes {
  readonly kind: "bytes";
  readonly length: number;
  readonly value: string | undefined;
}

export interface SetObject {
  readonly kind: "set";
  readonly items: Sequence;
}

export interface ByteArray {
  readonly kind: "bytearray";
  readonly length: number;
}

export interface Complex {
  readonly kind: "complex";
}

export interface GlobalObject {
  readonly kind: "global";
  readonly name: string;
  readonly entry: AllowedGlobal;
}

export interface DeviceObject {
  readonly kind: "device";
  readonly type: string;
}

export interface LayoutObject {
  readonly kind: "layout";
  readonly name: string;
}

/** The bytes behind storages and tensors, shared by all views of them. */
export interface StorageBytes {
  size: bigint;
  readonly resizable: boolean;
  readonly device: string;
  /** The key in the file under which the bytes are: a zip's as text, a legacy one's as `keyOf`. */
  readonly key: string | undefined;
}

export interface StorageObject {
  readonly kind: "storage";
  readonly typed: boolean;
  /** Undefined for an untyped one. */
  readonly dtype: string | undefined;
  /** Undefined for one that NEWOBJ made and nobody initialized. */
  readonly bytes: StorageBytes | undefined;
}

export interface TensorObject {
  readonly kind: "tensor";
  parameter: boolean;
  dtype: string;
  device: string;
  layout: string;
  size: readonly bigint[];
  stride: readonly bigint[];
  offset: bigint;
  storage: StorageBytes | undefined;
  requiresGrad: boolean;
  isLeaf: boolean;
  /** Of a sparse one. */
  readonly parts?: SparseParts;
}

export interface SparseParts {
  readonly indices: readonly TensorObject[];
  readonly values: TensorObject;
  readonly coalesced: boolean;
}

// Longer argument lists, shapes and states than this do not occur.
const KEPT = 256;
const NOTHING: readonly never[] = [];

/** A list, a tuple or a `torch.Size`. */
export class Sequence {
  readonly kind = "sequence";
  readonly type: "list" | "tuple" | "size";
  length = 0;
  /** Of all items, those that are not kept included. */
  allHashable = true;
  allIntegers = true;
  allNumbers = true;
  allPairs = true;

  readonly #kept: number;
  #items: Value[] | undefined;

  constructor(type: "list" | "tuple" | "size", kept = KEPT) {
    this.type = type;
    this.#kept = kept;
  }

  /** The first items; all of them where `length` says so. */
  get items(): readonly Value[] {
    return this.#items ?? NOTHING;
  }

  push(item: Value): void {
    if (this.#items === undefined) {
      this.#items = [item];
    } else if (this.length < this.#kept) {
      this.#items.push(item);
    }
    this.#count(item);
  }

  /** Fills an empty one. */
  fill(items: readonly Value[]): void {
    // A copy of this length takes less memory than an array that grew.
    this.#items = items.slice(0, this.#kept);
    for (const item of items) {
      this.#count(item);
    }
  }

  #count(item: Value): void {
    this.length += 1;
    const integer = isInteger(item);
    this.allIntegers &&= integer;
    this.allNumbers &&= integer || typeof item === "boolean" || isKind(item, "float");
    this.allHashable &&= isHashable(item);
    this.allPairs &&= isPair(item);
  }
}

type Entry = readonly [key: Value, value: Value];

/** A dict or one of its two allowed subclasses. */
export class Mapping {
  readonly kind = "mapping";
  readonly type: "dict" | "OrderedDict" | "Counter";
  length = 0;
  allTextKeys = true;
  #entries: Entry[] | undefined;

  constructor(type: "dict" | "OrderedDict" | "Counter") {
    this.type = type;
  }

  /** The first entries, in order of insertion; a key may occur again. */
  get entries(): readonly Entry[] {
    return this.#entries ?? NOTHING;
  }

  set(key: Value, value: Value): void {
    if (!isHashable(key)) {
      refuse(`a ${typeName(key)} cannot be a key of a ${this.type}`);
    }
    this.#keep([key, value]);
    this.length += 1;
    this.allTextKeys &&= isText(key);
  }

  /** Takes over what another one has. */
  copy(source: Mapping): void {
    for (const entry of source.entries) {
      this.#keep(entry);
    }
    this.length = source.length;
    this.allTextKeys &&= source.allTextKeys;
  }

  #keep(entry: Entry): void {
    if (this.#entries === undefined) {
      this.#entries = [entry];
    } else if (this.#entries.length < KEPT) {
      this.#entries.push(entry);
    }
  }
}

/** Builds a tuple, list or Size of items. */
export function sequenceOf(type: "list" | "tuple" | "size", items: readonly Value[]): Sequence {
  const sequence = new Sequence(type);
  sequence.fill(items);
  return sequence;
}

type ObjectValue = Exclude<Value, null | boolean | number | bigint | string>;

/** Narrows to one of the object kinds. */
export function isKind<K extends ObjectValue["kind"]>(
  value: Value | undefined,
  kind: K,
): value is Extract<ObjectValue, { kind: K }> {
  return typeof value === "object" && value !== null && value.kind === kind;
}

/** Whether it is an `int` and no `bool`. */
export function isInteger(value: Value | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

export function isText(value: Value | undefined): value is string | LongText {
  return typeof value === "string" || isKind(value, "text");
}

export function isTuple(value: Value | undefined): value is Sequence {
  return isKind(value, "sequence") && value.type === "tuple";
}

function isPair(value: Value): boolean {
  return isKind(value, "sequence") && value.length === 2 && isHashable(value.items[0] ?? null);
}

/** Whether `hash` takes it. A tuple was final when it was built, so its answer is too. */
export function isHashable(value: Value): boolean {
  if (isKind(value, "sequence")) {
    return value.type !== "list" && value.allHashable;
  }
  return !isKind(value, "mapping") && !isKind(value, "set") && !isKind(value, "bytearray");
}

/** What `if value:` takes for true. Tensors count as true, whatever is in them. */
export function isTruthy(value: Value): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "number":
      return value !== 0;
    case "bigint":
      return value !== 0n;
    case "string":
      return value !== "";
    default:
      return isTruthyObject(value);
  }
}

function isTruthyObject(value: ObjectValue | null): boolean {
  if (value === null) {
    return false;
  }
  switch (value.kind) {
    case "float":
      return value.value !== 0;
    case "sequence":
    case "mapping":
    case "bytes":
    case "bytearray":
      return value.length > 0;
    default:
      return true;
  }
}

/** Python's `type(value).__name__`, for sentences. */
export function typeName(value: Value | undefined): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
    case "bigint":
      return "int";
    case "string":
      return "str";
    case "undefined":
      return "nothing";
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: ObjectValue | null): string {
  if (value === null) {
    return "NoneType";
  }
  switch (value.kind) {
    case "text":
      return "str";
    case "sequence":
      return value.type === "size" ? "torch.Size" : value.type;
    case "mapping":
      return value.type;
    case "tensor":
      return value.parameter ? "Parameter" : "Tensor";
    case "storage":
      return value.typed ? "TypedStorage" : "UntypedStorage";
    case "global":
      return value.name;
    default:
      return value.kind;
  }
}

/** What makes two keys of a dict the same: a string that is equal where Python says `==`. */
export function keyOf(value: Value): string {
  switch (typeof value) {
    case "string":
      return `s${value}`;
    case "boolean":
      return value ? "i1" : "i0";
    case "number":
    case "bigint":
      return `i${value}`;
    default:
      return objectKey(value);
  }
}

let identities = 0;
const identity = new WeakMap<object, number>();

function objectKey(value: ObjectValue | null): string {
  if (value === null) {
    return "none";
  }
  switch (value.kind) {
    case "float":
      return Number.isInteger(value.value) ? `i${BigInt(value.value)}` : `f${value.value}`;
    case "text":
      return `t${value.start}`;
    case "bytes":
      return `b${value.value ?? value.length}`;
    case "sequence":
      return value.length > 16 ? `o${identityOf(value)}` : tupleKey(value);
    default:
      return `o${identityOf(value)}`;
  }
}

function tupleKey(value: Sequence): string {
  const nested = value.items.some((item) => isKind(item, "sequence"));
  // One level is what occurs; deeper ones are the same only when they are the same object.
  return nested ? `o${identityOf(value)}` : `(${value.items.map(keyOf).join(",")})`;
}

function identityOf(value: object): number {
  const known = identity.get(value);
  if (known !== undefined) {
    return known;
  }
  identities += 1;
  identity.set(value, identities);
  return identities;
}
