import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";

import { CountingSource } from "../../../test/builders/counting-source.ts";
import { kinds, names, read, readBuilt } from "../../../test/builders/zip-reading.ts";
import { buildTorchZip, buildZip, extraField, u64, UTF8 } from "../../../test/builders/zip.ts";
import type { ZipMemberSpec } from "../../../test/builders/zip.ts";
import { Governor } from "../../bytes/governor.ts";
import { Ledger } from "../../bytes/ledger.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import { readZip } from "./read-zip.ts";

const a: ZipMemberSpec = { name: "a.txt", data: "alpha" };
const b: ZipMemberSpec = { name: "b/b.txt", data: "beta ".repeat(50), method: 8 };

describe("readZip on sound archives", () => {
  it("lists members with their data, and accounts for every byte", () => {
    const bytes = buildZip([a, b, { name: "b/", mode: 0o40_755 }], { comment: "made by hand" });
    const zip = read(bytes);
    expect(names(zip.entries)).toEqual(["a.txt", "b/b.txt", "b/"]);
    const [first] = zip.entries;
    expect(bytes.toString("latin1", first!.dataStart, first!.dataEnd)).toBe("alpha");
    expect(first).toMatchObject({
      method: 0,
      size: 5,
      state: "whole",
      differs: 0,
      crc: crc32("alpha"),
    });
    expect(zip.entries[1]).toMatchObject({ method: 8, size: 250, differs: 0 });
    expect(zip).toMatchObject({ left: 0, gaps: [], problems: [], truncated: false });
    expect(zip.comment).toBe("made by hand");
  });

  it("takes an empty archive for one", () => {
    const zip = readBuilt([]);
    expect(zip).toMatchObject({ entries: [], gaps: [], problems: [], left: 0 });
    expect(zip.directories).toHaveLength(1);
  });

  it.each(["signed", "bare", "wide"] as const)("finds %s data descriptors", (descriptor) => {
    const zip = readBuilt([
      { ...a, descriptor },
      { ...b, descriptor },
    ]);
    expect(zip).toMatchObject({ left: 0, gaps: [], problems: [] });
    expect(zip.entries.map(({ differs, state }) => [differs, state])).toEqual([
      [0, "whole"],
      [0, "whole"],
    ]);
  });

  it("reads what torch writes: padded, streamed, checksums that fit nothing", () => {
    const sound = buildTorchZip("archive", [
      { name: "data.pkl", data: "pickle" },
      { name: "data/0", data: Buffer.alloc(64, 1) },
      { name: "version", data: "3\n" },
    ]);
    expect(read(sound)).toMatchObject({ left: 0, gaps: [], problems: [] });
    expect(read(sound).entries.map(({ dataStart }) => dataStart % 64)).toEqual([0, 0, 0]);
    const withoutCrc = readBuilt([{ ...a, descriptor: "signed", crc: 0 }]);
    expect(withoutCrc.entries[0]).toMatchObject({ crc: 0, differs: 0 });
  });

  it("reads ZIP64 end records and fields", () => {
    const sizes = extraField(1, u64(5, 5));
    const zip = readBuilt(
      [
        {
          ...a,
          extra: sizes,
          local: { compressedSize: 0xffffffff, size: 0xffffffff, extra: sizes },
          central: { compressedSize: 0xffffffff, size: 0xffffffff, extra: sizes },
        },
        b,
      ],
      { zip64: true },
    );
    expect(zip).toMatchObject({ left: 0, gaps: [], problems: [] });
    expect(zip.entries[0]).toMatchObject({ size: 5, compressedSize: 5, differs: 0 });
  });

  it("decodes names as UTF-8 where they say so, else as code page 437", () => {
    const umlaut = Buffer.from([0x81, 0x2e, 0x74]);
    const zip = readBuilt([
      { name: "größe.txt", flags: UTF8 },
      { name: umlaut },
      { name: umlaut, flags: UTF8 },
    ]);
    expect(names(zip.entries)).toEqual(["größe.txt", "ü.t", "ü.t"]);
    expect(zip.entries.every(({ differs }) => differs === 0)).toBe(true);
  });

  it("takes zeros between and behind records for padding", () => {
    const zip = readBuilt([a, { ...b, before: Buffer.alloc(100) }], {
      trailing: Buffer.alloc(5000),
    });
    expect(zip).toMatchObject({ left: 0, gaps: [] });
  });

  it("finds an archive behind something else, wherever its offsets count from", () => {
    for (const absolute of [false, true]) {
      const zip = readBuilt([a, b], { prefix: "#!/usr/bin/env python3\n", absolute });
      expect(names(zip.entries)).toEqual(["a.txt", "b/b.txt"]);
      expect(zip.gaps).toEqual([{ kind: "prefix", start: 0, end: 23 }]);
      expect(zip).toMatchObject({ left: 23, problems: [] });
    }
  });

  it("leaves the archives inside of members alone", () => {
    const inner = buildZip([{ name: "inner.txt", data: "inner" }]);
    const zip = readBuilt([a, { name: "inner.zip", data: inner }]);
    expect(names(zip.entries)).toEqual(["a.txt", "inner.zip"]);
    expect(zip).toMatchObject({ problems: [], gaps: [], left: 0 });
    expect(zip.directories).toHaveLength(1);
  });

  it("tells archives in a row apart", () => {
    const one = buildZip([a]);
    const two = buildTorchZip("archive", [{ name: "data.pkl", data: "x" }]);
    const three = buildZip([b], { zip64: true });
    const zip = read(Buffer.concat([one, two, three]));
    expect(zip.gaps).toEqual([
      { kind: "archive", start: 0, end: one.length },
      { kind: "archive", start: one.length, end: one.length + two.length },
    ]);
    expect(names(zip.entries)).toEqual(["b/b.txt"]);
    expect(zip.problems).toEqual([]);
  });

  it("lists a checkpoint of five gigabytes with few small reads", () => {
    const count = 300;
    const size = 17_000_000;
    const specs = Array.from({ length: count }, (_, index): ZipMemberSpec => {
      const name = `archive/data/${String(index).padStart(3, "0")}`;
      const offset = index * (30 + name.length + size);
      const saturated = offset > 0xfffffffe;
      return {
        name,
        compressedSize: size,
        size,
        central: {
          offset: saturated ? 0xffffffff : offset,
          ...(saturated ? { extra: extraField(1, u64(offset)) } : {}),
        },
      };
    });
    const total = count * (30 + 16 + size);
    const dense = buildZip(specs);
    const directoryAt = dense.indexOf("PK\u0001\u0002", 0, "latin1");
    const directory = dense.subarray(directoryAt, dense.length - 22);
    const end = buildZip([], {
      zip64: { entries: count, size: directory.length, offset: total },
    });
    end.writeBigUInt64LE(BigInt(total + directory.length), 56 + 8);
    const tail = Buffer.concat([directory, end]);
    const source = new CountingSource(total + tail.length, (buffer, position) => {
      buffer.fill(7);
      for (let index = 0; index < count; index += 1) {
        place(buffer, position, index * (46 + size), dense.subarray(index * 46, index * 46 + 46));
      }
      place(buffer, position, total, tail);
    });
    const zip = readZip(source, new Governor(), new Ledger(source.size));
    expect(zip.entries).toHaveLength(count);
    expect(zip.entries.at(-1)).toMatchObject({
      offset: (count - 1) * (46 + size),
      state: "whole",
      differs: 0,
    });
    expect(zip).toMatchObject({ problems: [], gaps: [] });
    expect(source.reads).toBeLessThan(2 * count);
    expect(source.bytesRead).toBeLessThan(3 * 1024 * 1024);
  });
});

