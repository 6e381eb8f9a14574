/** Products of dimensions as the reference reader has them: unsigned, of 64 bits, checked at every step. */

const LARGEST = 2n ** 64n - 1n;

export type Unsigned = number | bigint;

/** An integer in decimal; undefined past 64 bits. A bigint only past 2^53. */
export function unsigned(digits: string): Unsigned | undefined {
  const value = Number(digits);
  if (value <= Number.MAX_SAFE_INTEGER) {
    return value;
  }
  // Twenty digits hold any of them, and the limit keeps this linear.
  const exact = digits.length > 20 ? LARGEST + 1n : BigInt(digits);
  return exact > LARGEST ? undefined : exact;
}

/** The product; undefined on overflow. A bigint only past 2^53. */
export function multiply(left: Unsigned | undefined, right: Unsigned): Unsigned | undefined {
  if (left === undefined) {
    return undefined;
  }
  if (typeof left === "number" && typeof right === "number") {
    const product = left * right;
    if (product <= Number.MAX_SAFE_INTEGER) {
      return product;
    }
  }
  const exact = BigInt(left) * BigInt(right);
  if (exact > LARGEST) {
    return undefined;
  }
  return exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
}
