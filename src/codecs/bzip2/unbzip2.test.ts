import { describe, expect, it } from "vitest";

import {
  decodeBytes,
  drain,
  findWeaknesses,
  slowSource,
} from "../../../test/builders/compressed.ts";
import {
  BZIP2_RANDOMISED_VECTOR,
  BZIP2_VECTOR,
  VECTOR_TEXT,
} from "../../../test/builders/compressed-vectors.ts";
import { decodeProgress } from "../../bytes/decode-progress.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { isBzip2 } from "./is-bzip2.ts";
import { unbzip2 } from "./unbzip2.ts";

/** What bzip2 makes of nothing: no block. */
const EMPTY = Buffer.from("QlpoORdyRThQkAAAAAA=", "base64");

describe("unbzip2", () => {
  it.each([
    ["ordinary", BZIP2_VECTOR],
    ["randomised", BZIP2_RANDOMISED_VECTOR],
  ])("reads %s blocks", async (_, bytes) => {
    expect(await decodeBytes(unbzip2, bytes)).toEqual({
      bytes: VECTOR_TEXT,
      end: { status: "complete", consumed: bytes.length },
    });
  });

  it("reads streams that follow one another, and stops where something else does", async () => {
    const streams = Buffer.concat([BZIP2_VECTOR, EMPTY, BZIP2_RANDOMISED_VECTOR]);
    const progress = decodeProgress();
    const source = slowSource(
      Buffer.concat([Buffer.from("head"), streams, Buffer.from("BZh9tail")]),
    );
    const { bytes, end } = await drain(unbzip2(source, 4, progress));
    expect(end).toEqual({ status: "complete", consumed: streams.length });
    expect(bytes.toString()).toBe(VECTOR_TEXT.toString().repeat(2));
    expect(progress).toMatchObject({ streams: 3, atEnd: true });
  });

  it("reports wrong checksums and goes on", async () => {
    const wrongBlock = Buffer.from(BZIP2_VECTOR);
    wrongBlock[10]! ^= 1;
    const wrongStream = Buffer.from(BZIP2_VECTOR);
    wrongStream[wrongStream.length - 3]! ^= 1;
    for (const [wrong, what] of [
      [wrongBlock, "block"],
      [wrongStream, "stream"],
    ] as const) {
      const bytes = Buffer.concat([wrong, BZIP2_VECTOR]);
      const { bytes: output, end } = await decodeBytes(unbzip2, bytes);
      expect(output.toString()).toBe(VECTOR_TEXT.toString().repeat(2));
      expect(end).toMatchObject({ status: "damaged", consumed: bytes.length });
      expect(end.detail).toMatch(new RegExp(`^a ${what}'s checksum is 0x`));
    }
  });

  it("stops at the limit of streams", async () => {
    const bytes = Buffer.concat([EMPTY, EMPTY, EMPTY]);
    const { end } = await drain(unbzip2(new MemorySource(bytes, ""), 0, decodeProgress(2)));
    expect(end).toMatchObject({ status: "limit", consumed: 2 * EMPTY.length });
  });

  it("says what is no stream", async () => {
    expect((await decodeBytes(unbzip2, Buffer.from("BZh0 and more"))).end).toMatchObject({
      status: "damaged",
      consumed: 0,
    });
  });

  it("lives through cuts and changes", async () => {
    expect(await findWeaknesses(unbzip2, BZIP2_VECTOR, VECTOR_TEXT)).toEqual([]);
    expect(await findWeaknesses(unbzip2, BZIP2_RANDOMISED_VECTOR, VECTOR_TEXT)).toEqual([]);
  });
});

describe("isBzip2", () => {
  it("wants a level and a block or an end", () => {
    expect(isBzip2(BZIP2_VECTOR)).toBe(true);
    expect(isBzip2(EMPTY)).toBe(true);
    expect(isBzip2(BZIP2_VECTOR.subarray(0, 9))).toBe(false);
    expect(isBzip2(Buffer.from("BZh9 is how it begins"))).toBe(false);
    const level = Buffer.from(BZIP2_VECTOR);
    level[3] = 0x30;
    expect(isBzip2(level)).toBe(false);
  });
});
