import { constants, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import {
  buildSkippable,
  buildZstd,
  decodeBytes,
  drain,
  findWeaknesses,
  slowSource,
} from "../../../test/builders/compressed.ts";
import { VECTOR_TEXT, ZSTD_VECTOR } from "../../../test/builders/compressed-vectors.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { decodeProgress } from "../../bytes/decode-progress.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { unzstd } from "./unzstd.ts";

const CHECKSUM = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
/** Half of it is noise, so that it takes several blocks of several kinds. */
const LARGE = Buffer.concat([
  new Random(1).bytes(150_000),
  Buffer.alloc(300_000),
  Buffer.from("weights and biases ".repeat(10_000)),
]);

describe("unzstd", () => {
  it("reads what zstd writes", async () => {
    expect(await decodeBytes(unzstd, ZSTD_VECTOR)).toEqual({
      bytes: VECTOR_TEXT,
      end: { status: "complete", consumed: ZSTD_VECTOR.length },
    });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["text", VECTOR_TEXT],
    ["large", LARGE],
  ])("ends where the frame does: %s", async (_, content) => {
    const bytes = zstdCompressSync(content, CHECKSUM);
    for (const start of [0, 5]) {
      const around = Buffer.concat([Buffer.alloc(start), bytes, Buffer.from("tail")]);
      const { bytes: output, end } = await drain(unzstd(slowSource(around), start));
      expect(end).toEqual({ status: "complete", consumed: bytes.length });
      expect(output.equals(content)).toBe(true);
    }
  });

  it("reads frames and skips what is to be skipped", async () => {
    const frames = [
      buildSkippable("user data", 7),
      zstdCompressSync("one"),
      buildSkippable(""),
      zstdCompressSync(LARGE),
      buildZstd(["two ", "blocks"]),
    ];
    const bytes = Buffer.concat(frames);
    const progress = decodeProgress();
    const { bytes: output, end } = await drain(unzstd(slowSource(bytes), 0, progress));
    expect(end).toEqual({ status: "complete", consumed: bytes.length });
    expect(
      output.equals(Buffer.concat([Buffer.from("one"), LARGE, Buffer.from("two blocks")])),
    ).toBe(true);
    expect(progress).toMatchObject({
      streams: 5,
      skipped: [{ start: 8, end: 17 }],
      atEnd: true,
    });
  });

  it("reports a wrong checksum and goes on", async () => {
    for (const content of [VECTOR_TEXT, LARGE]) {
      const wrong = zstdCompressSync(content, CHECKSUM);
      wrong[wrong.length - 1]! ^= 1;
      const bytes = Buffer.concat([wrong, zstdCompressSync("more")]);
      const { bytes: output, end } = await decodeBytes(unzstd, bytes);
      expect(output.equals(Buffer.concat([content, Buffer.from("more")]))).toBe(true);
      expect(end).toEqual({
        status: "damaged",
        consumed: bytes.length,
        detail: "the content's checksum is wrong",
      });
    }
  });

  it("puts out every block before the one that is damaged", async () => {
    const first = "a block that is stored as it is; ".repeat(3000);
    const bytes = buildZstd([first, "damaged"], { lastType: 2 });
    const { bytes: output, end } = await decodeBytes(unzstd, bytes);
    expect(output.toString()).toBe(first);
    expect(end).toMatchObject({ status: "damaged", consumed: bytes.length - 3 - 7 });
    expect(end.detail).toMatch(/^a block cannot be decoded: /);
  });

  it.each([
    ["unsupported", "a frame needs a dictionary", buildZstd(["a"], { dictionary: 9 })],
    ["limit", "a frame asks for 3758096384 bytes of memory", buildZstd(["a"], { window: 0xae })],
    ["damaged", "a frame header sets a reserved bit", buildZstd(["a"], { flags: 8 })],
    ["damaged", "a block has the reserved type 3", buildZstd(["a"], { lastType: 3 })],
    ["damaged", "there is no frame", Buffer.from("no frame at all")],
  ])("says %s: %s", async (status, detail, bytes) => {
    expect((await decodeBytes(unzstd, bytes)).end).toMatchObject({ status, detail });
  });

  it("refuses blocks that are too large", async () => {
    const bytes = buildZstd([Buffer.alloc(131_073)]);
    expect((await decodeBytes(unzstd, bytes)).end).toMatchObject({ status: "damaged" });
  });

  it("uses as much memory as it may", async () => {
    const bytes = buildZstd(["a"], { window: 0x90 });
    const few = unzstd(new MemorySource(bytes, ""), 0, decodeProgress(), 2 ** 27);
    expect((await drain(few)).end.status).toBe("limit");
    const more = unzstd(new MemorySource(bytes, ""), 0, decodeProgress(), 2 ** 28);
    expect((await drain(more)).end.status).toBe("complete");
  });

  it("stops at the limit of frames", async () => {
    const bytes = Buffer.concat([zstdCompressSync("one"), zstdCompressSync("two")]);
    const { bytes: output, end } = await drain(
      unzstd(new MemorySource(bytes, ""), 0, decodeProgress(1)),
    );
    expect(output.toString()).toBe("one");
    expect(end).toMatchObject({ status: "limit" });
  });

  it("lives through cuts and changes", async () => {
    const first = buildSkippable("skip");
    const second = zstdCompressSync(VECTOR_TEXT, CHECKSUM);
    const bytes = Buffer.concat([first, second, buildZstd(["more"])]);
    const content = Buffer.concat([VECTOR_TEXT, Buffer.from("more")]);
    const whole = [first.length, first.length + second.length];
    expect(await findWeaknesses(unzstd, bytes, content, whole)).toEqual([]);
  });
});
