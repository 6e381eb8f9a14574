import { describe, expect, it } from "vitest";

import { childrenOf, contentOf, parseArchive } from "../../../test/builders/parsed-archive.ts";
import type { ParsedArchive } from "../../../test/builders/parsed-archive.ts";
import { buildTar, paxRecords } from "../../../test/builders/tar.ts";
import type { TarMemberSpec, TarOptions } from "../../../test/builders/tar.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import { parseTarArchive } from "../tar-archive.ts";
import { peekTar } from "../tar-detect.ts";
import type { TarModel } from "../tar-archive.ts";

function parse(bytes: Uint8Array, limits = DEFAULT_LIMITS): Promise<ParsedArchive<TarModel>> {
  return parseArchive(parseTarArchive, bytes, limits);
}

function parseBuilt(
  members: readonly TarMemberSpec[],
  options?: TarOptions,
): Promise<ParsedArchive<TarModel>> {
  return parse(buildTar(members, options));
}

const a: TarMemberSpec = { name: "a.txt", data: "alpha" };
const b: TarMemberSpec = { name: "b/b.txt", data: "beta ".repeat(200) };

describe("ordinary archives", () => {
  it.each([
    ["ustar", [a, { name: "b/", type: "5" }, b]],
    ["GNU", [{ ...a, magic: "gnu", longName: "x".repeat(200) }, b]],
    ["pax", [{ ...a, pax: { path: "x".repeat(200), mtime: "1.5" } }, b]],
    [
      "V7",
      [
        { ...a, magic: "v7" },
        { ...b, magic: "v7" },
      ],
    ],
  ] as readonly [string, readonly TarMemberSpec[]][])(
    "%s: no finding, no issue, no byte left",
    async (_, members) => {
      const { messages, left, parsed } = await parseBuilt(members);
      expect({ messages, left, issues: parsed.issues }).toEqual({
        messages: [],
        left: 0,
        issues: [],
      });
    },
  );

  it("hands on every file, empty ones too", async () => {
    const archive = await parseBuilt([{ name: "d/", type: "5" }, a, { name: "empty" }, b]);
    expect(childrenOf(archive)).toEqual(["member a.txt", "member empty", "member b/b.txt"]);
    expect((await contentOf(archive, "b/b.txt")).text).toBe("beta ".repeat(200));
  });
});

describe("names, links and kinds", () => {
  it.each([
    ["a climbing name", { name: "../x" }, "path-traversal suspicious"],
    ["one from an extended header", { ...a, pax: { path: "/x" } }, "path-traversal suspicious"],
    ["a link out", { name: "l", type: "2", linkName: "/etc/passwd" }, "link-escape suspicious"],
    ["a climbing link", { name: "d/l", type: "2", linkName: "../../x" }, "link-escape suspicious"],
    ["a hard link out", { name: "h", type: "1", linkName: "../x" }, "link-escape suspicious"],
    ["a device", { name: "n", type: "3" }, "special-file suspicious"],
    ["a FIFO", { name: "n", type: "6" }, "special-file suspicious"],
    ["rights of the owner", { ...a, mode: 0o4755 }, "special-file suspicious"],
    ["a size of its own", { ...a, size: 0, pax: { size: "5" } }, "header-mismatch suspicious"],
    ["two names", { ...a, longName: "x", pax: { path: "y" } }, "header-mismatch suspicious"],
  ])("judges %s", async (_, member, finding) => {
    expect((await parseBuilt([member])).findings).toEqual([finding]);
  });

  it("lists links that stay inside for information", async () => {
    const archive = await parseBuilt([
      a,
      { name: "b/l", type: "2", linkName: "../a.txt" },
      { name: "h", type: "1", linkName: "a.txt" },
    ]);
    expect(archive.findings).toEqual([]);
    expect(archive.messages).toHaveLength(2);
  });

  it("judges what is unpacked through a link", async () => {
    const archive = await parseBuilt([{ name: "l", type: "2", linkName: "/tmp" }, { name: "l/x" }]);
    expect(archive.findings).toEqual(["link-escape suspicious", "link-escape suspicious"]);
  });

  it("takes a repeated member for an update", async () => {
    const archive = await parseBuilt([a, { ...a, data: "newer" }]);
    expect(archive.findings).toEqual(["duplicate-entry none"]);
    expect(childrenOf(archive)).toEqual(["member a.txt", "member a.txt#2"]);
  });
});

