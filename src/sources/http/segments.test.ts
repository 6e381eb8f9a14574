import { describe, expect, it } from "vitest";

import { Random } from "../../../test/fuzz/random.ts";
import { Segments } from "./segments.ts";

/** Any two places of a file differ. */
function bytesAt(start: number, end: number): Uint8Array {
  return Uint8Array.from({ length: end - start }, (_, index) => ((start + index) * 31) % 251);
}

describe("Segments", () => {
  it("gives what a plain array would give", () => {
    const random = new Random(11);
    for (let round = 0; round < 60; round += 1) {
      const kept = new Uint8Array(200);
      const segments = new Segments("file");
      for (let step = 0; step < 25; step += 1) {
        const start = random.int(200);
        const end = Math.min(200, start + random.int(40));
        segments.add(start, bytesAt(start, end));
        kept.fill(1, start, end);

        const position = random.int(200);
        const buffer = new Uint8Array(random.int(80));
        const count = segments.copy(buffer, position);
        const gap = kept.indexOf(0, position);
        const there = (gap === -1 ? 200 : gap) - position;
        expect(count).toBe(Math.min(there, buffer.length));
        expect(buffer.subarray(0, count)).toEqual(bytesAt(position, position + count));

        const next = kept.indexOf(1, position);
        expect(segments.next(position)).toBe(next === -1 ? undefined : next);
      }
      segments.close();
    }
  });

  it("keeps a copy: the network uses its buffers again", () => {
    const segments = new Segments("file");
    const bytes = bytesAt(0, 10);
    segments.add(0, bytes);
    bytes.fill(0);
    const buffer = new Uint8Array(10);
    segments.copy(buffer, 0);
    expect(buffer).toEqual(bytesAt(0, 10));
  });

  it("goes on in a scratch file where memory ends, and keeps the first of two", () => {
    const MIB = 1024 * 1024;
    const segments = new Segments("file");
    for (let piece = 0; piece < 18; piece += 1) {
      segments.add(piece * MIB, new Uint8Array(MIB).fill(piece + 1));
    }
    segments.add(0, new Uint8Array(18 * MIB).fill(99));
    const buffer = new Uint8Array(18 * MIB);
    expect(segments.copy(buffer, 0)).toBe(buffer.length);
    for (let piece = 0; piece < 18; piece += 1) {
      expect(buffer[piece * MIB]).toBe(piece + 1);
      expect(buffer[piece * MIB + MIB - 1]).toBe(piece + 1);
    }
    segments.close();
    expect(segments.copy(buffer, 0)).toBe(0);
  });
});
