import { describe, expect, it } from "vitest";

import { countingSource } from "../../../test/builders/counting-source.ts";
import { buildTar, paxRecords, tarHeader } from "../../../test/builders/tar.ts";
import type { TarMemberSpec, TarOptions } from "../../../test/builders/tar.ts";
import { Governor } from "../../bytes/governor.ts";
import { Ledger } from "../../bytes/ledger.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import { tarNumber } from "./header.ts";
import { readTar } from "./read-tar.ts";
import { TAR_DIFFERS } from "./tar-archive.ts";
import type { TarArchive } from "./tar-archive.ts";

interface Read extends TarArchive {
  /** Bytes that are neither structure nor the data of a member. */
  readonly left: number;
}

function read(bytes: Uint8Array, limits = DEFAULT_LIMITS): Read {
  const ledger = new Ledger(bytes.length);
  const tar = readTar(countingSource(bytes), new Governor(limits), ledger);
  const again = readTar(
    new MemorySource(bytes, "m"),
    new Governor(limits),
    new Ledger(bytes.length),
  );
  expect(again).toEqual(tar);
  for (const { dataStart, dataEnd } of tar.entries) {
    ledger.understood(dataStart, dataEnd);
  }
  return { ...tar, left: ledger.coverage().unaccounted };
}

function readBuilt(members: readonly TarMemberSpec[], options?: TarOptions): Read {
  return read(buildTar(members, options));
}

const a: TarMemberSpec = { name: "a.txt", data: "alpha" };
const b: TarMemberSpec = { name: "b/b.txt", data: "beta ".repeat(200) };

describe("readTar on sound archives", () => {
  it.each(["ustar", "gnu", "v7"] as const)("reads %s headers", (magic) => {
    const bytes = buildTar([
      { ...a, magic, mode: 0o755 },
      { ...b, magic },
    ]);
    const tar = read(bytes);
    expect(tar.entries).toMatchObject([
      { name: "a.txt", type: "0", mode: 0o755, size: 5, afterEnd: false, differs: 0 },
      { name: "b/b.txt", size: 1000 },
    ]);
    const [first] = tar.entries;
    expect(bytes.toString("latin1", first!.dataStart, first!.dataEnd)).toBe("alpha");
    expect(tar).toMatchObject({ left: 0, gaps: [], problems: [], ustar: magic !== "v7" });
  });

  it("reads names of every length and alphabet", () => {
    const long = `${"folder/".repeat(40)}file`;
    const tar = readBuilt([
      { name: "b".repeat(100), prefix: "a".repeat(155) },
      { ...a, name: "short", longName: long },
      { ...a, name: "short", pax: { path: `${long}ö` } },
      { name: Buffer.from([0x68, 0x80, 0x81]) },
    ]);
    expect(tar.entries.map(({ name }) => name)).toEqual([
      `${"a".repeat(155)}/${"b".repeat(100)}`,
      long,
      `${long}ö`,
      "h\u0080\u0081",
    ]);
    expect(tar).toMatchObject({ left: 0, problems: [] });
  });

  it("reads links, and what is neither file nor link", () => {
    const tar = readBuilt([
      { name: "l", type: "2", linkName: "a.txt" },
      { name: "h", type: "1", linkName: "short", longLink: "x/".repeat(80) },
      { name: "d/", type: "5" },
      { name: "old/", type: "0", magic: "v7" },
      { name: "n", type: "3" },
    ]);
    expect(tar.entries.map(({ type, linkName }) => [type, linkName])).toEqual([
      ["2", "a.txt"],
      ["1", "x/".repeat(80)],
      ["5", ""],
      ["5", ""],
      ["3", ""],
    ]);
  });

  it("reads sizes in octal, in base 256 and from pax records", () => {
    const wide = Buffer.alloc(12);
    wide[0] = 0x80;
    wide.writeUInt32BE(5, 8);
    const tar = readBuilt([{ ...a, size: wide }, { ...a, pax: { size: "5" } }, b]);
    expect(tar.entries.map(({ size }) => size)).toEqual([5, 5, 1000]);
    expect(tar.entries.every(({ differs }) => differs === 0)).toBe(true);
    expect(tarNumber(Buffer.from("  17 \0"), 0, 6)).toBe(15);
    expect(tarNumber(Buffer.from("12x4\0"), 0, 5)).toBeUndefined();
    expect(tarNumber(Buffer.alloc(12, 0xff), 0, 12)).toBe(-1);
  });

  it("takes checksums of signed bytes, and no others", () => {
    const name = Buffer.from([0xfc, 0xfd, 0xfe]);
    expect(readBuilt([{ name, signedSum: true }]).entries).toHaveLength(1);
    expect(readBuilt([{ name, wrongBy: 1 }]).entries).toHaveLength(0);
  });

  it("applies global records to what follows them", () => {
    const records = paxRecords({ path: "global", comment: "c" });
    const tar = readBuilt([
      { name: "pax", type: "g", data: records },
      a,
      { ...b, pax: { path: "own" } },
    ]);
    expect(tar.entries.map(({ name }) => name)).toEqual(["global", "own"]);
  });

  it("knows sparse members and skips their maps", () => {
    const map = Buffer.alloc(512);
    const old = { ...a, type: "S", magic: "gnu", afterHeader: map, patch: { 482: 1 } } as const;
    const tar = readBuilt([
      old,
      { ...a, pax: { "GNU.sparse.major": "1", "GNU.sparse.name": "s" } },
      b,
    ]);
    expect(tar.entries.map(({ name, sparse, size }) => [name, sparse, size])).toEqual([
      ["a.txt", true, 5],
      ["s", true, 5],
      ["b/b.txt", false, 1000],
    ]);
    expect(tar.left).toBe(0);
  });
});

