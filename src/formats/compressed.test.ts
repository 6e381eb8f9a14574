import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import {
  buildGzip,
  buildLz4,
  buildSizedLzma,
  buildSkippable,
  u32,
} from "../../test/builders/compressed.ts";
import {
  BZIP2_VECTOR,
  LZ4_LEGACY_VECTOR,
  LZ4_VECTOR,
  LZMA_VECTOR,
  VECTOR_TEXT,
  XZ_ARM_VECTOR,
  XZ_VECTOR,
  ZSTD_VECTOR,
} from "../../test/builders/compressed-vectors.ts";
import { Governor } from "../bytes/governor.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import { readRange } from "../bytes/read.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { Limits } from "../kernel/limits.ts";
import type { Evidence } from "../kernel/rule.ts";
import { NO_USER_NAMES } from "../machines/pickle/names/user-name.ts";
import { bzip2 } from "./bzip2/index.ts";
import { compressedRules } from "./compressed-rules.ts";
import type { CompressedModel } from "./compressed.ts";
import type { Child, FormatModule, Parsed } from "./format.ts";
import { gzip } from "./gzip/index.ts";
import { joblibZfile } from "./joblib-zfile/index.ts";
import { lz4 } from "./lz4/index.ts";
import { lzma } from "./lzma/index.ts";
import { xz } from "./xz/index.ts";
import { zlib } from "./zlib/index.ts";
import { zstd } from "./zstd/index.ts";

type CompressedFormat = FormatModule<string, CompressedModel>;

const FORMATS: readonly CompressedFormat[] = [gzip, zlib, bzip2, xz, lzma, zstd, lz4, joblibZfile];
const TAIL = Buffer.from("this is no padding");

/** joblib's old header, as it and Python 2 wrote it. */
function zfile(content: Uint8Array, stated = content.length, space = ""): Buffer {
  const header = `ZF${`0x${stated.toString(16)}`.padEnd(19)}${space}`;
  return Buffer.concat([Buffer.from(header), deflateSync(content)]);
}

const SAMPLES: readonly (readonly [CompressedFormat, string, Buffer])[] = [
  [gzip, "", gzipSync(VECTOR_TEXT)],
  [zlib, "", deflateSync(VECTOR_TEXT)],
  [bzip2, "", BZIP2_VECTOR],
  [xz, "", XZ_VECTOR],
  [lzma, "with an end marker", LZMA_VECTOR],
  [lzma, "with a size", buildSizedLzma()],
  [zstd, "", ZSTD_VECTOR],
  [zstd, "behind a skippable frame", Buffer.concat([buildSkippable("12345678"), ZSTD_VECTOR])],
  [lz4, "", LZ4_VECTOR],
  [lz4, "legacy", LZ4_LEGACY_VECTOR],
  [lz4, "behind a skippable frame", Buffer.concat([buildSkippable("1234"), LZ4_VECTOR])],
  [joblibZfile, "", zfile(VECTOR_TEXT)],
  [joblibZfile, "of Python 2", zfile(VECTOR_TEXT, VECTOR_TEXT.length, " ")],
];
const NAMED = SAMPLES.map(([format, kind, bytes]) => ({
  name: `${format.id} ${kind}`,
  format,
  bytes,
}));

async function detect(format: CompressedFormat, bytes: Uint8Array): Promise<string> {
  return await format.detect(bytes, bytes, { name: "sample", size: bytes.length });
}

function parse(
  format: CompressedFormat,
  bytes: Uint8Array,
  limits: Partial<Limits> = {},
): Promise<Parsed<CompressedModel>> {
  const governor = new Governor({ ...DEFAULT_LIMITS, ...limits }, bytes.length);
  return format.parse(new MemorySource(bytes, "sample"), {
    governor,
    userNames: NO_USER_NAMES,
    quick: false,
    name: "sample",
    role: "top",
  });
}

async function textOf(child: Child | undefined): Promise<string> {
  if (child === undefined) return "there is no such child";
  const { source } = await child.open(new Governor());
  return Buffer.from(readRange(source, 0, source.size)).toString();
}

function evidence({ model }: Parsed<CompressedModel>): (Evidence & { readonly rule: string })[] {
  const context = { name: "sample", size: model.size, role: "top" };
  return compressedRules.flatMap((rule) =>
    [...rule.evaluate(model, context)].map((one) => ({ rule: rule.id, ...one })),
  );
}

