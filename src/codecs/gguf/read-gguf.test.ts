import { describe, expect, it } from "vitest";

import { countingSource } from "../../../test/builders/counting-source.ts";
import { buildGguf } from "../../../test/builders/gguf.ts";
import type { GgufSpec } from "../../../test/builders/gguf.ts";
import { Governor } from "../../bytes/governor.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import type { GgufString } from "./cursor.ts";
import { readGguf } from "./read-gguf.ts";
import type { GgufFront } from "./read-gguf.ts";

function read(spec: GgufSpec): GgufFront {
  return readGguf(new MemorySource(buildGguf(spec).bytes, "model"), new Governor())!;
}

/** What is wrong, as `kind: message`. */
function problems(spec: GgufSpec): string[] {
  return read(spec).problems.map(({ kind, message }) => `${kind}: ${message}`);
}

const FORMS: readonly GgufSpec[] = [
  {},
  { version: 2 },
  { version: 1 },
  { bigEndian: true },
  { bigEndian: true, version: 1 },
];

describe("readGguf", () => {
  it.each(FORMS)("reads values of all types in %j", (form) => {
    const front = read({
      ...form,
      entries: [
        ["u8", ["u8", 200]],
        ["i8", ["i8", -2]],
        ["u16", ["u16", 60_000]],
        ["i16", ["i16", -300]],
        ["u32", ["u32", 4_000_000_000]],
        ["i32", ["i32", -70_000]],
        ["f32", ["f32", 0.5]],
        ["bool", ["bool", true]],
        ["string", ["string", "grüß dich"]],
        ["u64", ["u64", 2 ** 40]],
        ["i64", ["i64", -(2 ** 40)]],
        ["f64", ["f64", 0.1]],
        ["list", ["array", "i16", [1, -1]]],
        ["words", ["array", "string", ["a", "", "ccc"]]],
        [
          "tables",
          [
            "arrays",
            [
              ["arrays", [["array", "u8", [1]]]],
              ["array", "string", ["x"]],
            ],
          ],
        ],
        ["last", ["u8", 1]],
      ],
      tensors: [
        { name: "a", dimensions: [32, 2], type: "Q4_0" },
        { name: "scalar", dimensions: [] },
      ],
    });
    expect(front.whole).toBe(true);
    expect(front.version).toEqual({
      version: form.version ?? 3,
      littleEndian: form.bigEndian !== true,
    });
    const values = Object.fromEntries(front.entries.map(({ key, value }) => [key, value]));
    expect(values).toEqual({
      u8: 200,
      i8: -2,
      u16: 60_000,
      i16: -300,
      u32: 4_000_000_000,
      i32: -70_000,
      f32: 0.5,
      bool: true,
      string: "grüß dich",
      u64: 2 ** 40,
      i64: -(2 ** 40),
      f64: 0.1,
      list: undefined,
      words: undefined,
      tables: undefined,
      last: 1,
    });
    expect(front.entries.find(({ key }) => key === "words")?.elements).toEqual({
      type: 8,
      count: 3,
    });
    expect(front.tensors).toMatchObject([
      { name: "a", type: "Q4_0", dimensions: [32, 2], offset: 0, size: 36 },
      { name: "scalar", type: "F32", dimensions: [], size: 4 },
    ]);
    expect(front.problems.map(({ kind }) => kind)).toEqual(["deviation"]);
  });

  it("says nothing of what does not begin as GGUF does", () => {
    for (const text of ["GGUF", "GGUF\0\0\0\0", "GGUF\u0003\0\0\u0003", "GGJT\u0003\0\0\0"]) {
      const source = new MemorySource(Buffer.from(text, "latin1"), "model");
      expect(readGguf(source, new Governor()), text).toBeUndefined();
    }
  });

  it.each(FORMS)("walks long vocabularies in one pass, and shows long strings, in %j", (form) => {
    const tokens = Array.from({ length: 60_000 }, (_, index) =>
      index % 5000 === 7 ? `${index} `.repeat(20_000) : `token ${index}`,
    );
    const { bytes } = buildGguf({
      ...form,
      entries: [
        ["tokenizer.ggml.tokens", ["array", "string", tokens]],
        ["behind", ["u32", 7]],
      ],
    });
    const source = countingSource(bytes);
    const found: GgufString[] = [];
    const front = readGguf(source, new Governor(), (place) => found.push(place))!;
    expect(front).toMatchObject({ whole: true, problems: [], end: bytes.length });
    expect(front.entries[1]).toMatchObject({ key: "behind", value: 7 });
    const texts = found.map(({ start, end }) => bytes.toString("latin1", start, end));
    expect(texts).toEqual(tokens.filter(({ length }) => length >= 64));
    expect(source.bytesRead).toBeLessThan(bytes.length * 1.1);
  });

  it("passes over numbers without reading them", () => {
    const { bytes } = buildGguf({
      entries: [["scores", ["array", "f32", Array.from({ length: 500_000 }, () => 0)]]],
    });
    const source = countingSource(bytes);
    expect(readGguf(source, new Governor())?.whole).toBe(true);
    expect(source.bytesRead).toBeLessThan(1_100_000);
  });
});

