import { crc32, deflateRawSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { childrenOf, contentOf, parseArchive } from "../../../test/builders/parsed-archive.ts";
import type { ParsedArchive } from "../../../test/builders/parsed-archive.ts";
import { buildTorchZip, buildZip, extraField, u32, u64 } from "../../../test/builders/zip.ts";
import type { ZipMemberSpec, ZipOptions } from "../../../test/builders/zip.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import type { ZipModel } from "../zip-archive.ts";
import { parseZipArchive } from "../zip-archive.ts";

type Archive = ParsedArchive<ZipModel>;

function parse(bytes: Uint8Array, limits = DEFAULT_LIMITS): Promise<Archive> {
  return parseArchive(parseZipArchive, bytes, limits);
}

function parseBuilt(members: readonly ZipMemberSpec[], options?: ZipOptions): Promise<Archive> {
  return parse(buildZip(members, options));
}

const a: ZipMemberSpec = { name: "a.txt", data: "alpha" };
const b: ZipMemberSpec = { name: "b/b.txt", data: "beta ".repeat(50), method: 8 };

describe("ordinary archives", () => {
  it.each([
    ["stored and deflated members", buildZip([a, b, { name: "b/" }])],
    [
      "streamed ones",
      buildZip([
        { ...a, descriptor: "signed" },
        { ...b, descriptor: "bare" },
      ]),
    ],
    [
      "a torch checkpoint",
      buildTorchZip("archive", [
        { name: "data.pkl", data: "x" },
        { name: "data/0", data: "y" },
      ]),
    ],
    ["none at all", buildZip([])],
    ["ZIP64 and a comment", buildZip([a], { zip64: true, comment: "by hand" })],
    ["an archive in an archive", buildZip([a, { name: "in.zip", data: buildZip([a, b]) }])],
  ])("%s: no finding, no issue, no byte left", async (_, bytes) => {
    const { findings, messages, harms, left, parsed } = await parse(bytes);
    expect({ findings, messages, harms, left, issues: parsed.issues }).toEqual({
      findings: [],
      messages: [],
      harms: [],
      left: 0,
      issues: [],
    });
  });

  it("hands on every member, lazily", async () => {
    const archive = await parseBuilt([a, b, { name: "b/", mode: 0o40_755 }]);
    expect(childrenOf(archive)).toEqual(["member a.txt", "member b/b.txt"]);
    expect((await contentOf(archive, "a.txt")).text).toBe("alpha");
    const deflated = await contentOf(archive, "b/b.txt");
    expect(deflated.text).toBe("beta ".repeat(50));
    expect(deflated.issues).toEqual([]);
    expect(archive.parsed.children.map(({ size }) => size)).toEqual([5, 250]);
  });

  it("hands on folders that hold data", async () => {
    expect(childrenOf(await parseBuilt([{ name: "d/", data: "hidden" }]))).toEqual(["member d/"]);
  });

  it("gives every child a name of its own", async () => {
    const archive = await parseBuilt([a, { name: "a.txt#2" }, a, a]);
    const names = archive.parsed.children.map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
    expect(names.slice(0, 2)).toEqual(["a.txt", "a.txt#2"]);
  });
});

describe("content", () => {
  it.each([
    ["zstd", 93, 0, zstdCompressSync("zstd".repeat(9)).toString("base64")],
    // Written by Python's zipfile, bz2 and lzma.
    ["bzip2", 12, 0, "QlpoOTFBWSZTWYG54F0AAAiJgBAAECBAECAAIKVD1Bmg9HI0aNHxdyRThQkIG54F0A=="],
    ["lzma", 14, 2, "CQQFAF0AAIAAADYeid2J1RuZsav//tfgAA=="],
    [
      "xz",
      95,
      0,
      "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AARAAddADwepwIAAAAAADfYxvXG7bvuAAEjEgKzlm0ftvN9AQAAAAAEWVo=",
    ],
  ])("opens %s", async (name, method, flags, packed) => {
    const data = name.repeat(9);
    const member = { name, method, flags, data, packed: Buffer.from(packed, "base64") };
    const archive = await parseBuilt([member]);
    expect(archive).toMatchObject({ findings: [], harms: [], left: 0 });
    const { text, issues } = await contentOf(archive, name);
    expect(text).toBe(data);
    expect(issues).toEqual([]);
    const cut = await parseBuilt([{ ...member, packed: member.packed.subarray(0, -9) }]);
    expect((await contentOf(cut, name)).issues).not.toEqual([]);
  });

  it("checks size and checksum of what it decodes, and of nothing else", async () => {
    const wrongCrc = await parseBuilt([
      { ...a, crc: 1 },
      { ...b, crc: 1 },
    ]);
    expect((await contentOf(wrongCrc, "a.txt")).issues).toEqual([]);
    expect((await contentOf(wrongCrc, "b/b.txt")).issues).toEqual(["deviation"]);
    const wrongSize = await parseBuilt([{ ...b, size: 200 }]);
    expect((await contentOf(wrongSize, "b/b.txt")).issues).toEqual(["damaged"]);
    const more = Buffer.concat([deflateRawSync("beta"), Buffer.from("more")]);
    const longer = await parseBuilt([{ ...b, data: "beta", packed: more }]);
    expect((await contentOf(longer, "b/b.txt")).issues).toEqual(["damaged"]);
    const padded = Buffer.concat([deflateRawSync("beta"), Buffer.alloc(4)]);
    const zeros = await parseBuilt([{ ...b, data: "beta", packed: padded }]);
    expect((await contentOf(zeros, "b/b.txt")).issues).toEqual([]);
  });

  it("gives what can be decoded of damaged data", async () => {
    const archive = await parseBuilt([
      { ...b, packed: deflateRawSync("beta ".repeat(50)).subarray(0, 6) },
    ]);
    const { text, issues } = await contentOf(archive, "b/b.txt");
    expect(text.startsWith("b")).toBe(true);
    expect(issues).toEqual(["truncated"]);
  });

  it("stops at the budget of output", async () => {
    const zeros = { name: "zeros", data: Buffer.alloc(2 ** 20), method: 8 };
    const limits = { ...DEFAULT_LIMITS, outputBytes: 1000, outputRatio: 0 };
    const archive = await parseBuilt([zeros]);
    expect((await contentOf(archive, "zeros", limits)).issues).toEqual(["limit"]);
  });
});

describe("names and links", () => {
  it.each([
    ["../x", "path-traversal suspicious"],
    ["/x", "path-traversal suspicious"],
    ["a\0b", "path-traversal suspicious"],
    ["aux.npy", "path-traversal none"],
  ])("judges the name %j", async (name, finding) => {
    expect((await parseBuilt([{ name }])).findings).toEqual([finding]);
  });

  it("judges names that only some readers see", async () => {
    const local = await parseBuilt([{ ...a, local: { name: "../x" } }]);
    expect(local.findings).toEqual(["path-traversal suspicious", "header-mismatch suspicious"]);
    const path = Buffer.concat([Buffer.from([1]), u32(crc32("a.txt")), Buffer.from("../x")]);
    const unicode = await parseBuilt([{ ...a, central: { extra: extraField(0x7075, path) } }]);
    expect(unicode.findings).toEqual(["path-traversal suspicious", "header-mismatch suspicious"]);
  });

  it("follows symbolic links, stored or packed", async () => {
    const link = (data: string, method = 0): ZipMemberSpec => ({
      name: "d/l",
      data,
      method,
      mode: 0o120_777,
    });
    for (const method of [0, 8]) {
      expect((await parseBuilt([link("../../etc", method)])).findings).toEqual([
        "link-escape suspicious",
      ]);
      const inside = await parseBuilt([link("../a.txt", method)]);
      expect(inside.findings).toEqual([]);
      expect(inside.messages).toHaveLength(1);
    }
    const through = await parseBuilt([link("/tmp"), { name: "d/l/x" }]);
    expect(through.findings).toEqual(["link-escape suspicious", "link-escape suspicious"]);
  });

  it("judges special files", async () => {
    for (const mode of [0o020_644, 0o060_644, 0o010_644, 0o104_755, 0o102_755]) {
      expect((await parseBuilt([{ name: "x", mode }])).findings).toEqual([
        "special-file suspicious",
      ]);
    }
    expect((await parseBuilt([{ name: "d/", mode: 0o042_755 }])).findings).toEqual([]);
  });

  it("judges members of one name", async () => {
    const twice = await parseBuilt([a, { ...a, data: "other" }]);
    expect(twice.findings).toEqual(["duplicate-entry suspicious"]);
    expect(twice.messages[0]).toContain('Python takes the last of them ("a.txt#2")');
    expect((await parseBuilt([a, { name: "./a.txt" }])).findings).toEqual([
      "duplicate-entry suspicious",
    ]);
    expect((await parseBuilt([a, { name: "A.txt" }])).findings).toEqual(["duplicate-entry none"]);
    expect((await parseBuilt([{ name: "d/" }, { name: "d/" }])).findings).toEqual([]);
  });
});

describe("headers that lie", () => {
  it.each([
    ["name", { name: "b.txt" }],
    ["method", { method: 8 }],
    ["packed size", { compressedSize: 3 }],
    ["size", { size: 3 }],
  ])("judges another %s", async (_, local) => {
    expect((await parseBuilt([{ ...a, local }])).findings).toEqual(["header-mismatch suspicious"]);
  });

  it("only notes another checksum, and differences without consequence", async () => {
    for (const member of [
      { ...a, local: { crc: 7 } },
      { ...a, central: { flags: 8 } },
      { ...a, descriptor: "none" } as const,
    ]) {
      const { findings, parsed } = await parseBuilt([member]);
      expect(findings).toEqual([]);
      expect(parsed.issues).toMatchObject([{ kind: "deviation" }]);
    }
  });

  it("takes the content in every way that the headers say", async () => {
    const packed = deflateRawSync("inner");
    const method = await parseBuilt([{ name: "m", data: packed, packed, local: { method: 8 } }]);
    expect(childrenOf(method)).toEqual(["member m", "member m#2"]);
    expect((await contentOf(method, "m")).text).toBe(packed.toString("latin1"));
    expect((await contentOf(method, "m#2")).text).toBe("inner");
    const size = await parseBuilt([
      { name: "m", data: "one two", local: { compressedSize: 3, size: 3 } },
    ]);
    expect((await contentOf(size, "m")).text).toBe("one two");
    expect((await contentOf(size, "m#2")).text).toBe("one");
  });

  it("reads what is flagged as encrypted and is not", async () => {
    for (const flags of [1, 0x40, 0x20, 0x2000]) {
      const archive = await parseBuilt([
        { ...a, flags },
        { ...b, flags },
      ]);
      expect(archive.findings, `flags ${flags}`).toEqual([
        "forged-encryption-flag suspicious",
        "forged-encryption-flag suspicious",
      ]);
      expect((await contentOf(archive, "a.txt")).text).toBe("alpha");
      expect((await contentOf(archive, "b/b.txt")).text).toBe("beta ".repeat(50));
    }
  });

  it("says what is really encrypted, and looks at it all the same", async () => {
    const packed = Buffer.alloc(17, 0xa5);
    for (const method of [0, 8]) {
      const archive = await parseBuilt([{ ...a, flags: 1, method, packed }]);
      expect(archive.findings).toEqual(["encrypted incomplete"]);
      const { text, issues } = await contentOf(archive, "a.txt");
      expect(issues).toEqual(["encrypted"]);
      expect(text).toHaveLength(17);
    }
  });

  it("tries the usual ways on unknown methods", async () => {
    const stored = await parseBuilt([{ ...a, method: 97 }]);
    expect(stored.findings).toEqual(["unsupported-method incomplete"]);
    expect((await contentOf(stored, "a.txt")).text).toBe("alpha");
    expect((await contentOf(stored, "a.txt")).issues).toEqual(["unsupported"]);
    const deflated = await parseBuilt([{ ...a, method: 7, packed: deflateRawSync("alpha") }]);
    expect(childrenOf(deflated)).toEqual(["member a.txt", "member a.txt#2"]);
    expect((await contentOf(deflated, "a.txt#2")).text).toBe("alpha");
    const central = await parseBuilt([{ ...a, central: { method: 99 } }]);
    expect(central.findings).toEqual(["header-mismatch suspicious"]);
    expect((await contentOf(central, "a.txt")).text).toBe("alpha");
  });
});

describe("what the directory does not say", () => {
  it("judges hidden members, and hands them on", async () => {
    const archive = await parseBuilt([a, { name: "h", data: "hidden", hidden: true }, b]);
    expect(archive.findings).toEqual(["hidden-entry suspicious"]);
    expect(childrenOf(archive)).toEqual(["member a.txt", "hidden h", "member b/b.txt"]);
    expect((await contentOf(archive, "h")).text).toBe("hidden");
    expect(archive.left).toBe(0);
  });

  it("judges entries beyond the count", async () => {
    expect((await parseBuilt([a, b], { end: { entries: 1 } })).findings).toEqual([
      "hidden-entry suspicious",
    ]);
    expect(await parseBuilt([a], { end: { entries: 2 } })).toMatchObject({
      findings: [],
      harms: ["damaged"],
    });
  });

  it("judges a directory that is gone, and knows a broken download", async () => {
    const whole = buildZip([a, b]);
    const stripped = whole.subarray(0, whole.indexOf("PK\u0001\u0002", 0, "latin1"));
    expect(await parse(stripped)).toMatchObject({
      findings: ["no-central-directory suspicious"],
      harms: [],
    });
    const cut = await parse(stripped.subarray(0, -3));
    expect(cut).toMatchObject({ findings: [], harms: ["truncated"] });
    expect(childrenOf(cut)).toEqual(["hidden a.txt", "hidden b/b.txt"]);
  });

  it("judges two directories, and ZIP64 fields that lie", async () => {
    const evil = buildZip([{ name: "evil", data: "evil" }]);
    const two = await parseBuilt([a], { comment: evil });
    expect(two.findings).toContain("multiple-directories suspicious");
    expect(childrenOf(two)).toContain("member evil");
    expect(childrenOf(two)).toContain("hidden a.txt");
    const lie = await parseBuilt([a], { zip64: true, end: { entries: 7, size: 1, offset: 1 } });
    expect(lie.findings).toEqual(["multiple-directories suspicious"]);
    const dead = await parseBuilt([a], { comment: `PK\u0005\u0006${"x".repeat(18)}` });
    expect(dead.findings).toEqual(["multiple-directories none", "trailing-data none"]);
  });

  it("hands on what lies around the members", async () => {
    const archive = await parseBuilt([a, { ...b, before: "between" }], {
      prefix: "before",
      trailing: "behind",
    });
    expect(archive.findings).toEqual([
      "prefix-data none",
      "trailing-data none",
      "trailing-data none",
    ]);
    expect(childrenOf(archive).slice(2)).toEqual([
      "prefix (prefix)",
      "hidden (gap)",
      "trailing (trailing)",
    ]);
    const comment = await parseBuilt([a], { comment: Buffer.from([0, 1, 2]) });
    expect(childrenOf(comment)).toEqual(["member a.txt", "trailing (comment)"]);
    expect((await contentOf(archive, "(gap)")).text).toBe("between");
    expect(archive.left).toBe(0);
  });

  it("hands on archives in a row", async () => {
    const archive = await parse(Buffer.concat([buildZip([b]), buildZip([a])]));
    expect(archive.findings).toEqual([]);
    expect(archive.messages).toHaveLength(1);
    expect(childrenOf(archive)).toEqual(["member a.txt", "archive (archive)"]);
  });
});

describe("archives that grow", () => {
  it("judges members that share bytes", async () => {
    const alias = await parseBuilt([a, { name: "b", data: "alpha", phantom: true, offset: 0 }]);
    expect(alias.findings).toEqual(["overlap suspicious"]);
    expect(childrenOf(alias)).toEqual(["member a.txt"]);
  });

  it("judges what grows a hundred times and much", async () => {
    const large = { name: "z", data: "x", method: 8, size: 65 * 2 ** 20 };
    const { findings } = await parseBuilt([large]);
    expect(findings).toEqual(["expansion unknown", "expansion unknown"]);
    expect((await parseBuilt([{ ...large, size: 60 * 2 ** 20 }])).findings).toEqual([]);
  });

  it("reports the limit of members as an issue, and no byte as understood beyond it", async () => {
    const many = buildZip(
      Array.from({ length: 30 }, (_, index) => ({ name: `m${index}`, data: "x" })),
    );
    const archive = await parse(many, { ...DEFAULT_LIMITS, entries: 10 });
    expect(archive.harms).toContain("limit");
    expect(archive.left).toBeGreaterThan(0);
    expect(archive.parsed.children).toHaveLength(10);
  });

  it("lists a limited number of findings of a kind", async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({
      name: `m${index}`,
      local: { name: "x" },
    }));
    const archive = await parse(buildZip(many), { ...DEFAULT_LIMITS, findings: 5 });
    expect(archive.findings).toHaveLength(6);
  });
});

describe("damage", () => {
  it("reports members that are not there, and fields that cannot be read", async () => {
    const gone = await parseBuilt([a, { name: "gone", phantom: true, offset: 3 }]);
    expect(gone.harms).toEqual(["damaged"]);
    const missing = await parseBuilt([{ ...a, central: { size: 0xffffffff } }]);
    expect(missing.harms).toEqual(["damaged"]);
    const sound = { extra: extraField(1, u64(5, 5)) };
    expect((await parseBuilt([{ ...a, central: sound }])).harms).toEqual([]);
  });

  it("reports split archives, cut comments, and what is no archive", async () => {
    expect((await parseBuilt([a], { end: { disk: 1 } })).harms).toEqual(["unsupported"]);
    expect((await parseBuilt([a], { end: { commentLength: 9 } })).harms).toEqual(["truncated"]);
    expect((await parse(Buffer.from("nothing at all"))).harms).toEqual(["damaged"]);
  });
});
