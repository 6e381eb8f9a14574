import { describe, expect, it } from "vitest";

import { Random } from "../../../test/fuzz/random.ts";
import { multiply, unsigned } from "./product.ts";

const LIMIT = 2n ** 64n;

describe("unsigned", () => {
  it.each([
    ["0", 0],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740993", 9_007_199_254_740_993n],
    ["18446744073709551615", LIMIT - 1n],
    ["18446744073709551616", undefined],
    ["9".repeat(1000), undefined],
  ])("reads %s", (digits, value) => {
    expect(unsigned(digits)).toBe(value);
  });
});

describe("multiply", () => {
  it("is exact up to 64 bits, and gives nothing past them", () => {
    const random = new Random(1);
    for (let round = 0; round < 2000; round += 1) {
      const pick = () => BigInt(random.int(2 ** 32)) << BigInt(random.int(33));
      const [a, b] = [pick(), pick()];
      const [left, right] = [unsigned(String(a))!, unsigned(String(b))!];
      const product = multiply(left, right);
      expect(product === undefined ? undefined : BigInt(product)).toBe(
        a * b < LIMIT ? a * b : undefined,
      );
    }
  });

  it("does not come back from an overflow", () => {
    expect(multiply(multiply(LIMIT - 1n, 2), 0)).toBeUndefined();
    expect(multiply(LIMIT - 1n, 0)).toBe(0);
  });
});