describe("what the reference reader refuses", () => {
  const raw = (type: number, ...rest: readonly number[]): readonly ["raw", Uint8Array] => [
    "raw",
    Buffer.concat([type, ...rest].map((number) => Buffer.from(new Uint32Array([number]).buffer))),
  ];

  it.each<[string, GgufSpec, string]>([
    [
      "an empty key",
      { entries: [["", ["u8", 1]]] },
      "damaged: the key of metadata entry 1 is empty",
    ],
    [
      "a type that is none",
      { entries: [["a", raw(13)]] },
      'damaged: "a" has a value of unknown type 13',
    ],
    [
      "an array of what is no type",
      { entries: [["a", raw(9, 99, 0, 0)]] },
      'damaged: "a" is an array of unknown type 99',
    ],
    [
      "an alignment of zero",
      { entries: [["general.alignment", ["u32", 0]]] },
      "damaged: general.alignment is not a power of two of type u32",
    ],
    [
      "an alignment of 48",
      { entries: [["general.alignment", ["u32", 48]]] },
      "damaged: general.alignment is not a power of two of type u32",
    ],
    [
      "an alignment of another type",
      { entries: [["general.alignment", ["u64", 32]]] },
      "damaged: general.alignment is not a power of two of type u32",
    ],
    [
      "a string longer than the file",
      { entries: [["a", raw(8, 1000, 0)]] },
      'truncated: "a" has 1000 bytes and 0 are left',
    ],
    [
      "a string of 2 GiB",
      { entries: [["a", raw(8, 2 ** 31, 0)]] },
      'damaged: "a" claims 2147483648 bytes, more than any reader takes',
    ],
    [
      "an array of more elements than the file has bytes",
      { entries: [["a", raw(9, 4, 1000, 0)]] },
      'truncated: "a" has 4000 bytes and 0 are left',
    ],
    [
      "more entries than there are",
      { entryCount: 1 },
      "truncated: the file ends inside its header",
    ],
    [
      "more tensors than there are",
      { tensorCount: 1 },
      "truncated: the file ends inside its header",
    ],
    [
      "a name of 64 bytes",
      { tensors: [{ name: "n".repeat(64) }] },
      `damaged: the name of tensor "${"n".repeat(64)}" has 64 bytes, and readers take 63`,
    ],
    [
      "five dimensions",
      { tensors: [{ name: "a", dimensions: [1, 1, 1, 1, 1] }] },
      'damaged: tensor "a" claims 5 dimensions',
    ],
    [
      "half a block",
      { tensors: [{ name: "a", dimensions: [48], type: "Q8_0", data: Buffer.alloc(8) }] },
      'damaged: tensor "a" has rows of 48 elements, and Q8_0 has blocks of 32',
    ],
    [
      "a type of somebody's own",
      { tensors: [{ name: "a", type: 139 }] },
      'unsupported: tensor "a" has the type 139, which is not known',
    ],
    [
      "a type that never was",
      { tensors: [{ name: "a", type: -1 }] },
      'damaged: tensor "a" has the type 4294967295, which is not known',
    ],
  ])("tells %s", (_name, spec, expected) => {
    expect(problems(spec)).toEqual([expected]);
  });

  it("cuts names where C ends them, and says so", () => {
    const front = read({
      entries: [["general.name\0x", ["string", "a"]]],
      tensors: [{ name: "a\0b" }],
    });
    expect(front.entries[0]?.key).toBe("general.name");
    expect(front.tensors[0]?.name).toBe("a");
    expect(front.problems.map(({ kind }) => kind)).toEqual(["deviation", "deviation"]);
  });

  it("stops at arrays nested without end", () => {
    const depth = Array.from({ length: 1000 }, () => [9, 1, 0]).flat();
    expect(problems({ entries: [["a", raw(9, ...depth)]] })).toEqual([
      'deviation: "a" nests arrays, which few readers take',
      'limit: "a" nests arrays more than 64 deep',
    ]);
  });

  it("keeps no more than any real file has", () => {
    const pair = [1, 0, 0, 0, 0, 0, 0, 0, 0x61, 0, 0, 0, 0, 7];
    const front = read({
      entryCount: 200_000,
      trailing: Buffer.alloc(200_000 * pair.length, Buffer.from(pair)),
    });
    expect(front.entries).toHaveLength(100_000);
    expect(front.problems.map(({ kind }) => kind)).toEqual(["limit"]);
  });

  it("keeps to its budget", () => {
    const entries = Array.from({ length: 100 }, (_, index) => [`key ${index}`, ["u8", 1]] as const);
    const tensors = entries.map(([name]) => ({ name }));
    for (const spec of [{ entries }, { tensors }]) {
      const governor = new Governor({ ...DEFAULT_LIMITS, memory: 10_000 });
      const front = readGguf(new MemorySource(buildGguf(spec).bytes, "model"), governor)!;
      expect(front.problems.map(({ kind }) => kind)).toEqual(["limit"]);
      expect(front.entries.length + front.tensors.length).toBeLessThan(40);
    }
  });
});

