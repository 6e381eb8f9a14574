import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";

import { kinds, names, read, readBuilt } from "../../../test/builders/zip-reading.ts";
import { buildZip, extraField, STREAMED, u32, u64, UTF8 } from "../../../test/builders/zip.ts";
import type { ZipMemberSpec } from "../../../test/builders/zip.ts";
import { DIFFERS } from "./disagreements.ts";

const a: ZipMemberSpec = { name: "a.txt", data: "alpha" };
const b: ZipMemberSpec = { name: "b/b.txt", data: "beta ".repeat(50), method: 8 };

describe("readZip where headers contradict each other", () => {
  it.each([
    ["name", { name: "a.txu" }, DIFFERS.name],
    ["method", { method: 8 }, DIFFERS.method],
    ["encryption", { flags: 1 }, DIFFERS.encryption],
    ["checksum", { crc: 1 }, DIFFERS.crc],
    ["packed size", { compressedSize: 4 }, DIFFERS.compressedSize],
    ["size", { size: 4 }, DIFFERS.size],
  ])("sees another %s in the local header", (_, local, bit) => {
    const { entries } = readBuilt([{ ...a, local }, b]);
    expect(entries.map(({ differs }) => differs)).toEqual([bit, 0]);
    expect(entries[0]!.local).toBeDefined();
  });

  it("sees sizes of zero that no descriptor makes up for", () => {
    const { entries } = readBuilt([{ ...a, local: { size: 0, compressedSize: 0 } }]);
    expect(entries[0]!.differs).toBe(DIFFERS.compressedSize | DIFFERS.size);
  });

  it("sees a missing descriptor, and one with other sizes", () => {
    const missing = readBuilt([{ ...a, descriptor: "none" }, b]);
    expect(missing.entries[0]!.differs).toBe(DIFFERS.descriptorMissing);
    const other = readBuilt([{ ...a, descriptor: "signed", central: { size: 9 } }]);
    expect(other.entries[0]!.differs).toBe(DIFFERS.size | DIFFERS.storedSize);
  });

  it("sees streaming that only one header speaks of", () => {
    const { entries } = readBuilt([{ ...a, central: { flags: STREAMED } }]);
    expect(entries[0]!.differs).toBe(DIFFERS.streaming);
  });

  it("sees names whose encoding is in doubt", () => {
    const { entries } = readBuilt([{ name: "größe", flags: UTF8, local: { flags: 0 } }]);
    expect(entries[0]!.differs).toBe(DIFFERS.encoding);
  });

  it("sees a Unicode path that replaces a name without need", () => {
    const path = (name: string, other: string): Buffer =>
      extraField(0x7075, Buffer.concat([Buffer.from([1]), u32(crc32(name)), Buffer.from(other)]));
    const lying = readBuilt([{ ...a, central: { extra: path("a.txt", "evil.pkl") } }]);
    expect(lying.entries[0]!.differs).toBe(DIFFERS.unicodeName);
    expect(lying.entries[0]!.central!.unicodeName).toBe("evil.pkl");
    const needed = readBuilt([{ ...a, central: { extra: path("a.txt", "ä.txt") } }]);
    expect(needed.entries[0]!.differs).toBe(0);
    const stale = readBuilt([{ ...a, central: { extra: path("b.txt", "evil.pkl") } }]);
    expect(stale.entries[0]!.differs).toBe(0);
  });

  it("sees ZIP64 sizes that nothing asks for, and those that are missing", () => {
    const idle = readBuilt([{ ...a, central: { extra: extraField(1, u64(5, 5)) } }]);
    expect(idle.entries[0]!.differs).toBe(0);
    const lying = readBuilt([{ ...a, central: { extra: extraField(1, u64(500, 5)) } }]);
    expect(lying.entries[0]!.differs).toBe(DIFFERS.zip64);
    const missing = readBuilt([{ ...a, central: { compressedSize: 0xffffffff } }]);
    expect(missing.entries[0]!.central!.oddity).toBe("zip64-missing");
    expect(missing.truncated).toBe(true);
    const damaged = readBuilt([{ ...a, central: { extra: Buffer.from([9, 9, 40, 0, 1]) } }]);
    expect(damaged.entries[0]!.central!.oddity).toBe("damaged");
  });

  it("sees stored data with two sizes", () => {
    const { entries } = readBuilt([{ ...a, size: 4 }]);
    expect(entries[0]!.differs).toBe(DIFFERS.storedSize);
  });
});

