import { describe, expect, it } from "vitest";

import { buildIso } from "../../../test/builders/iso.ts";
import { pickle } from "../../../test/builders/pickle.ts";
import { hostile } from "../../../test/builders/pytorch.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const data = pickle().proto(2).value([1, 2, 3]).done();

describe("a disk image", () => {
  it("is clean where all that is in it is", async () => {
    const report = await scanBytes(buildIso([{ name: "A.PKL", data }]), "a.iso");

    expect(report).toMatchObject({
      format: "iso",
      verdict: "clean",
      coverage: { unaccounted: 0 },
      children: [{ path: "A.PKL" }],
    });
  });

  it("has each file once, under all the names that its trees give it", async () => {
    const files = [
      { name: "A.PKL", joliet: "model a.pkl", data },
      { name: "B.PKL", joliet: "model b.pkl", data: hostile() },
    ];
    const report = await scanBytes(buildIso(files, { joliet: true }), "a.iso");

    expect(report.children.map(({ path, verdict }) => [path, verdict])).toEqual([
      ["model a.pkl", "clean"],
      ["model b.pkl", "malicious"],
    ]);
  });

  it("is judged by every name", async () => {
    const files = [{ name: "A.PKL", joliet: "../../a.pkl", data }];
    const report = await scanBytes(buildIso(files, { joliet: true }), "a.iso");

    expect(rulesOf(report)).toEqual(["archive/path-traversal"]);
  });

  it("is suspicious where a link leads out, or its two byte orders differ", async () => {
    const link = { name: "A", ridge: "a", linkTo: "../../etc/passwd", data: new Uint8Array() };
    const lie = { name: "B", data, liesBy: 100 };

    expect(rulesOf(await scanBytes(buildIso([link]), "a.iso"))).toEqual(["archive/link-escape"]);
    expect(rulesOf(await scanBytes(buildIso([lie]), "a.iso"))).toEqual(["archive/header-mismatch"]);
  });

  it.each([
    ["in its system area", { system: hostile() }],
    ["in a sector that no file has", { hidden: hostile() }],
    ["behind its end", { trailing: hostile() }],
  ])("does not hide what lies %s", async (_, options) => {
    const report = await scanBytes(buildIso([{ name: "A.PKL", data }], options), "a.iso");

    expect(report.verdict).toBe("malicious");
  });

  it("is incomplete where it is cut", async () => {
    const image = buildIso([{ name: "A.PKL", data: Buffer.alloc(5000, 1) }]);
    const report = await scanBytes(image.subarray(0, image.length - 2048), "a.iso");

    expect(report.verdict).toBe("incomplete");
    expect(report.issues[0]).toMatchObject({ kind: "truncated" });
  });

  it("may have a folder that lies in itself", async () => {
    const image = buildIso([{ name: "LOOP", data: Buffer.alloc(2048) }]);
    // The record of the file becomes one of a folder that is the root.
    const at = 18 * 2048 + 2 * 34;
    image[at + 25] = 2;
    image.writeUInt32LE(18, at + 2);
    image.writeUInt32BE(18, at + 6);

    expect((await scanBytes(image, "a.iso")).format).toBe("iso");
  });
});
