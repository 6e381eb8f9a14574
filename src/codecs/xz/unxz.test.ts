import { describe, expect, it } from "vitest";

import {
  buildSizedLzma,
  decodeBytes,
  drain,
  findWeaknesses,
  slowSource,
} from "../../../test/builders/compressed.ts";
import {
  LZMA_VECTOR,
  VECTOR_TEXT,
  XZ_ARM_VECTOR,
  XZ_FILTERED_VECTOR,
  XZ_VECTOR,
} from "../../../test/builders/compressed-vectors.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { decodeProgress } from "../../bytes/decode-progress.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { Crc64 } from "./crc64.ts";
import { isLzma } from "./is-lzma.ts";
import { unxz } from "./unxz.ts";

const SIZED = buildSizedLzma();

describe("unxz", () => {
  it.each([
    ["xz", XZ_VECTOR],
    ["filters and SHA-256", XZ_FILTERED_VECTOR],
    ["lzma with an end marker", LZMA_VECTOR],
    ["lzma with a size", SIZED],
  ])("reads %s", async (_, bytes) => {
    expect(await decodeBytes(unxz, bytes)).toEqual({
      bytes: VECTOR_TEXT,
      end: { status: "complete", consumed: bytes.length },
    });
  });

  it("reads size and end marker together", async () => {
    const bytes = Buffer.from(LZMA_VECTOR);
    bytes.writeBigUInt64LE(BigInt(VECTOR_TEXT.length), 5);
    expect(await decodeBytes(unxz, bytes)).toEqual({
      bytes: VECTOR_TEXT,
      end: { status: "complete", consumed: bytes.length },
    });
  });

  it("reads streams that follow one another, with padding, and stops at something else", async () => {
    const streams = Buffer.concat([
      XZ_VECTOR,
      Buffer.alloc(8),
      LZMA_VECTOR,
      SIZED,
      XZ_FILTERED_VECTOR,
      Buffer.alloc(6),
    ]);
    const progress = decodeProgress();
    const source = slowSource(Buffer.concat([Buffer.from("head"), streams, Buffer.from("tail")]));
    const { bytes, end } = await drain(unxz(source, 4, progress));
    expect(end).toEqual({ status: "complete", consumed: streams.length });
    expect(bytes.toString()).toBe(VECTOR_TEXT.toString().repeat(4));
    expect(progress).toMatchObject({
      streams: 4,
      atEnd: true,
      notes: [{ message: "the padding behind a stream is not a multiple of four bytes" }],
    });
  });

  it("reports a wrong check and goes on", async () => {
    const wrong = Buffer.from(XZ_VECTOR);
    // The check lies before the index, which lies before the footer.
    const indexSize = (wrong.readUInt32LE(wrong.length - 8) + 1) * 4;
    wrong[wrong.length - 12 - indexSize - 1]! ^= 1;
    const bytes = Buffer.concat([wrong, XZ_VECTOR]);
    const { bytes: output, end } = await decodeBytes(unxz, bytes);
    expect(output.toString()).toBe(VECTOR_TEXT.toString().repeat(2));
    expect(end).toEqual({
      status: "damaged",
      consumed: bytes.length,
      detail: "the CRC-64 of a block is wrong",
    });
  });

  it("does not decode filters for other processors", async () => {
    expect(await decodeBytes(unxz, XZ_ARM_VECTOR)).toEqual({
      bytes: Buffer.alloc(0),
      end: {
        status: "unsupported",
        consumed: 12,
        detail: "a block has the filter 0x7, which is not decoded",
      },
    });
  });

  it.each([
    ["the checksum of a stream header is wrong", 7],
    ["the checksum of a block header is wrong", 14],
    ["the index does not fit the blocks", -20],
    ["the checksum of a stream footer is wrong", -12],
    ["a stream has no footer", -1],
  ])("says that %s", async (detail, at) => {
    const bytes = Buffer.from(XZ_VECTOR);
    bytes[at < 0 ? bytes.length + at : at]! ^= 4;
    expect((await decodeBytes(unxz, bytes)).end).toMatchObject({ status: "damaged", detail });
  });

  it("says where a .lzma file's size is wrong", async () => {
    for (const [size, detail] of [
      [VECTOR_TEXT.length - 1, /^the content goes on past|^a match goes on past/],
      [VECTOR_TEXT.length + 1, /^the stream ends early/],
    ] as const) {
      const { end } = await decodeBytes(unxz, buildSizedLzma(size));
      expect(end.detail).toMatch(detail);
    }
    const early = Buffer.from(LZMA_VECTOR);
    early.writeBigUInt64LE(BigInt(VECTOR_TEXT.length + 3), 5);
    expect((await decodeBytes(unxz, early)).end).toMatchObject({
      status: "damaged",
      detail: "the end marker comes 3 bytes early",
    });
  });

  it("does not allocate what a header claims, and looks back no further than it may", async () => {
    const claims = Buffer.from(SIZED);
    claims.writeUInt32LE(0xffffffff, 1);
    const before = process.memoryUsage().arrayBuffers;
    const { bytes } = await decodeBytes(unxz, claims);
    expect(bytes.equals(VECTOR_TEXT)).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
    const few = unxz(new MemorySource(XZ_VECTOR, ""), 0, decodeProgress(), 16);
    expect((await drain(few)).end).toMatchObject({
      status: "limit",
      detail: "a match reaches back further than memory allows",
    });
  });

  it("stops at the limit of streams", async () => {
    const bytes = Buffer.concat([XZ_VECTOR, XZ_VECTOR]);
    const { end } = await drain(unxz(new MemorySource(bytes, ""), 0, decodeProgress(1)));
    expect(end).toMatchObject({ status: "limit", consumed: XZ_VECTOR.length });
  });

  it.each([
    ["xz", XZ_VECTOR],
    ["filters", XZ_FILTERED_VECTOR],
    ["lzma with an end marker", LZMA_VECTOR],
    ["lzma with a size", SIZED],
  ])("lives through cuts and changes: %s", async (_, bytes) => {
    expect(await findWeaknesses(unxz, bytes, VECTOR_TEXT)).toEqual([]);
  });
});

describe("isLzma", () => {
  it("knows whole streams and beginnings", () => {
    expect(isLzma(LZMA_VECTOR)).toBe(true);
    expect(isLzma(SIZED)).toBe(true);
    expect(isLzma(LZMA_VECTOR.subarray(0, 60))).toBe(true);
  });

  it("takes nothing else for one", () => {
    const random = new Random(5);
    const others = [
      Buffer.alloc(4096),
      Buffer.from("]\0\0 is how it begins, and nothing more that would fit".repeat(3)),
      Buffer.concat([LZMA_VECTOR.subarray(0, 14), Buffer.alloc(200)]),
    ];
    for (let round = 0; round < 1000; round += 1) {
      // A header that fits, and a first byte as well.
      others.push(Buffer.concat([LZMA_VECTOR.subarray(0, 14), random.bytes(200)]));
    }
    expect(others.filter((bytes) => isLzma(bytes))).toEqual([]);
  });
});

describe("Crc64", () => {
  it("gives the published value, however its input is cut", () => {
    for (let cut = 0; cut <= 9; cut += 1) {
      const crc = new Crc64();
      crc.update(Buffer.from("123456789").subarray(0, cut));
      crc.update(Buffer.from("123456789").subarray(cut));
      expect(Buffer.from(crc.digest()).readBigUInt64LE()).toBe(0x995dc9bbdf1939fan);
    }
  });
});
