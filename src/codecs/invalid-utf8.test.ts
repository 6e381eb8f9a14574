import { isUtf8 } from "node:buffer";
import { describe, expect, it } from "vitest";

import { Random } from "../../test/fuzz/random.ts";
import { invalidUtf8At } from "./invalid-utf8.ts";

describe("invalidUtf8At", () => {
  it("gives the first byte that belongs to no character", () => {
    const random = new Random(2);
    const words = ["a", "ä", "€", "😀", "\ufffd", "b".repeat(30_000), "é".repeat(20_000)];
    for (let round = 0; round < 60; round += 1) {
      const text = Buffer.from(Array.from({ length: 8 }, () => random.pick(words)).join(""));
      const bad = random.pick(["ff", "80", "c2", "e282", "f09f98", "eda080", "c0af"]);
      const bytes = Buffer.concat([text, Buffer.from(bad, "hex"), Buffer.from("end")]);
      expect(isUtf8(bytes)).toBe(false);
      expect(invalidUtf8At(bytes)).toBe(text.length);
      expect(invalidUtf8At(text)).toBe(text.length);
    }
  });
});
