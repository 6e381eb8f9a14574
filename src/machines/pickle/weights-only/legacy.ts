/**
 * The stacked layout (torch 0.1.10 to 1.5, and later on request): pickles of a magic number, a
 * protocol version, facts about the writing system, the object, and the keys of its storages; then
 * each storage as a 64-bit number of elements and its bytes.
 */

import { readRange } from "../../../bytes/read.ts";
import { sliceSource } from "../../../bytes/slice-source.ts";
import type { RandomSource } from "../../../kernel/source.ts";
import { iterate } from "./builtin-calls.ts";
import { Refusal, refuse } from "./refusal.ts";
import { NO_STORAGES, simulateRestricted } from "./simulate-restricted.ts";
import type { RestrictedEnvironment, RestrictedResult } from "./simulate-restricted.ts";
import type { StorageUses } from "./persistent.ts";
import { validateSparse } from "./sparse-check.ts";
import { isTarHeader, weightsOnlyTar } from "./tar.ts";
import { isInteger, isKind, keyOf } from "./values.ts";
import type { Value } from "./values.ts";
import { acceptedStorages, rejected } from "./weights-only.ts";
import type { WeightsOnly } from "./weights-only.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const MAGIC_BYTES = Buffer.from("6cfc9c46f9206aa85019", "hex");
const PROTOCOL = 1001n;
// A stream with the magic number takes three instructions.
const FIRST_LOOK = 100_000;
const WINDOW = 1024 * 1024;

const OBJECT: RestrictedEnvironment = { ...NO_STORAGES, storages: true };
// Every key counts.
const KEYS: RestrictedEnvironment = { ...NO_STORAGES, keptItems: 2 ** 24 };

type Accepted = Extract<RestrictedResult, { status: "accepted" }>;

/**
 * Would torch.load accept the file as the stacked layout?
 *
 * @param source the whole file, from its first byte on; not a zip (see `weightsOnlyZip`).
 */
export function weightsOnlyLegacy(source: RandomSource): WeightsOnly {
  if (isTarHeader(readRange(source, 0, 512))) {
    return weightsOnlyTar();
  }
  try {
    return followFile(source);
  } catch (error) {
    if (error instanceof Refusal) {
      return rejected(error.message);
    }
    throw error;
  }
}

function followFile(source: RandomSource): WeightsOnly {
  const magic = readMagic(source);
  if (!isInteger(magic.value) || BigInt(magic.value) !== MAGIC) {
    refuse("its first pickle is not torch's magic number");
  }
  const protocol = load(source, magic.end, NO_STORAGES);
  if (!equalsInteger(protocol.value, PROTOCOL)) {
    refuse("its second pickle is not torch's protocol version 1001");
  }
  const system = load(source, protocol.end, NO_STORAGES);
  const object = load(source, system.end, OBJECT);
  const keys = load(source, object.end, KEYS);
  const places = readStorages(source, keys.end, iterate(keys.value).items, object.storages);
  const early = object.sparse.find(
    ({ layout, parts }) =>
      layout === "torch.sparse_coo" && parts?.indices[0]?.dtype !== "torch.int64",
  );
  if (early !== undefined) {
    refuse("the indices of a sparse tensor are converted before they are read");
  }
  validateSparse(object.sparse, { open: (key) => places.get(key), littleEndian: true });
  return acceptedStorages(places.size);
}

/** Python's `==` with an integer. */
function equalsInteger(value: Value, expected: bigint): boolean {
  if (isKind(value, "float")) {
    return value.value === Number(expected);
  }
  return isInteger(value) && BigInt(value) === expected;
}

/**
 * The first stream. A pickle of something else may be huge: unless it is short, or the magic number
 * is somewhere in it, it is not followed to its end.
 */
function readMagic(source: RandomSource): Accepted {
  const look = simulateRestricted(source, 0, { ...NO_STORAGES, maxInstructions: FIRST_LOOK });
  if (look.status !== "undecided") {
    return expectAccepted(look);
  }
  return hasMagic(source)
    ? load(source, 0, NO_STORAGES)
    : refuse("its first pickle is not torch's magic number");
}

function hasMagic(source: RandomSource): boolean {
  for (let at = 0; at < source.size; at += WINDOW) {
    const window = readRange(source, at, at + WINDOW + MAGIC_BYTES.length - 1);
    const bytes = Buffer.from(window.buffer, window.byteOffset, window.byteLength);
    if (bytes.includes(MAGIC_BYTES)) {
      return true;
    }
  }
  return false;
}

function load(source: RandomSource, start: number, environment: RestrictedEnvironment): Accepted {
  return expectAccepted(simulateRestricted(source, start, environment));
}

function expectAccepted(result: RestrictedResult): Accepted {
  return result.status === "accepted"
    ? result
    : refuse(result.status === "rejected" ? result.reason : "the pickle is too long");
}

/** Walks over the storages in the order of the keys; gives the bytes of each. */
function readStorages(
  source: RandomSource,
  start: number,
  keys: readonly Value[],
  uses: StorageUses,
): Map<string, RandomSource> {
  const places = new Map<string, RandomSource>();
  let at = start;
  for (const key of keys) {
    const use = uses.get(keyOf(key));
    if (use === undefined) {
      refuse("the file has a storage that the pickle does not name");
    }
    const count = readCount(source, at);
    const size = count * BigInt(use.itemBytes);
    if (size !== use.bytes.size) {
      refuse(`storage ${use.key} has ${size} bytes and the pickle needs ${use.bytes.size}`);
    }
    const from = at + 8;
    if (BigInt(from) + size > BigInt(source.size)) {
      refuse(`the file ends within storage ${use.key}`);
    }
    at = from + Number(size);
    places.set(keyOf(key), sliceSource(source, from, at, use.key));
  }
  return places;
}

function readCount(source: RandomSource, at: number): bigint {
  const bytes = readRange(source, at, at + 8);
  if (bytes.length < 8) {
    refuse("the file ends before its storages do");
  }
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true);
}