describe.each(NAMED)("$name", ({ format, bytes }) => {
  it("is detected by its own format alone", async () => {
    expect(["likely", "certain"]).toContain(await detect(format, bytes));
    const others = FORMATS.filter((other) => other !== format);
    const matches = await Promise.all(others.map((other) => detect(other, bytes)));
    expect(others.filter((_, index) => matches[index] !== "none").map(({ id }) => id)).toEqual([]);
  });

  it("is understood to its last byte", async () => {
    const parsed = await parse(format, bytes);
    expect(parsed.issues).toEqual([]);
    expect(parsed.ledger.coverage()).toEqual({
      understood: bytes.length,
      inert: 0,
      unaccounted: 0,
      read: bytes.length,
    });
    expect(parsed.children.map(({ role, name, size }) => ({ role, name, size }))).toEqual([
      { role: "content", name: "content", size: VECTOR_TEXT.length },
    ]);
    expect(evidence(parsed)).toEqual([]);
  });

  it("hands its content out, and again", async () => {
    const { children } = await parse(format, bytes);
    const [child] = children;
    expect(await textOf(child)).toBe(VECTOR_TEXT.toString());
    expect(await textOf(child)).toBe(VECTOR_TEXT.toString());
    expect((await child!.open(new Governor())).end).toMatchObject({ status: "complete" });
  });

  it("takes zeros for padding and everything else for a child", async () => {
    const padded = await parse(format, Buffer.concat([bytes, Buffer.alloc(1000)]));
    expect(padded.ledger.gaps()).toEqual([]);
    expect(padded.children).toHaveLength(1);

    const parsed = await parse(format, Buffer.concat([bytes, TAIL]));
    const range = { start: bytes.length, end: bytes.length + TAIL.length };
    expect(parsed.ledger.gaps()).toEqual([range]);
    expect(parsed.children[1]).toMatchObject({ role: "trailing", name: "trailing", range });
    expect(await textOf(parsed.children[1])).toBe(TAIL.toString());
    expect(parsed.issues).toEqual([]);
    expect(evidence(parsed)).toMatchObject([
      { rule: "compressed/trailing-data", offset: bytes.length, data: { bytes: TAIL.length } },
    ]);
  });

  it("says where it is cut off, and gives what there is", async () => {
    const cut = bytes.subarray(0, bytes.length - 5);
    const parsed = await parse(format, cut);
    expect(parsed.issues).toMatchObject([{ kind: "truncated", offset: cut.length }]);
    const [child] = parsed.children;
    if (child !== undefined) {
      const { end } = await child.open(new Governor());
      expect(end).toMatchObject({ detail: "only a part of the content could be unpacked" });
    }
  });
});

describe("the limit on output", () => {
  it("stops a stream that goes past it", async () => {
    const bytes = gzipSync(Buffer.alloc(3_000_000));
    const parsed = await parse(gzip, bytes, { outputBytes: 1_000_000, outputRatio: 1 });
    expect(parsed.issues).toEqual([
      {
        kind: "limit",
        message:
          "the gzip data was not unpacked to its end: the limit on decompressed bytes is reached",
        offset: 0,
      },
    ]);
    expect(parsed.ledger.coverage().unaccounted).toBe(bytes.length);
    expect(evidence(parsed)).toMatchObject([
      { rule: "compressed/bomb", key: "stopped", implies: "incomplete" },
    ]);
    expect(parsed.children[0]!.size).toBeGreaterThan(900_000);
  });

  it("reports what grows a hundred times and is read all the same", async () => {
    const parsed = await parse(zstd, zstdCompressSync(Buffer.alloc(70 * 1024 * 1024)));
    expect(parsed.issues).toEqual([]);
    expect(evidence(parsed)).toMatchObject([
      { rule: "compressed/bomb", key: "ratio", implies: "none" },
    ]);
    const [child] = parsed.children;
    const { source, end } = await child!.open(new Governor());
    expect(source.size).toBe(70 * 1024 * 1024);
    expect(end).toMatchObject({ status: "complete" });
    source.close?.();
  });

  it("counts streams that follow one another", async () => {
    const bytes = Buffer.concat(Array.from({ length: 20 }, () => gzipSync("a")));
    const parsed = await parse(gzip, bytes, { entries: 9 });
    expect(parsed.issues).toMatchObject([{ kind: "limit" }]);
    expect(parsed.model).toMatchObject({ streams: 10, output: 10, stopped: false });
    expect(parsed.facts).toEqual({ compression: { format: "gzip", streams: 10, size: 10 } });
  });
});

