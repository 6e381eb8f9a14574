/** A quick scan of an archive whose members lie far apart reads their headers when it opens them. */

import { describe, expect, it } from "vitest";

import { countingSource } from "../../../test/builders/counting-source.ts";
import { hostile } from "../../../test/builders/pytorch.ts";
import { buildZip } from "../../../test/builders/zip.ts";
import type { ZipMemberSpec } from "../../../test/builders/zip.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";
import { Governor } from "../../bytes/governor.ts";
import { parseZipArchive } from "../zip-archive.ts";

const LARGE = Buffer.concat([Buffer.from("words\n"), Buffer.alloc(100_000, "words\n")]);
const MEMBERS: readonly ZipMemberSpec[] = Array.from({ length: 60 }, (_, index) => ({
  name: `${index}.txt`,
  data: LARGE,
  ...(index % 2 === 0 ? {} : { descriptor: "signed" as const }),
}));

function reads(quick: boolean): Promise<number> {
  const source = countingSource(buildZip(MEMBERS));
  return parseZipArchive(source, { governor: new Governor(), quick }).then(() => source.reads);
}

describe("zip, quickly", () => {
  it("takes the directory's word for where members lie", async () => {
    expect(await reads(true)).toBeLessThan(10);
    expect(await reads(false)).toBeGreaterThan(60);
  });

  it.each(["stored", "deflated"])("still finds what is in them, %s", async (kind) => {
    const data = Buffer.concat([
      hostile(),
      Buffer.from(Array.from(LARGE, (byte, at) => byte ^ at)),
    ]);
    const member = { name: "hostile.pkl", data, ...(kind === "stored" ? {} : { method: 8 }) };
    const report = await scanBytes(buildZip([...MEMBERS, member]), "a.zip", { quick: true });

    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("pickle/dangerous-call");
    expect(report.notRun).toContain("archive/header-mismatch");
  });

  it("is incomplete where a header is not what the directory says", async () => {
    const lying = { name: "a.txt", data: LARGE, local: { name: "b.txt" } };
    const report = await scanBytes(buildZip([lying]), "a.zip", { quick: true });

    expect(report.children[0]?.issues).toContainEqual(expect.objectContaining({ kind: "damaged" }));
  });
});