describe("what many readers do not see", () => {
  it("judges members behind the end, and hands them on", async () => {
    const archive = await parse(Buffer.concat([buildTar([a]), buildTar([b])]));
    expect(archive.findings).toEqual(["hidden-entry suspicious"]);
    expect(childrenOf(archive)).toEqual(["member a.txt", "hidden b/b.txt"]);
    expect(archive.left).toBe(0);
  });

  it("reports damage, and what lies behind it", async () => {
    const archive = await parseBuilt([a, { ...b, wrongBy: 1 }, { name: "c", data: "c" }]);
    expect(archive.harms).toEqual(["damaged"]);
    expect(archive.findings).toEqual(["hidden-entry suspicious", "trailing-data none"]);
    expect(childrenOf(archive)).toEqual(["member a.txt", "hidden c", "hidden (gap)"]);
  });

  it("hands on what follows and what fills", async () => {
    const archive = await parseBuilt([{ ...a, padding: 1 }], { trailing: "tail" });
    expect(childrenOf(archive)).toEqual([
      "member a.txt",
      "hidden (padding)",
      "trailing (trailing)",
    ]);
    expect(archive.findings).toEqual(["trailing-data none", "trailing-data none"]);
    expect(archive.left).toBe(0);
  });
});

describe("what cannot be read", () => {
  it("says so of sparse members", async () => {
    const archive = await parseBuilt([{ ...a, type: "S", magic: "gnu" }]);
    expect((await contentOf(archive, "a.txt")).issues).toEqual(["unsupported"]);
  });

  it("says so of cut files, odd headers and too many members", async () => {
    const whole = buildTar([a, b]);
    expect((await parse(whole.subarray(0, 1700))).harms).toEqual(["truncated"]);
    const odd = await parseBuilt([{ name: "x", type: "x", data: "odd" }, a]);
    expect(odd.harms).toEqual(["damaged"]);
    const many = Array.from({ length: 20 }, (_, index) => ({ name: `m${index}` }));
    const limited = await parse(buildTar(many), { ...DEFAULT_LIMITS, entries: 5 });
    expect(limited.harms).toEqual(["limit"]);
  });

  it("reports a kind of oddity once, however often it comes", async () => {
    const odd = { name: "x", type: "x", data: "odd" };
    const { parsed } = await parseBuilt([odd, odd, odd, a]);
    expect(parsed.issues).toHaveLength(1);
    expect(parsed.issues[0]!.message).toContain("2 times more");
  });
});

describe("peekTar", () => {
  it("goes by magic and checksum", () => {
    expect(peekTar(buildTar([a]))).toEqual({ match: "certain", name: "a.txt" });
    expect(peekTar(buildTar([{ ...a, magic: "gnu" }])).match).toBe("certain");
    expect(peekTar(buildTar([{ ...a, magic: "v7" }])).match).toBe("likely");
    expect(
      peekTar(buildTar([{ name: "x", type: "x", data: paxRecords({ path: "p" }) }])).match,
    ).toBe("certain");
    expect(peekTar(buildTar([{ ...a, wrongBy: 1 }])).match).toBe("possible");
    expect(peekTar(buildTar([{ ...a, magic: "v7", wrongBy: 1 }])).match).toBe("none");
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(512),
      Buffer.alloc(512, 0x30),
      Buffer.alloc(100, 1),
    ]) {
      expect(peekTar(bytes).match).toBe("none");
    }
  });
});