function place(buffer: Uint8Array, position: number, at: number, bytes: Uint8Array): void {
  const from = Math.max(position, at);
  const to = Math.min(position + buffer.length, at + bytes.length);
  if (from < to) {
    buffer.set(bytes.subarray(from - at, to - at), from - position);
  }
}

describe("readZip on what no directory names", () => {
  it("finds hidden members before, between and behind the others", () => {
    const hidden = { hidden: true, data: "hidden" };
    const zip = readBuilt([
      { name: "h1", ...hidden },
      a,
      { name: "h2", ...hidden, descriptor: "signed" },
      b,
      { name: "h3", ...hidden, method: 8 },
    ]);
    expect(names(zip.entries)).toEqual(["hidden h1", "a.txt", "hidden h2", "b/b.txt", "hidden h3"]);
    expect(zip.entries[2]).toMatchObject({ size: undefined, state: "whole" });
    expect(zip).toMatchObject({ left: 0, gaps: [] });
  });

  it("finds a hidden member behind junk, and keeps the junk", () => {
    const zip = readBuilt([a, { name: "h", data: "x", hidden: true, before: "junk!" }, b]);
    expect(names(zip.entries)).toEqual(["a.txt", "hidden h", "b/b.txt"]);
    expect(zip.gaps).toMatchObject([{ kind: "gap" }]);
    expect(zip.left).toBe(5);
  });

  it("reports bytes between, behind and in the comment, when they are no text", () => {
    const behind = readBuilt([a], { trailing: "tail" });
    expect(behind.gaps).toMatchObject([{ kind: "trailing" }]);
    const before = readBuilt([a], { afterDirectory: "signature?", absolute: true });
    expect(before.gaps).toMatchObject([{ kind: "gap" }]);
    const comment = readBuilt([a], { comment: Buffer.from([0x80, 4, 0x4b, 1, 0x2e]) });
    expect(comment.gaps).toMatchObject([{ kind: "comment" }]);
    expect(comment.left).toBe(5);
  });

  it("reads on without a directory", () => {
    const zip = readBuilt([a, { ...b, descriptor: "signed" }, { name: "c", data: "c" }], {
      noDirectory: true,
    });
    expect(zip.directories).toEqual([]);
    expect(names(zip.entries)).toEqual(["hidden a.txt", "hidden b/b.txt", "hidden c"]);
    expect(zip).toMatchObject({ truncated: false, left: 0 });
  });

  it("says where the end of data is a guess", () => {
    const zip = readBuilt([{ ...b, descriptor: "none" }, a], { noDirectory: true });
    expect(zip.entries.map(({ state }) => state)).toEqual(["open", "whole"]);
    expect(zip.left).toBe(0);
  });

  it("finds the directory before any amount of junk", () => {
    const zip = readBuilt([a, b], { trailing: Buffer.alloc(70_000, "j") });
    expect(names(zip.entries)).toEqual(["a.txt", "b/b.txt"]);
    expect(zip.gaps).toMatchObject([{ kind: "trailing" }]);
    expect(zip.left).toBe(70_000);
  });

  it("knows a cut file from a stripped one", () => {
    const whole = buildZip([a, b]);
    const directory = whole.indexOf("PK\u0001\u0002", 0, "latin1");
    expect(read(whole.subarray(0, directory)).truncated).toBe(false);
    for (const cut of [directory - 1, directory + 1, directory + 30, whole.length - 1]) {
      expect(read(whole.subarray(0, cut)).truncated, `cut at ${cut}`).toBe(true);
    }
  });

  it("reports members that are not where the directory says", () => {
    const zip = readBuilt([a, { name: "gone", phantom: true, offset: 3 }]);
    expect(zip.entries.map(({ name, state }) => [name, state])).toEqual([
      ["a.txt", "whole"],
      ["gone", "broken"],
    ]);
  });
});

describe("readZip under limits", () => {
  it("stops at the budget of entries, in the directory and without one", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `m${index}` }));
    const limits = { ...DEFAULT_LIMITS, entries: 20 };
    const listed = read(buildZip(many), limits);
    expect(kinds(listed)).toEqual(["limit"]);
    expect(listed.entries.map(({ name }) => name)).toEqual(
      Array.from({ length: 20 }, (_, index) => `m${index}`),
    );
    expect(listed.left).toBeGreaterThan(0);
    const walked = read(buildZip(many, { noDirectory: true }), limits);
    expect(kinds(walked)).toContain("limit");
    expect(walked.entries.length).toBeLessThanOrEqual(20);
    expect(walked.left).toBeGreaterThan(0);
  });

  it("finds nothing in what is no zip file", () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from("PK"), Buffer.alloc(70_000, "PK")]) {
      const zip = read(bytes);
      expect(zip).toMatchObject({ entries: [], directories: [] });
    }
  });
});
