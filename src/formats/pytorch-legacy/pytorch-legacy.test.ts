import { describe, expect, it } from "vitest";

import { pickle } from "../../../test/builders/pickle.ts";
import {
  calling,
  hostile,
  legacyFile,
  MAGIC,
  stateDict,
  stream,
} from "../../../test/builders/pytorch.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const STORAGES = [
  { key: "9401", elements: 6 },
  { key: "9402", type: "HalfStorage", elements: 3, data: new Uint8Array(6).fill(0x41) },
];

describe("pytorch-legacy", () => {
  it("accounts for every byte of what torch.save wrote, and leaves the storages unread", async () => {
    const report = await scanBytes(legacyFile({ storages: STORAGES }), "model.pth");

    expect(report).toMatchObject({
      verdict: "clean",
      format: "pytorch-legacy",
      children: [],
      issues: [],
    });
    expect(report.coverage).toMatchObject({ inert: 24 + 6, unaccounted: 0 });
  });

  it.each([0, 1, 2, 3, 4, 5])("knows the magic number of protocol %i", async (protocol) => {
    const builder = pickle();
    if (protocol >= 2) builder.proto(protocol);
    const magic = protocol >= 2 ? builder.value(MAGIC).done() : Buffer.from(`L${MAGIC}L\n.`);

    expect(await scanBytes(legacyFile({ magic }))).toMatchObject({
      verdict: "clean",
      format: "pytorch-legacy",
    });
  });

  it("reads the key list of any number of keys, and files without storages", async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ key: `9${index}`, elements: 1 }));

    expect(await scanBytes(legacyFile({ storages: many }))).toMatchObject({ verdict: "clean" });
    expect(await scanBytes(legacyFile({ storages: [] }))).toMatchObject({ verdict: "clean" });
  });

  it.each(["magic", "version", "systemFacts", "object", "keys"] as const)(
    "finds code in the stream of the %s",
    async (part) => {
      const report = await scanBytes(legacyFile({ [part]: hostile() }));

      expect(report.verdict).toBe("malicious");
      expect(rulesOf(report)).toContain("pickle/dangerous-call");
    },
  );

  it("says that a computed magic number is none", async () => {
    const magic = calling((builder) => builder.call("builtins", "eval", `0x${MAGIC.toString(16)}`));
    const report = await scanBytes(legacyFile({ magic }), "model.pt");

    expect(report).toMatchObject({ format: "pytorch-legacy", verdict: "malicious" });
    expect(rulesOf(report)).toContain("pytorch/legacy-header");
  });

  it("takes three values that somebody dumped in a row for a pickle", async () => {
    const values = [stream([1]), stream(1001), stream(new Map([["a", 1]]))];

    expect((await scanBytes(Buffer.concat(values))).format).toBe("pickle");
  });

  it("reports streams that torch.save does not write", async () => {
    for (const part of [
      { version: stream(1002) },
      { systemFacts: stream(5) },
      { keys: stream(["a", 1]) },
    ]) {
      const report = await scanBytes(legacyFile(part));

      expect(rulesOf(report)).toContain("pytorch/legacy-header");
      expect(report.verdict).toBe("suspicious");
    }
    expect(rulesOf(await scanBytes(legacyFile()))).toEqual([]);
  });

  it("reports storages of another size than the pickle states", async () => {
    const short = await scanBytes(
      legacyFile({ count: 3, storages: [{ key: "1", elements: 4, data: new Uint8Array(12) }] }),
    );
    const long = await scanBytes(
      legacyFile({ count: 5, storages: [{ key: "1", elements: 4, data: new Uint8Array(20) }] }),
    );

    expect(short).toMatchObject({ verdict: "suspicious" });
    expect(rulesOf(short)).toEqual(["pytorch/storage-size"]);
    expect(long).toMatchObject({ verdict: "unknown" });
    expect(rulesOf(long)).toEqual(["pytorch/storage-size"]);
  });

  it("opens what follows the storages", async () => {
    const report = await scanBytes(legacyFile({ trailing: hostile() }));

    expect(report.verdict).toBe("malicious");
    expect(report.children.map(({ path }) => path)).toEqual(["trailing"]);
  });

  it("never calls a part of a file clean", async () => {
    const whole = legacyFile({ storages: STORAGES });
    const clean: number[] = [];
    for (let length = 16; length < whole.length; length += 17) {
      const { verdict } = await scanBytes(whole.subarray(0, length));
      if (verdict === "clean") clean.push(length);
    }

    expect(clean).toEqual([]);
  });

  it("does not believe a claimed number of elements", async () => {
    const report = await scanBytes(legacyFile({ count: 2 ** 50 }));

    expect(report.verdict).not.toBe("clean");
    expect(report.coverage.inert).toBeLessThan(100);
  });

  it("stops at a storage of unknown class", async () => {
    const storages = [{ key: "7", type: "OddStorage", elements: 4 }];
    const report = await scanBytes(legacyFile({ storages, object: stateDict(storages, true) }));

    expect(report.verdict).not.toBe("clean");
    expect(report.issues).toContainEqual(expect.objectContaining({ kind: "damaged" }));
  });
});