describe("readTar where readers disagree", () => {
  it("sees two names for one member", () => {
    const tar = readBuilt([{ ...a, longName: "gnu", pax: { path: "pax" } }, b]);
    expect(tar.entries.map(({ differs }) => differs)).toEqual([TAR_DIFFERS.name, 0]);
    const same = readBuilt([{ ...a, longName: "same", pax: { path: "same" } }]);
    expect(same.entries[0]).toMatchObject({ name: "same", differs: 0 });
    const prefix = readBuilt([{ ...a, magic: "gnu", prefix: "evil" }]);
    expect(prefix.entries[0]).toMatchObject({ name: "a.txt", differs: TAR_DIFFERS.name });
    const times = readBuilt([{ ...a, magic: "gnu", prefix: "13737777777" }]);
    expect(times.entries[0]).toMatchObject({ differs: 0 });
  });

  it("sees two link targets, and two sizes", () => {
    const link = { name: "l", type: "2", linkName: "x", longLink: "gnu", pax: { linkpath: "pax" } };
    const hidden = tarHeader({ name: "hidden" }, 0);
    const sized = { name: "outer", data: hidden, size: 0, pax: { size: "512" } };
    const tar = readBuilt([link, sized, b]);
    expect(tar.entries.map(({ name, differs }) => [name, differs])).toEqual([
      ["l", TAR_DIFFERS.linkName],
      ["outer", TAR_DIFFERS.size],
      ["b/b.txt", 0],
    ]);
  });

  it("sees links and folders that claim to have data", () => {
    const claimed = readBuilt([{ name: "l", type: "2", linkName: "a", size: 512 }, a]);
    expect(claimed.entries.map(({ name, differs }) => [name, differs])).toEqual([
      ["l", TAR_DIFFERS.data],
      ["a.txt", 0],
    ]);
    const real = readBuilt([{ name: "d/", type: "5", data: Buffer.alloc(600, "x") }, a]);
    expect(real.entries.map(({ name, dataEnd, dataStart }) => [name, dataEnd - dataStart])).toEqual(
      [
        ["d/", 600],
        ["a.txt", 5],
      ],
    );
  });

  it("reads on behind an end mark, however long", () => {
    for (const blocks of [1, 2, 40]) {
      const tar = read(Buffer.concat([buildTar([a], { endBlocks: blocks }), buildTar([b])]));
      expect(tar.entries.map(({ name, afterEnd }) => [name, afterEnd])).toEqual([
        ["a.txt", false],
        ["b/b.txt", true],
      ]);
      expect(tar).toMatchObject({ left: 0, problems: [] });
    }
  });

  it("finds its way again behind damage", () => {
    const tar = readBuilt([a, { ...b, wrongBy: 1 }, { name: "c", data: "c" }]);
    expect(tar.entries.map(({ name, afterEnd }) => [name, afterEnd])).toEqual([
      ["a.txt", false],
      ["c", true],
    ]);
    expect(tar.problems).toMatchObject([{ kind: "damaged", offset: 1024 }]);
    expect(tar.gaps).toEqual([{ kind: "gap", start: 1024, end: 2560 }]);
  });

  it("reports junk behind the end and in the padding", () => {
    const behind = readBuilt([a], { trailing: "junk" });
    expect(behind.gaps).toMatchObject([{ kind: "trailing" }]);
    expect(behind).toMatchObject({ left: 4, problems: [] });
    const padding = readBuilt([{ ...a, padding: 7 }]);
    expect(padding.gaps).toEqual([{ kind: "padding", start: 517, end: 1024 }]);
  });
});

