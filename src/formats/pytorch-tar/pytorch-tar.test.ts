import { describe, expect, it } from "vitest";

import {
  hostile,
  stream,
  tarStorages,
  tarTensors,
  torchTar,
} from "../../../test/builders/pytorch.ts";
import { buildTar } from "../../../test/builders/tar.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const STORAGES = [
  { key: "10", elements: 6 },
  { key: "20", type: "DoubleStorage", elements: 3, data: new Uint8Array(24).fill(0x41) },
];

describe("pytorch-tar", () => {
  it("reads all four members and leaves the elements unread", async () => {
    const report = await scanBytes(
      torchTar({ storages: tarStorages(STORAGES), tensors: tarTensors(STORAGES) }),
      "model.pt",
    );

    expect(report).toMatchObject({ format: "pytorch-tar", issues: [] });
    expect(report.coverage).toMatchObject({ inert: 24 + 24, unaccounted: 0 });
    expect(report.children.map(({ path }) => path)).toEqual(["sys_info", "pickle"]);
    expect(report.verdict).toBe("clean");
  });

  it("lists the classes that the members name", async () => {
    const { facts } = await scanBytes(torchTar({ storages: tarStorages(STORAGES) }));

    expect(facts["pickle"]).toMatchObject({
      globals: [
        { module: "torch", name: "DoubleStorage" },
        { module: "torch", name: "FloatStorage" },
        { module: "torch", name: "FloatTensor" },
      ],
    });
  });

  it.each([
    ["the pickle", { object: hostile() }],
    ["the number of storages", { storages: Buffer.concat([hostile(), stream([])]) }],
    ["a storage", { storages: Buffer.concat([stream(1), hostile()]) }],
    ["the views", { storages: Buffer.concat([stream(0), hostile()]) }],
    ["the number of tensors", { tensors: hostile() }],
    ["a tensor", { tensors: Buffer.concat([stream(1), hostile()]) }],
    ["what follows the views", { storages: Buffer.concat([stream(0), stream([]), hostile()]) }],
  ])("finds code in %s", async (_, spec) => {
    const report = await scanBytes(torchTar(spec));

    expect(report).toMatchObject({ format: "pytorch-tar", verdict: "malicious" });
    expect(rulesOf(report)).toContain("pickle/dangerous-call");
  });

  it("says where in the archive the code is", async () => {
    const { findings } = await scanBytes(torchTar({ tensors: hostile() }), "a.pt");

    expect(findings).toContainEqual(
      expect.objectContaining({ rule: "pytorch/legacy-header", locator: "a.pt!tensors@0x0" }),
    );
    expect(rulesOf(await scanBytes(torchTar()))).not.toContain("pytorch/legacy-header");
  });

  it("does not vouch for classes that nobody knows", async () => {
    const storages = tarStorages([{ key: "1", type: "OddStorage", elements: 1 }]);
    const report = await scanBytes(torchTar({ storages }));

    expect(report.verdict).not.toBe("clean");
    expect(report.issues).toContainEqual(expect.objectContaining({ kind: "damaged" }));
  });

  it("does not believe claimed numbers", async () => {
    for (const storages of [
      tarStorages([], 2 ** 31 - 1),
      tarStorages([{ key: "1", elements: 2 ** 40, data: new Uint8Array(4) }]),
    ]) {
      expect((await scanBytes(torchTar({ storages }))).verdict).not.toBe("clean");
    }
  });

  it("reads many storages with as many small reads", async () => {
    const many = Array.from({ length: 100 }, (_, key) => ({ key: String(key), elements: 2 }));
    const report = await scanBytes(
      torchTar({ storages: tarStorages(many), tensors: tarTensors(many) }),
    );

    expect(report).toMatchObject({ verdict: "clean", issues: [] });
  });

  it("leaves other tar files alone, whatever a member is called", async () => {
    const one = buildTar([
      { name: "tensors", data: "text" },
      { name: "b", data: "text" },
    ]);
    const two = buildTar([
      { name: "tensors", data: "text" },
      { name: "pickle", data: "text" },
    ]);

    expect((await scanBytes(one)).format).toBe("tar");
    expect((await scanBytes(two)).issues).toEqual([]);
  });
});
