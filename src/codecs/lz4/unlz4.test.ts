import { describe, expect, it } from "vitest";

import {
  buildLz4,
  buildSkippable,
  decodeBytes,
  drain,
  findWeaknesses,
  slowSource,
  u32,
} from "../../../test/builders/compressed.ts";
import {
  LZ4_LEGACY_VECTOR,
  LZ4_VECTOR,
  VECTOR_TEXT,
} from "../../../test/builders/compressed-vectors.ts";
import { decodeProgress } from "../../bytes/decode-progress.ts";
import { decodeBlock } from "./block.ts";
import { unlz4 } from "./unlz4.ts";
import { Xxh32, xxh32 } from "./xxh32.ts";

/** "abcdef", then it again from six bytes back with a length of 12, then "tail!". */
const BLOCK = Buffer.from("\u0068abcdef\u0006\u0000\u0050tail!", "latin1");
const BLOCK_TEXT = "abcdefabcdefabcdeftail!";
/** Four bytes back and no literals before: only what came before the block can be meant. */
const LINKED = Buffer.from("\u0004\u0004\u0000\u0010!", "latin1");
const INDEPENDENT = 0x60;
const DEPENDENT = 0x40;

describe("xxh32", () => {
  it("gives the published values", () => {
    expect(xxh32(Buffer.alloc(0))).toBe(0x02cc5d05);
    expect(xxh32(Buffer.from("a"))).toBe(0x550d7456);
    expect(xxh32(Buffer.from("abc"))).toBe(0x32d153ff);
    expect(xxh32(Buffer.from("Nobody inspects the spammish repetition"))).toBe(0xe2293b2f);
  });

  it("does not depend on how its input is cut", () => {
    for (let cut = 0; cut < 50; cut += 1) {
      const hash = new Xxh32();
      hash.update(VECTOR_TEXT.subarray(0, cut));
      hash.update(VECTOR_TEXT.subarray(cut, 60));
      hash.update(VECTOR_TEXT.subarray(60));
      expect(hash.digest()).toBe(xxh32(VECTOR_TEXT));
    }
  });
});

describe("decodeBlock", () => {
  function decode(block: Uint8Array, limit = 100): string {
    const out = Buffer.alloc(limit);
    const end = decodeBlock(block, { out, start: 0, limit, lowest: 0 });
    return typeof end === "string" ? end : out.toString("latin1", 0, end);
  }

  it("copies literals and matches", () => {
    expect(decode(BLOCK)).toBe(BLOCK_TEXT);
    expect(decode(Buffer.of(0))).toBe("");
    expect(decode(Buffer.alloc(0))).toBe("");
  });

  it("reads lengths that go on", () => {
    const literals = "x".repeat(300);
    const block = Buffer.concat([
      Buffer.of(0xff, 255, 30),
      Buffer.from(literals),
      Buffer.of(1, 0, 255, 10, 0x10, 0x79),
    ]);
    expect(decode(block, 1000)).toBe(`${"x".repeat(300 + 15 + 265 + 4)}y`);
  });

  it("says what is wrong", () => {
    expect(decode(BLOCK.subarray(0, 4))).toBe("input");
    expect(decode(BLOCK.subarray(0, 8))).toBe("input");
    expect(decode(BLOCK.subarray(0, 9))).toBe("input");
    expect(decode(BLOCK, 5)).toBe("output");
    expect(decode(BLOCK, 17)).toBe("output");
    expect(decode(LINKED)).toBe("reach");
    expect(decode(Buffer.of(0x11, 0x61, 0, 0, 0))).toBe("reach");
  });
});

