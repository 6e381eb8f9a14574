import { describe, expect, it } from "vitest";

import { Governor } from "../bytes/governor.ts";
import { gitBlobSha1, HashingSource, sha256 } from "../bytes/hash.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { RandomSource } from "../kernel/source.ts";
import { withDigests } from "./digests.ts";
import { unreadableReport } from "./scan-file.ts";

const BYTES = Buffer.from("what was served");
const SHA256 = sha256(BYTES);
const GIT = gitBlobSha1(BYTES);
const OTHER = { sha256: "0".repeat(64), gitBlob: "0".repeat(40) };
const report = unreadableReport("a", "unreadable", "", [], "clean");

/** Both of the sources that are shared with parsers, read to their ends. */
async function sources(): Promise<RandomSource[]> {
  const memory = new MemorySource(BYTES, "a");
  const hashing = new HashingSource(memory, true);
  hashing.readIntoSync(new Uint8Array(5), 0);
  hashing.readIntoSync(new Uint8Array(3), 9);
  await hashing.digest(new Governor(DEFAULT_LIMITS, BYTES.length));
  return [memory, hashing];
}

describe("gitBlobSha1", () => {
  it("is what git calls a file with these bytes", () => {
    expect(gitBlobSha1(Buffer.from("hello\n"))).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
    expect(gitBlobSha1(Buffer.alloc(0))).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  });
});

describe("withDigests", () => {
  it("has nothing to say where what is stated holds", async () => {
    for (const source of await sources()) {
      for (const stated of [{}, { sha256: SHA256 }, { gitBlob: GIT }]) {
        const { digests, digestBasis, findings, verdict } = withDigests(
          report,
          source,
          SHA256,
          stated,
        );
        expect([digests, digestBasis, findings, verdict]).toEqual([
          { sha256: SHA256 },
          "computed",
          [],
          "clean",
        ]);
      }
    }
  });

  it.each([
    ["SHA-256", { sha256: OTHER.sha256 }],
    ["git object id", { gitBlob: OTHER.gitBlob }],
  ])("finds that the %s is another one", async (name, stated) => {
    for (const source of await sources()) {
      const { digests, findings, verdict } = withDigests(report, source, SHA256, stated);
      expect(findings.map(({ rule, implies }) => [rule, implies])).toEqual([
        ["scan/digest-mismatch", "suspicious"],
      ]);
      expect(findings[0]?.message).toContain(`the ${name} is `);
      expect([digests, verdict]).toEqual([{ sha256: SHA256 }, "suspicious"]);
    }
  });

  it("repeats what is stated where not all was read, and says so", () => {
    const source = new MemorySource(BYTES, "a");
    const stated = withDigests(report, source, undefined, OTHER);
    expect([stated.digests, stated.digestBasis]).toEqual([
      { "git-blob-sha1": OTHER.gitBlob, sha256: OTHER.sha256 },
      "stated",
    ]);
    const none = withDigests(report, source, undefined, {});
    expect([none.digests, none.digestBasis]).toEqual([{}, "computed"]);
  });
});
