/** BINPERSID: the one kind of reference out of the stream that is allowed, to a storage. */

import { asciiText } from "./builtin-calls.ts";
import { allocate } from "./geometry.ts";
import { int64 } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import type { RestrictedEnvironment } from "./simulate-restricted.ts";
import { dtypeFacts } from "./torch-facts.ts";
import { isHashable, isInteger, isKind, isTuple, keyOf, typeName } from "./values.ts";
import type { Sequence, StorageBytes, StorageObject, Value } from "./values.ts";

/** A storage that the stream names. */
export interface StorageUse {
  /** Key as text: for messages, and for the member `data/<key>` of a zip. */
  readonly key: string;
  readonly dtype: string;
  /** Bytes of one element, as the layouts count them. */
  readonly itemBytes: number;
  readonly bytes: StorageBytes;
}

/** Storages by what makes their keys equal for Python. */
export type StorageUses = Map<string, StorageUse>;

/**
 * What a storage type stands for: anything with a `dtype` will do. The class of untyped storages has
 * none; only the zip layout knows what it means.
 */
function storageDtype(type: Value | undefined, untyped: boolean): string {
  if (isKind(type, "global")) {
    if (untyped && type.name === "torch.storage.UntypedStorage") {
      return "torch.uint8";
    }
    if (type.entry.kind === "storageType" || type.entry.kind === "tensorType") {
      return type.entry.dtype;
    }
  }
  if ((isKind(type, "tensor") || isKind(type, "storage")) && type.dtype !== undefined) {
    return type.dtype;
  }
  return refuse(`a ${typeName(type)} stands where the type of a storage has to be`);
}

function elementBytes(dtype: string): number {
  const { storageBytes } = dtypeFacts(dtype);
  return storageBytes ?? refuse(`a storage cannot hold ${dtype}`);
}

// Devices that some build of torch restores storages to; all others nobody can load.
const ACCELERATORS = /^(?:(?:cuda|privateuseone|hpu|xpu|mtia)(?::|[0-9]|$)|mps)/;

/**
 * The device of a location. A file from an accelerator loads on a machine that has one, or with
 * `map_location`; what this machine has is not a property of the file.
 */
function deviceOf(location: string | undefined): string {
  if (location === "cpu" || location === "meta") {
    return location;
  }
  const match = location === undefined ? null : /^[a-z]+/.exec(location);
  return match !== null && ACCELERATORS.test(location ?? "")
    ? match[0]
    : refuse("a storage is tagged with a location that torch cannot restore");
}

/** Text of a key as Python's `f"data/{key}"` would have it. */
function keyText(key: Value | undefined): string {
  switch (typeof key) {
    case "string":
      return key;
    case "number":
    case "bigint":
      return String(key);
    case "boolean":
      return key ? "True" : "False";
    default:
      return key === null ? "None" : `(${typeName(key)})`;
  }
}

/** Follows one persistent id to its storage. */
export function persistentLoad(
  id: Value,
  uses: StorageUses,
  environment: RestrictedEnvironment,
): StorageObject {
  if (!isTuple(id) && !isInteger(id)) {
    refuse(`a persistent id is a ${typeName(id)} and has to be a tuple or an integer`);
  }
  if (!isTuple(id) || asciiText(id.items[0]) !== "storage") {
    refuse("a persistent id does not name a storage");
  }
  const parts = environment.legacy ? 6 : 5;
  if (id.length !== parts) {
    refuse(`a persistent id has ${id.length} parts instead of ${parts}`);
  }
  return environment.legacy ? loadLegacy(id, uses) : loadRecord(id, uses, environment);
}

function usable(use: StorageUse, dtype: string): StorageObject {
  return { kind: "storage", typed: true, dtype, bytes: use.bytes };
}

