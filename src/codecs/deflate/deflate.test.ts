import { randomFillSync } from "node:crypto";
import { constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { gzipSync as fflateGzip, zlibSync as fflateZlib } from "fflate";
import { describe, expect, it } from "vitest";

import { decodeProgress } from "../../bytes/decode-progress.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { ByteWindow } from "../../bytes/window.ts";
import {
  buildGzip,
  decodeBytes,
  drain,
  findWeaknesses,
  slowSource,
} from "../../../test/builders/compressed.ts";
import { VECTOR_TEXT } from "../../../test/builders/compressed-vectors.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { gunzip } from "./gunzip.ts";
import { inflateAtOnce, inflateRaw } from "./inflate-raw.ts";
import { Inflater } from "./inflater.ts";
import { isZlib } from "./is-zlib.ts";
import { unzlib } from "./unzlib.ts";

const LARGE = largeContent(300_000);

/** Words and numbers in a random order: it shrinks to some 40 %. */
function largeContent(size: number): Buffer {
  const random = new Random(1);
  let text = "";
  while (text.length < size) {
    text += `${random.pick(["weight", "bias", "layer", "norm"])}.${random.int(100_000)} `;
  }
  return Buffer.from(text.slice(0, size));
}

function inflatePortably(bytes: Uint8Array): ReturnType<typeof drain> {
  return drain(new Inflater(new ByteWindow(slowSource(bytes), 1024 * 64)).stream(0));
}

describe("Inflater", () => {
  const contents = {
    nothing: Buffer.alloc(0),
    text: VECTOR_TEXT,
    large: LARGE,
    noise: randomFillSync(Buffer.alloc(200_000)),
    zeros: Buffer.alloc(300_000),
  };
  const options = [
    { level: 0 },
    { level: 1 },
    { level: 9 },
    { strategy: constants.Z_FIXED },
    { strategy: constants.Z_HUFFMAN_ONLY },
    { strategy: constants.Z_RLE },
  ];

  it.each(Object.entries(contents))("reads what zlib writes: %s", async (_, content) => {
    for (const option of options) {
      const bytes = deflateRawSync(content, option);
      const { bytes: output, end } = await inflatePortably(Buffer.concat([bytes, VECTOR_TEXT]));
      expect(end).toEqual({ status: "complete", consumed: bytes.length });
      expect(output.equals(content)).toBe(true);
    }
  });

  it("accepts and refuses what zlib does", async () => {
    const random = new Random(7);
    const bytes = deflateRawSync(VECTOR_TEXT);
    const seen = { accepted: 0, refused: 0 };
    for (let round = 0; round < 400; round += 1) {
      const changed = Buffer.from(bytes);
      changed[random.int(changed.length)] = random.int(256);
      const theirs = inflateAtOnce(changed);
      const { bytes: output, end } = await inflatePortably(changed);
      expect(end.status === "complete").toBe(theirs !== undefined);
      if (theirs !== undefined) {
        seen.accepted += 1;
        expect(end.consumed).toBe(theirs.consumed);
        expect(output.equals(theirs.output)).toBe(true);
      } else {
        seen.refused += 1;
      }
    }
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(20);
  });

  it("reads streams that follow one another", () => {
    const bytes = deflateRawSync("one");
    const inflater = new Inflater(
      new ByteWindow(new MemorySource(Buffer.concat([bytes, bytes]), "")),
    );
    for (const start of [0, bytes.length]) {
      const stream = inflater.stream(start);
      expect(Buffer.from(stream.next().value as Uint8Array).toString()).toBe("one");
      expect(stream.next()).toEqual({
        done: true,
        value: { status: "complete", consumed: bytes.length },
      });
    }
  });
});

describe("inflateRaw", () => {
  it.each([VECTOR_TEXT, LARGE])("ends where the stream does", async (content) => {
    const bytes = deflateRawSync(content);
    const around = Buffer.concat([VECTOR_TEXT, bytes, VECTOR_TEXT]);
    for (const source of [new MemorySource(around, ""), slowSource(around)]) {
      const { bytes: output, end } = await drain(inflateRaw(source, VECTOR_TEXT.length));
      expect(end).toEqual({ status: "complete", consumed: bytes.length });
      expect(output.equals(content)).toBe(true);
    }
  });

  it("does not read past its end", async () => {
    const bytes = deflateRawSync(LARGE);
    const { end } = await drain(inflateRaw(new MemorySource(bytes, ""), 0, bytes.length - 1));
    expect(end).toMatchObject({ status: "truncated", consumed: bytes.length - 1 });
  });

  it("puts out what comes before a defect", async () => {
    const bytes = deflateRawSync(LARGE);
    for (const at of [70_000, bytes.length - 50]) {
      const changed = Buffer.from(bytes);
      changed.fill(0xff, at, at + 20);
      const { bytes: output, end } = await drain(inflateRaw(slowSource(changed)));
      const portable = await inflatePortably(changed);
      expect(end).toEqual(portable.end);
      expect(output.equals(portable.bytes)).toBe(true);
      expect(output.subarray(0, at).equals(LARGE.subarray(0, at))).toBe(true);
    }
  });

  it("can be left early", async () => {
    const stream = inflateRaw(slowSource(deflateRawSync(Buffer.alloc(20_000_000))));
    const first = await stream.next();
    expect(first.done).toBe(false);
    await stream.return({ status: "limit", consumed: 0 });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

describe("gunzip", () => {
  it("reads what zlib and fflate write", async () => {
    for (const content of [VECTOR_TEXT, LARGE, Buffer.alloc(0)]) {
      for (const bytes of [gzipSync(content), Buffer.from(fflateGzip(content))]) {
        const { bytes: output, end } = await decodeBytes(gunzip, bytes);
        expect(end).toEqual({ status: "complete", consumed: bytes.length });
        expect(output.equals(content)).toBe(true);
      }
    }
  });

  it("reads all parts of a header", async () => {
    const bytes = buildGzip("content", {
      name: "a.pkl",
      comment: "c",
      extra: "BC",
      headerCrc: true,
    });
    const progress = decodeProgress();
    const { bytes: output, end } = await drain(gunzip(slowSource(bytes), 0, progress));
    expect(end).toEqual({ status: "complete", consumed: bytes.length });
    expect(output.toString()).toBe("content");
    expect(progress).toMatchObject({ streams: 1, notes: [], skipped: [], atEnd: true });
  });

  it("notes what some readers refuse", async () => {
    const bytes = Buffer.concat([
      buildGzip("a", { headerCrc: "wrong" }),
      buildGzip("b", { flags: 0x20 }),
    ]);
    const progress = decodeProgress();
    const { end } = await drain(gunzip(slowSource(bytes), 0, progress));
    expect(end.status).toBe("complete");
    expect(progress.notes.map(({ message }) => message)).toEqual([
      "the header's checksum is wrong, which some readers refuse",
      "the header sets reserved flags, which some readers refuse",
    ]);
  });

  it("says where a header holds more than it has to", async () => {
    const progress = decodeProgress();
    const bytes = buildGzip("a", { extra: "x".repeat(300), comment: "y".repeat(70_000) });
    await drain(gunzip(slowSource(bytes), 0, progress));
    expect(progress.skipped).toEqual([
      { start: 12, end: 312 },
      { start: 312, end: 70_312 },
    ]);
  });

  it("reads members and the zeros between them", async () => {
    const large = gzipSync(LARGE);
    const bytes = Buffer.concat([
      gzipSync("one"),
      Buffer.alloc(3),
      large,
      gzipSync("two"),
      Buffer.alloc(70_000),
    ]);
    const progress = decodeProgress();
    const { bytes: output, end } = await drain(gunzip(slowSource(bytes), 0, progress));
    expect(end).toEqual({ status: "complete", consumed: bytes.length });
    expect(output.equals(Buffer.concat([Buffer.from("one"), LARGE, Buffer.from("two")]))).toBe(
      true,
    );
    expect(progress.streams).toBe(3);
  });

  it("stops where something else follows", async () => {
    const bytes = gzipSync("one");
    const progress = decodeProgress();
    const source = slowSource(Buffer.concat([bytes, Buffer.of(0, 0), Buffer.from("tail")]));
    const { end } = await drain(gunzip(source, 0, progress));
    expect(end).toEqual({ status: "complete", consumed: bytes.length + 2 });
    expect(progress.atEnd).toBe(true);
  });

  it("reports a wrong checksum and a wrong size, and goes on", async () => {
    for (const [wrong, detail] of [
      [buildGzip("one", { crc: 1 }), "the content's CRC-32 is 0x7a6c86f1, the trailer says 0x1"],
      [buildGzip("one", { size: 4 }), "the content has 3 bytes, the trailer says 4"],
    ] as const) {
      const bytes = Buffer.concat([wrong, gzipSync("two")]);
      const { bytes: output, end } = await decodeBytes(gunzip, bytes);
      expect(output.toString()).toBe("onetwo");
      expect(end).toEqual({ status: "damaged", consumed: bytes.length, detail });
    }
  });

  it("stops at the limit of members", async () => {
    const bytes = Buffer.concat([gzipSync("one"), gzipSync("two"), gzipSync("three")]);
    const { bytes: output, end } = await drain(
      gunzip(new MemorySource(bytes, ""), 0, decodeProgress(2)),
    );
    expect(output.toString()).toBe("onetwo");
    expect(end).toMatchObject({ status: "limit" });
  });

  it("lives through cuts and changes", async () => {
    const first = buildGzip(VECTOR_TEXT, { name: "n", comment: "c", extra: "e", headerCrc: true });
    const bytes = Buffer.concat([first, gzipSync("more")]);
    const content = Buffer.concat([VECTOR_TEXT, Buffer.from("more")]);
    expect(await findWeaknesses(gunzip, bytes, content, [first.length])).toEqual([]);
  });
});

describe("unzlib", () => {
  it("reads what zlib and fflate write, and leaves what follows", async () => {
    for (const content of [VECTOR_TEXT, LARGE, Buffer.alloc(0)]) {
      for (const bytes of [deflateSync(content), Buffer.from(fflateZlib(content, { level: 9 }))]) {
        const { bytes: output, end } = await decodeBytes(
          unzlib,
          Buffer.concat([bytes, VECTOR_TEXT]),
        );
        expect(end).toEqual({ status: "complete", consumed: bytes.length });
        expect(output.equals(content)).toBe(true);
      }
    }
  });

  it("reports a wrong checksum", async () => {
    const bytes = deflateSync("one");
    bytes[bytes.length - 1]! ^= 1;
    expect((await decodeBytes(unzlib, bytes)).end).toEqual({
      status: "damaged",
      consumed: bytes.length,
      detail: "the content's Adler-32 is 0x2910143, the stream says 0x2910142",
    });
  });

  it("does not decode streams that need a dictionary", async () => {
    const bytes = deflateSync("one", { dictionary: Buffer.from("one two") });
    expect((await decodeBytes(unzlib, bytes)).end).toMatchObject({ status: "unsupported" });
  });

  it("lives through cuts and changes", async () => {
    expect(await findWeaknesses(unzlib, deflateSync(VECTOR_TEXT), VECTOR_TEXT)).toEqual([]);
  });
});

describe("isZlib", () => {
  it("knows whole streams and beginnings, whatever their level and window", () => {
    for (const level of [0, 1, 6, 9]) {
      for (const windowBits of [9, 15]) {
        const bytes = deflateSync(LARGE, { level, windowBits });
        expect(isZlib(bytes.subarray(0, 65_536))).toBe("likely");
        expect(isZlib(deflateSync("short", { level, windowBits }))).toBe("certain");
      }
    }
    expect(isZlib(deflateSync(VECTOR_TEXT).subarray(0, 100))).toBe("likely");
    expect(isZlib(deflateSync("a short text of letters").subarray(0, -2))).toBe("possible");
  });

  it("takes nothing else for one", () => {
    const random = new Random(3);
    const others: Buffer[] = [
      "x^2 + 3 * x - 5, for all x in the field of real numbers",
      "x = 1\nprint(x)\n",
      "x",
      "x\u009c",
    ].map((text) => Buffer.from(text, "latin1"));
    others.push(gzipSync("one"), zstdCompressSync("one"), Buffer.alloc(100));
    for (let round = 0; round < 1000; round += 1) {
      const bytes = random.bytes(4096);
      bytes.set([0x78, random.pick([0x01, 0x5e, 0x9c, 0xda])]);
      others.push(bytes);
      // A few bytes more or less may be the beginning of anything.
      expect(["none", "possible"]).toContain(isZlib(bytes.subarray(0, 3 + random.int(60))));
    }
    expect(others.filter((bytes) => isZlib(bytes) !== "none")).toEqual([]);
  });
});