describe("numbers that wrap around in readers", () => {
  const wide = (type: number, ...lengths: readonly bigint[]): readonly ["raw", Uint8Array] => [
    "raw",
    Buffer.concat([
      Buffer.from(new Uint32Array(type === 9 ? [9, 8] : [type]).buffer),
      Buffer.from(new BigUint64Array(lengths).buffer),
    ]),
  ];
  const most = 2n ** 64n - 1n;

  it.each<[string, GgufSpec]>([
    ["CVE-2024-21802", { tensors: [{ name: "a", dimensions: [], claimedDimensions: 5 }] }],
    ["CVE-2024-21825", { entries: [["a", wide(9, 2n ** 60n + 1n)]] }],
    ["CVE-2024-21836", { tensorCount: 2n ** 60n }],
    ["CVE-2024-23496", { entries: [["a", wide(8, most)]] }],
    ["CVE-2024-23605", { entryCount: 2n ** 60n }],
    ["CVE-2025-49847", { entries: [["tokenizer.ggml.tokens", wide(9, 1n, 2n ** 31n)]] }],
    [
      "CVE-2026-33298",
      { tensors: [{ name: "a", dimensions: [2n ** 62n, 2n], data: Buffer.alloc(8) }] },
    ],
  ])("names %s", (advisory, spec) => {
    const { overflows, problems: found } = read(spec);
    expect(overflows.map((overflow) => overflow.advisory)).toEqual([advisory]);
    expect(found.some(({ kind }) => kind === "damaged")).toBe(true);
  });

  it("has nothing to say of numbers that are merely wrong", () => {
    expect(read({ tensorCount: 2n ** 40n, entryCount: 2n ** 40n }).overflows).toEqual([]);
  });
});