describe("unlz4", () => {
  it.each([
    ["-9 --content-size -BX", LZ4_VECTOR],
    ["-l", LZ4_LEGACY_VECTOR],
  ])("reads what lz4 %s writes", async (_, bytes) => {
    expect(await decodeBytes(unlz4, bytes)).toEqual({
      bytes: VECTOR_TEXT,
      end: { status: "complete", consumed: bytes.length },
    });
  });

  it("reads linked blocks, and blocks that stand alone", async () => {
    const blocks = [{ data: BLOCK }, { data: "1234", stored: true }, { data: LINKED }];
    const linked = await decodeBytes(unlz4, buildLz4(blocks, { flags: DEPENDENT }));
    expect(linked.bytes.toString()).toBe(`${BLOCK_TEXT}123412341234!`);
    expect(linked.end.status).toBe("complete");
    const alone = await decodeBytes(unlz4, buildLz4(blocks, { flags: INDEPENDENT }));
    expect(alone.bytes.toString()).toBe(`${BLOCK_TEXT}1234`);
    expect(alone.end).toMatchObject({
      status: "damaged",
      detail: "a match reaches before the start",
    });
  });

  it("keeps 64 KiB over many blocks", async () => {
    const blocks = Array.from({ length: 3000 }, (_, index) => ({
      data: `block ${String(index).padStart(90, "0")}`,
      stored: true,
    }));
    const far = Buffer.of(0x0f, 0xff, 0xff, 255, 0, 0x10, 0x21);
    const bytes = buildLz4([...blocks, { data: far }], { flags: DEPENDENT });
    const { bytes: output, end } = await drain(unlz4(slowSource(bytes)));
    const before = blocks.map(({ data }) => data).join("");
    const from = before.length - 65_535;
    expect(end.status).toBe("complete");
    expect(output.toString()).toBe(`${before}${before.slice(from, from + 15 + 255 + 4)}!`);
  });

  it("reads frames of all kinds, and stops where something else follows", async () => {
    const frames = Buffer.concat([
      buildSkippable("user data", 15),
      buildLz4([{ data: BLOCK }]),
      LZ4_LEGACY_VECTOR,
      LZ4_VECTOR,
      buildLz4([]),
    ]);
    const progress = decodeProgress();
    const source = slowSource(Buffer.concat([frames, Buffer.from("tail")]));
    const { bytes, end } = await drain(unlz4(source, 0, progress));
    expect(end).toEqual({ status: "complete", consumed: frames.length });
    expect(bytes.toString()).toBe(`${BLOCK_TEXT}${VECTOR_TEXT.toString().repeat(2)}`);
    expect(progress).toMatchObject({ streams: 5, skipped: [{ start: 8, end: 17 }], atEnd: true });
  });

  it.each([
    ["the content's checksum is wrong", buildLz4([{ data: BLOCK }], { contentChecksum: 1 })],
    ["the checksum of a block is wrong", buildLz4([{ data: BLOCK }], { blockChecksum: 1 })],
    [
      "the content has 23 bytes, the header says 24",
      buildLz4([{ data: BLOCK }], { contentSize: 24 }),
    ],
  ])("reports it and goes on: %s", async (detail, frame) => {
    const bytes = Buffer.concat([frame, buildLz4([{ data: BLOCK }])]);
    const { bytes: output, end } = await decodeBytes(unlz4, bytes);
    expect(output.toString()).toBe(BLOCK_TEXT.repeat(2));
    expect(end).toEqual({ status: "damaged", consumed: bytes.length, detail });
  });

  it.each([
    ["damaged", "the checksum of a frame header is wrong", buildLz4([], { headerChecksum: 1 })],
    ["damaged", "a frame header has bits that must not be set", buildLz4([], { flags: 0x62 })],
    [
      "damaged",
      "a frame header has bits that must not be set",
      buildLz4([], { blockDescriptor: 0x30 }),
    ],
    ["unsupported", "version 2 of the frame format is not known", buildLz4([], { flags: 0xa0 })],
    ["unsupported", "a frame needs a dictionary", buildLz4([{ data: LINKED }], { flags: 0x61 })],
    [
      "damaged",
      "a block of 65537 bytes is larger than its frame allows",
      buildLz4([{ data: Buffer.alloc(65_537), stored: true }]),
    ],
    [
      "damaged",
      "a block puts out more than its frame allows",
      buildLz4([
        { data: Buffer.concat([Buffer.of(0x1f, 1, 1, 0), Buffer.alloc(300, 255), u32(0)]) },
      ]),
    ],
    ["damaged", "there is no frame", Buffer.from("no frame at all")],
  ])("says %s: %s", async (status, detail, bytes) => {
    expect((await decodeBytes(unlz4, bytes)).end).toMatchObject({ status, detail });
  });

  it("lives through cuts and changes", async () => {
    expect(await findWeaknesses(unlz4, LZ4_VECTOR, VECTOR_TEXT)).toEqual([]);
    // A legacy frame has no end mark: it may end behind its magic, and behind each block.
    expect(await findWeaknesses(unlz4, LZ4_LEGACY_VECTOR, VECTOR_TEXT, [4])).toEqual([]);
  });
});
