/** What other programs see in zip files: yauzl, fflate, and CPython's zipfile where there is one. */

import { createHash } from "node:crypto";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { fromBufferPromise } from "yauzl";

import { Governor } from "../../src/bytes/governor.ts";
import { MemorySource } from "../../src/bytes/memory-source.ts";
import { readRange } from "../../src/bytes/read.ts";
import { parseZipArchive } from "../../src/formats/zip-archive.ts";
import type { ZipMember } from "../../src/formats/zip-members.ts";
import { openZipMember } from "../../src/formats/zip-members.ts";
import { parseArchive } from "../builders/parsed-archive.ts";
import { buildTorchZip, buildZip } from "../builders/zip.ts";
import { hasPython } from "../fuzz/oracle.ts";
import { mutate } from "../fuzz/mutate.ts";
import { Random } from "../fuzz/random.ts";
import { listWithPython, writtenByPython } from "./archives.ts";
import type { SeenMember } from "./archives.ts";

const text = new TextEncoder();
const python = hasPython();

/** Ordinary archives from two writers. */
function ordinary(): Buffer[] {
  const files = {
    "a.txt": text.encode("alpha"),
    "folder/b.bin": new Uint8Array(5000).map((_, index) => index % 251),
    "größe/模型": text.encode("x".repeat(3000)),
    empty: new Uint8Array(),
  };
  return [
    ...([0, 1, 9] as const).map((level) => Buffer.from(zipSync(files, { level }))),
    buildZip([
      { name: "a", data: "alpha" },
      { name: "b", data: "beta".repeat(99), method: 8, descriptor: "signed" },
    ]),
    buildZip([{ name: "a", data: "x" }], { zip64: true, comment: "comment" }),
    buildTorchZip("archive", [
      { name: "data.pkl", data: "pickle" },
      { name: "data/0", data: new Uint8Array(64) },
    ]),
    buildZip([]),
  ];
}

/** What a reader that goes by the directory sees, in its order. */
async function seenByUs(bytes: Uint8Array): Promise<SeenMember[]> {
  const source = new MemorySource(bytes, "archive");
  const governor = new Governor(undefined, bytes.length);
  const { model } = await parseZipArchive(source, { governor });
  const listed = model.entries
    .filter(({ entry }) => entry.origin === "directory")
    .toSorted((a, b) => a.rank - b.rank);
  const seen: SeenMember[] = [];
  for (const member of listed) {
    const { entry } = member;
    seen.push([member.name, entry.size ?? -1, entry.method, await digestOf(source, member)]);
  }
  return seen;
}

async function digestOf(source: MemorySource, member: ZipMember): Promise<string> {
  const opened = await openZipMember(source, member, new Governor());
  const content = readRange(opened.source, 0, opened.source.size);
  return createHash("sha256").update(content).digest("hex");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function seenByYauzl(bytes: Buffer): Promise<SeenMember[]> {
  const archive = await fromBufferPromise(bytes, { validateFilename: false } as never);
  const seen: SeenMember[] = [];
  for await (const entry of archive.eachEntry()) {
    const chunks: Uint8Array[] = [];
    const stream = await archive.openReadStreamPromise(entry);
    for await (const chunk of stream) chunks.push(chunk as Uint8Array);
    seen.push([
      entry.fileName,
      entry.uncompressedSize,
      entry.compressionMethod,
      sha256(Buffer.concat(chunks)),
    ]);
  }
  return seen;
}

describe("ordinary archives", () => {
  it.each(ordinary().map((bytes, index) => [index, bytes] as const))(
    "%d: yauzl sees the same",
    async (_, bytes) => {
      expect(await seenByUs(bytes)).toEqual(await seenByYauzl(bytes));
    },
  );

  it.each(ordinary().map((bytes, index) => [index, bytes] as const))(
    "%d: fflate sees the same",
    async (_, bytes) => {
      const files = unzipSync(bytes);
      const ours = await seenByUs(bytes);
      expect(Object.fromEntries(ours.map(([name, , , digest]) => [name, digest]))).toEqual(
        Object.fromEntries(Object.entries(files).map(([name, content]) => [name, sha256(content)])),
      );
    },
  );
});

describe.skipIf(!python)("CPython's zipfile", () => {
  it("sees the same in ordinary archives", async () => {
    const archives = ordinary();
    const theirs = listWithPython("zip", archives);
    for (const [index, bytes] of archives.entries()) {
      expect(await seenByUs(bytes), `archive ${index}`).toEqual(theirs[index]);
    }
  });

  it("writes archives that have nothing odd about them", async () => {
    const archives = writtenByPython("zip");
    const theirs = listWithPython("zip", archives);
    for (const [index, bytes] of archives.entries()) {
      expect(await seenByUs(bytes), `archive ${index}`).toEqual(theirs[index]);
      const { parsed, findings, left } = await parseArchive(parseZipArchive, bytes);
      const prefix = bytes[0] === 0x23 ? ["prefix-data none"] : [];
      expect({ issues: parsed.issues, findings, left }).toEqual({
        issues: [],
        findings: prefix,
        left: 0,
      });
    }
  });

  it("takes the directory that we put first", async () => {
    const evil = buildZip([{ name: "evil", data: "evil" }]);
    const archives = [
      buildZip([{ name: "a", data: "a" }], { comment: evil }),
      Buffer.concat([buildZip([{ name: "a", data: "a" }]), evil]),
      buildZip([{ name: "a", data: "a" }], { prefix: "before", trailing: "behind" }),
      buildZip([{ name: "a", data: "a" }], { end: { entries: 0 } }),
      buildZip([{ name: "a", data: "a" }], {
        zip64: true,
        end: { entries: 7, size: 1, offset: 1 },
      }),
      buildZip([
        { name: "a", data: "first" },
        { name: "a", data: "last" },
      ]),
    ];
    const theirs = listWithPython("zip", archives);
    expect(theirs.map((seen) => seen?.at(-1)?.[0])).toEqual(["evil", "evil", "a", "a", "a", "a"]);
    for (const [index, bytes] of archives.entries()) {
      expect(await seenByUs(bytes), `archive ${index}`).toEqual(theirs[index]);
    }
  });

  it("sees no member in a damaged archive that we do not see", async () => {
    const random = new Random(7);
    const seeds = ordinary();
    const archives = Array.from({ length: 800 }, () => mutate(random, random.pick(seeds)));
    const theirs = listWithPython("zip", archives);
    let compared = 0;
    for (const [index, bytes] of archives.entries()) {
      const members = theirs[index] ?? [];
      const ours = await digestsOfEverything(bytes);
      for (const [name, , , digest] of members) {
        if (digest !== null) {
          compared += 1;
          expect(ours, `${name} in ${bytes.toString("base64")}`).toContain(digest);
        }
      }
    }
    expect(compared).toBeGreaterThan(300);
  });
});

/** Digests of all children: members and whatever else there is. */
async function digestsOfEverything(bytes: Uint8Array): Promise<Set<string>> {
  const source = new MemorySource(bytes, "archive");
  const governor = new Governor(undefined, bytes.length);
  const { children } = await parseZipArchive(source, { governor });
  // Folders without data and members of no size have no child that must be looked at.
  const digests = new Set([sha256(new Uint8Array())]);
  for (const child of children) {
    const opened = await child.open(governor);
    digests.add(sha256(readRange(opened.source, 0, opened.source.size)));
    opened.source.close?.();
  }
  return digests;
}
