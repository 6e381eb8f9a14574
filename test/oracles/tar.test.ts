/** What CPython's tarfile sees in tar files, where there is one. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { Governor } from "../../src/bytes/governor.ts";
import { MemorySource } from "../../src/bytes/memory-source.ts";
import { readRange } from "../../src/bytes/read.ts";
import { parseTarArchive } from "../../src/formats/tar-archive.ts";
import { parseArchive } from "../builders/parsed-archive.ts";
import { buildTar } from "../builders/tar.ts";
import { hasPython } from "../fuzz/oracle.ts";
import { mutate } from "../fuzz/mutate.ts";
import { Random } from "../fuzz/random.ts";
import { listWithPython, writtenByPython } from "./archives.ts";
import type { SeenMember } from "./archives.ts";

/** What a reader that stops at the first end mark sees. */
async function seenByUs(bytes: Uint8Array): Promise<SeenMember[]> {
  const source = new MemorySource(bytes, "archive");
  const { model } = await parseTarArchive(source, { governor: new Governor() });
  return model.entries
    .filter(({ hidden }) => !hidden)
    .map(({ name, kind, size, linkTarget, entry }) => [
      name.endsWith("/") || kind !== "folder" ? name : `${name}/`,
      kind === "file" ? size : 0,
      linkTarget ?? "",
      kind === "file" ? sha256(readRange(source, entry.dataStart, entry.dataEnd)) : null,
    ]);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const built = [
  buildTar([
    { name: "a", data: "alpha" },
    { name: "d/", type: "5" },
    { name: "b", data: Buffer.alloc(2000, "b") },
  ]),
  buildTar([
    { name: "a", magic: "v7", data: "alpha" },
    { name: "b", magic: "gnu", longName: "x".repeat(300) },
  ]),
  buildTar([{ name: "a", pax: { path: "p".repeat(300), comment: "c" }, data: "alpha" }]),
  buildTar([
    { name: "n".repeat(100), prefix: "p".repeat(100) },
    { name: "l", type: "2", linkName: "a" },
  ]),
];

describe.skipIf(!hasPython())("CPython's tarfile", () => {
  it("sees the same in what we build", async () => {
    const theirs = listWithPython("tar", built);
    for (const [index, bytes] of built.entries()) {
      expect(await seenByUs(bytes), `archive ${index}`).toEqual(theirs[index]);
    }
  });

  it("writes archives that have nothing odd about them", async () => {
    const archives = writtenByPython("tar");
    const theirs = listWithPython("tar", archives);
    expect(archives).toHaveLength(3);
    for (const [index, bytes] of archives.entries()) {
      expect(await seenByUs(bytes), `archive ${index}`).toEqual(theirs[index]);
      const { parsed, findings, left } = await parseArchive(parseTarArchive, bytes);
      expect({ issues: parsed.issues, findings, left }).toEqual({
        issues: [],
        // The FIFO, which is part of the test.
        findings: ["special-file suspicious"],
        left: 0,
      });
    }
  });

  it("stops at an end mark where we read on", async () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = built;
    const bytes = Buffer.concat([first, second]);
    expect(await seenByUs(bytes)).toEqual(listWithPython("tar", [bytes])[0]);
  });

  it("sees no file in a damaged archive that we do not see", async () => {
    const random = new Random(11);
    const seeds = [...built, ...writtenByPython("tar").map((bytes) => bytes.subarray(0, 8192))];
    const archives = Array.from({ length: 800 }, () => mutate(random, random.pick(seeds)));
    const theirs = listWithPython("tar", archives);
    let compared = 0;
    for (const [index, bytes] of archives.entries()) {
      const ours = await digestsOfEverything(bytes);
      for (const [name, , , digest] of theirs[index] ?? []) {
        if (digest !== null) {
          compared += 1;
          expect(ours, `${name} in ${bytes.toString("base64").slice(0, 4000)}`).toContain(digest);
        }
      }
    }
    expect(compared).toBeGreaterThan(300);
  });
});

async function digestsOfEverything(bytes: Uint8Array): Promise<Set<string>> {
  const source = new MemorySource(bytes, "archive");
  const governor = new Governor();
  const { children } = await parseTarArchive(source, { governor });
  const digests = new Set([sha256(new Uint8Array())]);
  for (const child of children) {
    const opened = await child.open(governor);
    digests.add(sha256(readRange(opened.source, 0, opened.source.size)));
  }
  return digests;
}
