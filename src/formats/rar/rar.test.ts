import { describe, expect, it } from "vitest";

import { pickle } from "../../../test/builders/pickle.ts";
import { hostile } from "../../../test/builders/pytorch.ts";
import { buildRar4, buildRar5 } from "../../../test/builders/rar.ts";
import { buildZip } from "../../../test/builders/zip.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const data = pickle().proto(2).value([1, 2, 3]).done();

describe.each([
  ["RAR 5", buildRar5],
  ["RAR 4", buildRar4],
])("a %s archive", (_, build) => {
  it("gives its members", async () => {
    const members = [
      { name: "folder", isFolder: true },
      { name: "folder/a.pkl", data },
      { name: "b.pkl", data: hostile() },
    ];
    const report = await scanBytes(build(members), "a.rar");

    expect(report).toMatchObject({ format: "rar", verdict: "malicious" });
    expect(report.coverage.unaccounted).toBe(0);
    expect(report.children.map(({ path, verdict }) => [path, verdict])).toEqual([
      ["folder/a.pkl", "clean"],
      ["b.pkl", "malicious"],
    ]);
  });

  it("is no zip file because its last member is one", async () => {
    const zip = buildZip([{ name: "a.pkl", data: hostile() }]);
    const report = await scanBytes(build([{ name: "a.zip", data: zip }]), "a.rar");

    expect(report.format).toBe("rar");
    expect(report.children[0]).toMatchObject({ path: "a.zip", format: "zip" });
  });

  it("is incomplete where a member is encrypted, or lies in another volume", async () => {
    const encrypted = await scanBytes(build([{ name: "a", data, isEncrypted: true }]), "a.rar");
    const split = await scanBytes(build([{ name: "a", data, isSplit: true }]), "a.rar");

    expect(rulesOf(encrypted)).toContain("archive/encrypted");
    expect(encrypted.verdict).toBe("incomplete");
    expect(split.children[0]?.issues[0]).toMatchObject({ kind: "unsupported" });
  });

  it("is incomplete where its headers are encrypted, and as a volume", async () => {
    const closed = await scanBytes(build([], { encryptedHeaders: true }), "a.rar");
    const volume = await scanBytes(build([], { isVolume: true }), "a.rar");

    expect(closed.issues[0]).toMatchObject({ kind: "encrypted" });
    expect(volume.issues[0]).toMatchObject({ kind: "unsupported" });
  });

  it("is incomplete where what it says is packed cannot be unpacked", async () => {
    const report = await scanBytes(build([{ name: "a.pkl", data, method: 3 }]), "a.rar");

    expect(report.verdict).toBe("incomplete");
    expect(report.children[0]?.path).toBe("a.pkl");
  });

  it("does not hide what follows it", async () => {
    const report = await scanBytes(build([{ name: "a", data }], { trailing: hostile() }), "a.rar");

    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("archive/trailing-data");
  });
});
