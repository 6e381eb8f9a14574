/** Integers as torch's argument parser takes them. */

import { refuse } from "./refusal.ts";
import { isInteger, isKind, typeName } from "./values.ts";
import type { Value } from "./values.ts";

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** Normalizes a Python integer. */
export function fromBigInt(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function fits64(value: bigint): boolean {
  return value <= MAX && value >= MIN;
}

/** A 64-bit integer argument; no bool, no float. */
export function int64(value: Value | undefined, what: string): bigint {
  if (!isInteger(value)) {
    refuse(`${what} is a ${typeName(value)} and has to be an integer`);
  }
  const result = BigInt(value);
  return fits64(result) ? result : refuse(`${what} does not fit in 64 bits`);
}

/** A list, tuple or Size of 64-bit integers: a shape, strides. */
export function int64List(value: Value | undefined, what: string): bigint[] {
  if (!isKind(value, "sequence")) {
    refuse(`${what} is a ${typeName(value)} and has to be a tuple of integers`);
  }
  if (value.length !== value.items.length) {
    refuse(`${what} has ${value.length} dimensions`);
  }
  // The first item decides whether it is a tuple of integers; the others may be booleans.
  return value.items.map((item, index) =>
    index > 0 && typeof item === "boolean" ? BigInt(item) : int64(item, `an item of ${what}`),
  );
}

/** Whether a number argument takes it: integers, floats, booleans. */
export function isNumber(value: Value | undefined): boolean {
  return isInteger(value) || typeof value === "boolean" || isKind(value, "float");
}

/** Product of a shape, as torch checks it for overflow. */
export function elementCount(size: readonly bigint[]): bigint {
  let count = 1n;
  for (const extent of size) {
    // Negative extents are huge unsigned ones there.
    count *= BigInt.asUintN(64, extent);
    if (count >= 2n ** 64n) {
      refuse("the shape has more elements than 64 bits can count");
    }
  }
  return count > MAX ? refuse("the shape has more elements than 64 bits can count") : count;
}
