import { describe, expect, it } from "vitest";

import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import { buildCab } from "../../../test/builders/cab.ts";
import { pickle } from "../../../test/builders/pickle.ts";
import { hostile } from "../../../test/builders/pytorch.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const data = pickle().proto(2).value([1, 2, 3]).done();

describe("a cabinet", () => {
  it.each([false, true])("gives its files, packed: %s", async (isPacked) => {
    const files = [
      { name: "a.pkl", data },
      { name: "text.pkl", data: pickle().proto(4).value("x".repeat(100_000)).done() },
      { name: "folder\\b.pkl", data: hostile() },
    ];
    const report = await scanBytes(buildCab(files, { isPacked }), "a.cab");

    expect(report).toMatchObject({ format: "cab", verdict: "malicious" });
    expect(report.coverage.unaccounted).toBe(0);
    expect(report.children.map(({ path, verdict }) => [path, verdict])).toEqual([
      ["a.pkl", "clean"],
      ["text.pkl", "clean"],
      ["folder/b.pkl", "malicious"],
    ]);
  });

  it("is incomplete where bytes are packed that no file takes", async () => {
    const report = await scanBytes(buildCab([{ name: "a", data }], { hidden: hostile() }), "a.cab");

    expect(report.issues.map(({ kind }) => kind)).toEqual(["damaged"]);
  });

  it("is incomplete where it goes on in another one", async () => {
    const report = await scanBytes(buildCab([{ name: "a", data }], { hasNext: true }), "a.cab");

    expect(report.issues.map(({ kind }) => kind)).toContain("unsupported");
  });

  it("does not hide what lies in its reserved area or behind it", async () => {
    const reserved = await scanBytes(
      buildCab([{ name: "a", data }], { reserved: hostile() }),
      "a.cab",
    );
    const trailing = await scanBytes(
      buildCab([{ name: "a", data }], { trailing: hostile() }),
      "a.cab",
    );

    expect([reserved.verdict, trailing.verdict]).toEqual(["malicious", "malicious"]);
    expect(rulesOf(trailing)).toContain("archive/trailing-data");
  });

  it("stops at the limit on what comes out", async () => {
    const limits = { ...DEFAULT_LIMITS, outputBytes: 100_000, outputRatio: 0 };
    const files = [{ name: "zeros", data: Buffer.alloc(3_000_000) }];
    const report = await scanBytes(buildCab(files, { isPacked: true }), "a.cab", { limits });

    expect(report.children[0]?.issues[0]).toMatchObject({ kind: "limit" });
  });

  it("is not copied where memory is short", async () => {
    const limits = { ...DEFAULT_LIMITS, memory: 1000 };
    const report = await scanBytes(buildCab([{ name: "a", data }]), "a.cab", { limits });

    expect(report.children[0]?.issues[0]).toMatchObject({ kind: "limit" });
  });
});