describe("readTar on damaged archives", () => {
  it("says where the file ends too early", () => {
    const whole = buildTar([a, b], { endBlocks: 0 });
    expect(read(whole)).toMatchObject({ truncated: false, problems: [{ kind: "no-end" }] });
    for (const cut of [600, 1024 + 513, whole.length - 1]) {
      expect(read(whole.subarray(0, cut)).truncated, `cut at ${cut}`).toBe(true);
    }
  });

  it("reports extended headers that are odd", () => {
    const lonely = readBuilt([{ name: "x", type: "x", data: paxRecords({ path: "p" }) }]);
    expect(lonely.problems).toMatchObject([{ kind: "metadata", harm: "deviation" }]);
    for (const data of ["no record", "99 path=x\n", "12 path=x\n", "9 =value\n", "10 path=abc"]) {
      const { problems, entries } = readBuilt([{ name: "x", type: "x", data }, a]);
      expect(problems, data).toMatchObject([{ kind: "metadata", harm: "damaged" }]);
      expect(entries).toMatchObject([{ name: "a.txt" }]);
    }
    const twice = paxRecords({ path: "one" }).toString() + paxRecords({ path: "two" }).toString();
    const repeated = readBuilt([{ name: "x", type: "x", data: twice }, a]);
    expect(repeated.problems).toMatchObject([{ kind: "metadata", harm: "deviation" }]);
    const large = readBuilt([{ name: "x", type: "L", data: Buffer.alloc(2 ** 20 + 1, "x") }, a]);
    expect(large.problems).toMatchObject([{ kind: "metadata", harm: "limit" }]);
    expect(large.left).toBe(2 ** 20 + 1);
  });

  it("reports sizes that are none", () => {
    const negative = readBuilt([{ ...a, data: "", size: Buffer.alloc(12, 0xff) }, b]);
    expect(negative.problems).toMatchObject([{ kind: "damaged", offset: 0 }]);
    expect(negative.entries).toHaveLength(2);
  });

  it("stops at the budget of entries", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `m${index}` }));
    const tar = read(buildTar(many), { ...DEFAULT_LIMITS, entries: 20 });
    expect(tar.entries).toHaveLength(20);
    expect(tar.problems).toMatchObject([{ kind: "limit" }, { kind: "no-end" }]);
    expect(tar.left).toBeGreaterThan(0);
  });

  it("finds nothing in what is no tar file", () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100, 1), Buffer.alloc(2000, "tar")]) {
      expect(read(bytes).entries).toEqual([]);
    }
  });
});