/** A storage of its own record in a zip, whose size has to be what the id says. */
function loadRecord(
  id: Sequence,
  uses: StorageUses,
  environment: RestrictedEnvironment,
): StorageObject {
  const [, type, key = null, location, count] = id.items;
  const dtype = storageDtype(type, true);
  const itemBytes = elementBytes(dtype);
  const size = recordSize(count, itemBytes);
  if (!isHashable(key)) {
    refuse(`the key of a storage is a ${typeName(key)}`);
  }
  const known = uses.get(keyOf(key));
  if (known !== undefined && (known.dtype === dtype || known.bytes.size === size)) {
    return usable(known, dtype);
  }
  const text = keyText(key);
  const device = deviceOf(asciiText(location));
  const record = environment.storageSize(text);
  if (typeof record === "string") {
    refuse(record);
  }
  if (BigInt(record) !== size) {
    refuse(`storage ${text} has ${record} bytes and the pickle says ${size}`);
  }
  const resizable = device !== "cpu";
  const bytes: StorageBytes = { size, resizable, device, key: text };
  const use: StorageUse = { key: text, dtype, itemBytes, bytes };
  if (known === undefined) {
    uses.set(keyOf(key), use);
  }
  return usable(use, dtype);
}

function recordSize(count: Value | undefined, itemBytes: number): bigint {
  // A bool is a number of elements too.
  const elements = typeof count === "boolean" ? Number(count) : count;
  const size = int64(elements, "the number of elements of a storage") * BigInt(itemBytes);
  return size >= 0n ? size : refuse(`a storage has ${size} bytes`);
}

/** A storage whose bytes follow the pickles; views name a part of another one. */
function loadLegacy(id: Sequence, uses: StorageUses): StorageObject {
  const [, type, key = null, location, count, view = null] = id.items;
  const tag = asciiText(location);
  const dtype = storageDtype(type, false);
  const itemBytes = elementBytes(dtype);
  const size = recordSize(count, itemBytes);
  if (!isHashable(key)) {
    refuse(`the key of a storage is a ${typeName(key)}`);
  }
  let use = uses.get(keyOf(key));
  if (use === undefined) {
    const bytes = allocate(size, deviceOf(tag), keyOf(key));
    use = { key: keyText(key), dtype, itemBytes, bytes };
    uses.set(keyOf(key), use);
  } else if (use.dtype !== dtype && use.bytes.size !== size) {
    // The references disagree: this one gets an empty storage.
    use = { key: use.key, dtype, itemBytes, bytes: allocate(0n, use.bytes.device) };
  }
  return view === null ? usable(use, dtype) : loadView(view, usable(use, dtype), uses);
}

function loadView(view: Value, whole: StorageObject, uses: StorageUses): StorageObject {
  if (!isKind(view, "sequence") || view.length !== 3) {
    refuse("the view of a storage has not three parts");
  }
  const [key = null, offset, count] = view.items;
  const dtype = whole.dtype ?? "torch.uint8";
  const itemBytes = elementBytes(dtype);
  const start = sliceIndex(offset) * BigInt(itemBytes);
  const length = sliceIndex(count) * BigInt(itemBytes);
  if (!isHashable(key)) {
    refuse(`the key of a view is a ${typeName(key)}`);
  }
  const known = uses.get(keyOf(key));
  if (known !== undefined) {
    return usable(known, known.dtype);
  }
  if (whole.bytes?.device === "meta") {
    refuse("a storage on the meta device has no views");
  }
  const total = whole.bytes?.size ?? 0n;
  const size = sliceSize(total, start, start + length);
  const bytes: StorageBytes = {
    size,
    resizable: false,
    device: whole.bytes?.device ?? "cpu",
    key: undefined,
  };
  const use: StorageUse = { key: keyText(key), dtype, itemBytes, bytes };
  uses.set(keyOf(key), use);
  return usable(use, dtype);
}

/** Integers of any size, and booleans, may stand in a slice. */
function sliceIndex(value: Value | undefined): bigint {
  return isInteger(value) || typeof value === "boolean"
    ? BigInt(value)
    : refuse(`a view of a storage starts or ends at a ${typeName(value)}`);
}

/** Length of `[start:end]` as Python slices. */
function sliceSize(total: bigint, start: bigint, end: bigint): bigint {
  const from = clampIndex(start, total);
  const to = clampIndex(end, total);
  return to > from ? to - from : 0n;
}

function clampIndex(index: bigint, total: bigint): bigint {
  const fromEnd = index < 0n ? index + total : index;
  if (fromEnd < 0n) {
    return 0n;
  }
  return fromEnd > total ? total : fromEnd;
}
