import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { pickle } from "../../test/builders/pickle.ts";
import { legacyFile, stream, torchMembers, torchZip } from "../../test/builders/pytorch.ts";
import { buildZip } from "../../test/builders/zip.ts";
import { rulesOf, scanBytes } from "../../test/scan-bytes.ts";
import type { FileReport } from "../kernel/report.ts";

const RULE = "pytorch/weights-only-rejected";

function factOf({ facts }: FileReport): unknown {
  return (facts["pickle"] as { weightsOnly?: unknown } | undefined)?.weightsOnly;
}

describe("the fact weightsOnly", () => {
  it.each([
    ["model.pt", torchZip()],
    ["model.pth", legacyFile()],
    ["epoch=3.ckpt", torchZip()],
  ])("accepts what torch.save wrote: %s", async (name, bytes) => {
    expect(factOf(await scanBytes(bytes, name))).toMatchObject({
      torch: "2.15.0",
      result: "accepted",
    });
  });

  it("accepts archives whose members are compressed", async () => {
    const members = torchMembers().map(({ name, data }) => ({
      name: `m/${name}`,
      data,
      method: 8,
    }));

    expect(factOf(await scanBytes(buildZip(members), "m.pt"))).toMatchObject({
      result: "accepted",
    });
  });

  it("rejects other names, plain pickles and compressed files, and says why", async () => {
    const object = pickle().proto(2).call("fractions", "Fraction", 1).done();
    const reports = [
      await scanBytes(torchZip({ object }), "a.pt"),
      await scanBytes(stream([1, 2]), "a.pkl"),
      await scanBytes(gzipSync(stream([1, 2])), "a.pkl"),
    ];

    for (const report of reports) {
      expect(factOf(report)).toMatchObject({
        result: "rejected",
        reason: expect.stringMatching(/\w/),
      });
    }
    expect(factOf(reports[0]!)).toMatchObject({ reason: expect.stringContaining("Fraction") });
  });

  it("keeps what else is known of the pickle", async () => {
    const { facts } = await scanBytes(torchZip(), "a.pt");

    expect(facts["pickle"]).toMatchObject({
      globals: expect.arrayContaining([expect.objectContaining({ name: "FloatStorage" })]),
      weightsOnly: { result: "accepted" },
    });
  });

  it("shows of a compressed pickle what it holds, and of anything else nothing", async () => {
    const called = pickle().proto(2).call("collections", "deque", []).done();
    const compressed = await scanBytes(gzipSync(called), "a.pkl");
    const words = await scanBytes(Buffer.from("external data"), "a.bin");

    expect(compressed.facts["pickle"]).toMatchObject({ globals: [{ name: "deque" }] });
    expect(words.facts["pickle"]).toEqual({
      weightsOnly: expect.objectContaining({ result: "rejected" }),
    });
  });

  it("is asked by name, and by content where there is no extension", async () => {
    expect(factOf(await scanBytes(torchZip(), "blobs/5f2c"))).toMatchObject({ result: "accepted" });
    expect(factOf(await scanBytes(torchZip(), "model.joblib"))).toBeUndefined();
    expect(factOf(await scanBytes(Buffer.from("words, and no pickle"), "README"))).toBeUndefined();
  });

  it("is of the file itself and not of what is in it", async () => {
    const { children } = await scanBytes(
      buildZip([{ name: "a.pt", data: torchZip() }]),
      "models.zip",
    );

    expect(children).toHaveLength(1);
    expect(factOf(children[0]!)).toBeUndefined();
  });
});

describe(RULE, () => {
  const insist = { requireWeightsOnly: true };
  const object = pickle().proto(2).call("collections", "deque", []).done();

  it("fires on what torch refuses, where it is asked for", async () => {
    const report = await scanBytes(torchZip({ object }), "a.pt", insist);

    expect(rulesOf(report)).toContain(RULE);
    expect(report.verdict).toBe("suspicious");
    expect(rulesOf(await scanBytes(torchZip({ object }), "a.pt"))).not.toContain(RULE);
  });

  it("does not fire on what torch takes, nor on what is no pickle", async () => {
    expect((await scanBytes(torchZip(), "a.pt", insist)).verdict).toBe("clean");
    expect(rulesOf(await scanBytes(Buffer.from("external data"), "weights.bin", insist))).toEqual(
      [],
    );
  });

  it("fires whatever the name of a pickle", async () => {
    expect(rulesOf(await scanBytes(stream([1]), "model.joblib", insist))).toContain(RULE);
  });
});