describe("gzip", () => {
  it("reports headers that readers disagree about", async () => {
    const reserved = buildGzip("a", { flags: 0x40 });
    expect(await detect(gzip, reserved)).toBe("likely");
    const { issues } = await parse(gzip, Buffer.concat([gzipSync("b"), reserved]));
    expect(issues).toEqual([
      {
        kind: "deviation",
        message: "the header sets reserved flags, which some readers refuse",
        offset: gzipSync("b").length,
      },
    ]);
  });

  it("does not understand what a header carries along", async () => {
    const { ledger, children } = await parse(
      gzip,
      buildGzip("a", { extra: TAIL.toString().repeat(20) }),
    );
    expect(ledger.gaps()).toEqual([{ start: 12, end: 372 }]);
    expect(children[1]).toMatchObject({ role: "skipped", range: { start: 12, end: 372 } });
  });

  it("gives the content where only the checksum is wrong", async () => {
    const parsed = await parse(gzip, Buffer.concat([buildGzip("a", { crc: 7 }), TAIL]));
    expect(parsed.issues).toMatchObject([{ kind: "damaged" }]);
    expect(await textOf(parsed.children[0])).toBe("a");
    expect(parsed.children[1]).toMatchObject({ role: "trailing" });
  });
});

describe("zstd", () => {
  it("knows the table that seekable files end with", async () => {
    const entry = Buffer.concat([u32(ZSTD_VECTOR.length), u32(VECTOR_TEXT.length)]);
    const footer = Buffer.concat([u32(1), Buffer.of(0), u32(0x8f92eab1)]);
    const table = buildSkippable(Buffer.concat([entry, footer]), 14);
    const parsed = await parse(zstd, Buffer.concat([ZSTD_VECTOR, table]));
    expect(parsed.ledger.gaps()).toEqual([]);
    expect(parsed.children).toHaveLength(1);
  });

  it("leaves what else is skipped to others", async () => {
    const bytes = Buffer.concat([buildSkippable(TAIL), ZSTD_VECTOR]);
    const { ledger, children } = await parse(zstd, bytes);
    expect(ledger.gaps()).toEqual([{ start: 8, end: 8 + TAIL.length }]);
    expect(children.map(({ role }) => role)).toEqual(["content", "skipped"]);
    expect(await textOf(children[1])).toBe(TAIL.toString());
  });

  it("may stand behind more skippable frames than the head shows", async () => {
    expect(await detect(zstd, buildSkippable(TAIL))).toBe("possible");
    expect(await detect(lz4, buildSkippable(TAIL))).toBe("none");
    expect(await detect(zstd, Buffer.concat([buildSkippable(TAIL), buildLz4([])]))).toBe("none");
  });
});

describe("xz", () => {
  it("says what cannot be decoded", async () => {
    const { issues, ledger, children } = await parse(xz, XZ_ARM_VECTOR);
    expect(issues).toEqual([
      {
        kind: "unsupported",
        message: "the xz data cannot be decoded: a block has the filter 0x7, which is not decoded",
        offset: 12,
      },
    ]);
    expect(ledger.gaps()).toEqual([{ start: 12, end: XZ_ARM_VECTOR.length }]);
    expect(children).toEqual([]);
  });
});

describe("joblib-zfile", () => {
  it("reports a size that joblib refuses", async () => {
    const { issues } = await parse(joblibZfile, zfile(VECTOR_TEXT, 5));
    expect(issues).toEqual([
      {
        kind: "deviation",
        message: `the content has ${VECTOR_TEXT.length} bytes, the header says 5, which joblib refuses`,
        offset: 2,
      },
    ]);
  });

  it("wants a number and a zlib stream", async () => {
    expect(await detect(joblibZfile, zfile(VECTOR_TEXT).subarray(0, 21))).toBe("none");
    expect(await detect(joblibZfile, Buffer.from("ZF0x10               hello, world"))).toBe(
      "none",
    );
    expect(
      await detect(
        joblibZfile,
        Buffer.concat([Buffer.from("ZFsomething else      "), deflateSync("a")]),
      ),
    ).toBe("none");
  });
});
