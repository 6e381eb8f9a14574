import { describe, expect, it } from "vitest";

import { CountingSource, countingSource } from "../../test/builders/counting-source.ts";
import type { RandomSource } from "../kernel/source.ts";
import { HeaderWindow } from "./header-window.ts";
import { MemorySource } from "./memory-source.ts";

/** Bytes that tell where they are. */
function numbered(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

describe("HeaderWindow", () => {
  it("gives the bytes at a position, wherever it jumps", () => {
    const bytes = numbered(3_000_000);
    for (const source of [countingSource(bytes), new MemorySource(bytes, "m")]) {
      const window = new HeaderWindow(source);
      for (const position of [0, 40, 2_999_996, 1_000_000, 999_900, 0, 70_000, 4_096]) {
        const index = window.load(position, 4);
        expect(window.bytes.readUInt32LE(index)).toBe(position);
      }
    }
  });

  it("says where the source ends", () => {
    const window = new HeaderWindow(countingSource(numbered(100)));
    expect(window.load(96, 4)).toBeGreaterThanOrEqual(0);
    expect(window.load(97, 4)).toBe(-1);
    expect(window.load(-1, 4)).toBe(-1);
    expect(window.loadSome(98, 10).length).toBe(2);
    expect(window.loadSome(100, 10).length).toBe(0);
    expect(window.loadSome(1000, 10).length).toBe(0);
  });

  it("copes with a source that became shorter", () => {
    const short: RandomSource = {
      name: "short",
      size: 1000,
      access: "random",
      ref: { kind: "memory", name: "short" },
      readIntoSync: () => 0,
      readInto: () => Promise.resolve(0),
    };
    const window = new HeaderWindow(short);
    expect(window.load(0, 4)).toBe(-1);
    expect(window.loadSome(0, 4).length).toBe(0);
  });

  it("reads much where it reads on, and little where it lands", () => {
    const size = 64 * 1024 * 1024;
    const near = new CountingSource(size, () => undefined);
    const inOrder = new HeaderWindow(near);
    for (let position = 0; position + 40 <= 4_000_000; position += 200) inOrder.load(position, 40);
    expect(near.reads).toBeLessThan(20);
    const far = new CountingSource(size, () => undefined);
    const jumping = new HeaderWindow(far);
    for (let position = 0; position < size; position += 1_000_000) jumping.load(position, 40);
    expect(far.bytesRead).toBeLessThan(68 * 5000);
    expect(jumping.bytesRead).toBe(far.bytesRead);
  });

  it("keeps what lies just before", () => {
    const source = countingSource(numbered(1_000_000));
    const window = new HeaderWindow(source);
    window.load(500_000, 22);
    window.load(499_980, 20);
    expect(source.reads).toBe(1);
  });
});