describe("readZip where there are several directories", () => {
  it("follows the last end record and the one whose comment fits", () => {
    const evil = buildZip([{ name: "evil", data: "evil" }]);
    const zip = readBuilt([a], { comment: evil });
    expect(zip.directories).toHaveLength(2);
    expect(names(zip.entries)).toEqual(["other a.txt", "evil"]);
    expect(kinds(zip)).toContain("directories");
  });

  it("follows fields of the end record that contradict its ZIP64 record", () => {
    const one = buildZip([a]);
    const two = buildZip([{ name: "two.txt", data: "two" }], { absolute: true, prefix: one });
    const size =
      two.indexOf("PK\u0005\u0006", one.length, "latin1") -
      two.indexOf("PK\u0001\u0002", one.length, "latin1");
    const start = two.indexOf("PK\u0001\u0002", one.length, "latin1");
    const first = one.indexOf("PK\u0001\u0002", 0, "latin1");
    const body = two.subarray(0, start + size);
    const ends = buildZip([], {
      zip64: { entries: 1, size, offset: start },
      end: { entries: 1, size: one.length - 22 - first, offset: first },
    });
    ends.writeBigUInt64LE(BigInt(body.length), 56 + 8);
    const zip = read(Buffer.concat([body, ends]));
    expect(zip.directories).toHaveLength(2);
    expect(names(zip.entries)).toEqual(["other a.txt", "two.txt"]);
    expect(kinds(zip)).toContain("directories");
  });

  it("reports ZIP64 fields that lead nowhere", () => {
    const zip = readBuilt([a], { zip64: true, end: { entries: 7, size: 1, offset: 1 } });
    expect(names(zip.entries)).toEqual(["a.txt"]);
    expect(kinds(zip)).toEqual(["zip64-end"]);
  });

  it("reports an end record in the comment that leads nowhere", () => {
    const zip = readBuilt([a], { comment: `PK\u0005\u0006${"x".repeat(18)}` });
    expect(names(zip.entries)).toEqual(["a.txt"]);
    expect(kinds(zip)).toContain("dead-end-record");
  });

  it("reports entries that the end record does not count or cover", () => {
    const uncounted = readBuilt([a, b], { end: { entries: 1 } });
    expect(names(uncounted.entries)).toEqual(["a.txt", "b/b.txt"]);
    expect(uncounted.problems).toMatchObject([
      { kind: "count", stated: 1, found: 2, withinSize: 2 },
    ]);
    const uncovered = readBuilt([a, b], { end: { size: 51 } });
    expect(uncovered.problems).toMatchObject([
      { kind: "count", stated: 2, found: 2, withinSize: 1 },
    ]);
    const missing = readBuilt([a], { end: { entries: 2 } });
    expect(missing.problems).toMatchObject([{ kind: "count", stated: 2, found: 1 }]);
  });

  it("reports split archives and cut comments", () => {
    expect(kinds(readBuilt([a], { end: { disk: 1 } }))).toEqual(["split"]);
    expect(kinds(readBuilt([a], { comment: "ab", end: { commentLength: 9 } }))).toEqual([
      "comment-cut",
    ]);
  });
});

describe("readZip where ranges share bytes", () => {
  it("reports two names for one local header", () => {
    const zip = readBuilt([a, { name: "also-a.txt", data: "alpha", phantom: true, offset: 0 }]);
    expect(zip.entries).toHaveLength(1);
    expect(zip.problems).toMatchObject([{ kind: "alias", name: "also-a.txt", first: "a.txt" }]);
  });

  it("keeps both when they take different bytes", () => {
    const zip = readBuilt([a, { name: "b", data: "alp", phantom: true, offset: 0 }]);
    expect(zip.entries).toHaveLength(2);
    expect(kinds(zip)).toContain("overlap");
  });

  it("reports members that reach into the next one, or into the directory", () => {
    const next = readBuilt([{ ...a, compressedSize: 45, size: 45 }, b]);
    expect(next.problems).toMatchObject([{ kind: "overlap", name: "b/b.txt", first: "a.txt" }]);
    const directory = readBuilt([{ ...a, compressedSize: 30, size: 30 }]);
    expect(directory.problems).toMatchObject([{ kind: "overlap", first: "the directory" }]);
  });
});
