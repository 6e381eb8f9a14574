import { describe, expect, it } from "vitest";

import { scanTree } from "../../../test/builders/memory-tree.ts";
import type { MemoryFiles } from "../../../test/builders/memory-tree.ts";
import { hostile } from "../../../test/builders/pytorch.ts";
import { indexOf, layoutOf, shardedModel, shardOf } from "../../../test/builders/shards.ts";

const layout = layoutOf(["embed.weight", "layers.0.weight"], ["layers.1.weight"], ["norm.weight"]);
const [first, second, third] = Object.keys(layout) as [string, string, string];
const INDEX = "model.safetensors.index.json";
const sound = shardedModel(layout);

/** `rule: implies` of what is found. */
async function found(files: MemoryFiles, options: Parameters<typeof scanTree>[1] = {}) {
  const { subject } = await scanTree(files, options);
  return {
    verdict: subject.verdict,
    findings: subject.findings.map(({ rule, implies }) => `${rule}: ${implies}`),
    messages: subject.findings.map(({ message }) => message),
    places: subject.findings.map(({ locator }) => locator),
    notRun: subject.notRun,
  };
}

function without(files: MemoryFiles, ...names: readonly string[]): MemoryFiles {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

const CLEAN = { verdict: "clean", findings: [], notRun: [] };

describe("a sharded model", () => {
  it("is clean as libraries write it", async () => {
    expect(await found(sound)).toMatchObject(CLEAN);
    expect(await found(shardedModel(layout, "text_encoder/"))).toMatchObject(CLEAN);
  });

  it("is clean with the names of variants and of diffusers", async () => {
    const names = {
      "unet/diffusion_pytorch_model.fp16-00001-of-00002.safetensors": ["a"],
      "unet/diffusion_pytorch_model.fp16-00002-of-00002.safetensors": ["b"],
    };
    const inFolder = Object.fromEntries(
      Object.entries(names).map(([path, tensors]) => [path.slice("unet/".length), tensors]),
    );
    const files = {
      "unet/diffusion_pytorch_model.safetensors.index.fp16.json": indexOf(inFolder, 8),
      ...Object.fromEntries(Object.entries(names).map(([path, list]) => [path, shardOf(list)])),
    };
    expect(await found(files)).toMatchObject(CLEAN);
  });

  it("is clean when tied weights and buffers are stored once or twice", async () => {
    const files = {
      ...sound,
      [INDEX]: indexOf({ ...layout, [third]: ["norm.weight", "lm_head.weight"] }, 16),
      [second]: shardOf(["layers.1.weight", "layers.1.rotary_emb.inv_freq"]),
    };
    const { verdict, findings } = await found(files);

    expect(verdict).toBe("clean");
    expect(findings).toEqual(["shards/tensor-missing: none"]);
  });

  it("is left alone as long as its files are named one by one", async () => {
    const part = Object.entries(sound).filter(([name]) => name === second);
    expect(await found(Object.fromEntries(part), { kind: "file" })).toMatchObject(CLEAN);
    expect(await found(without(sound, first), { kind: "stdin" })).toMatchObject(CLEAN);
  });

  it("is left alone where a cache names its index after a digest", async () => {
    const blobs = { "blobs/0a1b": sound[INDEX] ?? "", "blobs/2c3d": sound[first] ?? "" };
    expect(await found(blobs)).toMatchObject(CLEAN);
  });
});

describe("shards/missing", () => {
  it("says which shards are not there", async () => {
    const { verdict, findings, messages, places } = await found(without(sound, second));

    expect(verdict).toBe("incomplete");
    expect(findings).toEqual(["shards/missing: incomplete"]);
    expect(messages).toEqual([`1 of 3 files that the index lists are not there: "${second}"`]);
    expect(places).toEqual([INDEX]);
  });

  it("changes nothing where other weights are there and none of the index's", async () => {
    const files = { [INDEX]: sound[INDEX] ?? "", "model.safetensors": shardOf(["a"]) };

    expect(await found(files)).toMatchObject({
      verdict: "clean",
      findings: ["shards/missing: none"],
    });
    expect(await found(without(files, "model.safetensors"))).toMatchObject({
      verdict: "incomplete",
    });
  });

  it("is not told by globs that left files out", async () => {
    expect(await found(sound, { exclude: [second] })).toMatchObject({
      verdict: "clean",
      findings: [],
      notRun: expect.arrayContaining(["shards/missing"]) as string[],
    });
  });

  it("sees a gap in the numbers without an index", async () => {
    const { verdict, messages } = await found(without(sound, INDEX, first));

    expect(verdict).toBe("incomplete");
    expect(messages).toEqual(["1 of 3 files are not there, by the numbers in their names: 1"]);
  });

  it("takes numbers from zero, and sets without a gap", async () => {
    const files = {
      "x-00000-of-00002.bin": shardOf(["a"]),
      "x-00001-of-00002.bin": shardOf(["b"]),
    };
    expect(await found(files)).toMatchObject({
      verdict: "clean",
      findings: ["shards/no-index: none"],
    });
  });
});

describe("shards/other-format", () => {
  it("finds a pickle under the name of a safetensors file", async () => {
    const { findings, places } = await found({ ...sound, [second]: hostile() });

    expect(findings).toContain("shards/other-format: suspicious");
    expect(places).toContain(second);
  });

  it("leaves a pointer to the content alone", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 9\n`;
    expect(await found({ ...sound, [second]: pointer })).toMatchObject({ findings: [] });
  });
});

describe("tensors and their shards", () => {
  it("finds one that stands in two shards", async () => {
    const files = { ...sound, [second]: shardOf(["layers.1.weight", "norm.weight"]) };
    const { verdict, findings, messages } = await found(files);

    expect(verdict).toBe("suspicious");
    expect(findings).toEqual(["shards/tensor-in-two-shards: suspicious"]);
    expect(messages).toEqual([`the tensor "norm.weight" is both in "${second}" and in "${third}"`]);
  });

  it("finds those that no shard has, and those that are elsewhere", async () => {
    const files = {
      ...sound,
      [first]: shardOf(["embed.weight"]),
      [second]: shardOf(["norm.weight"]),
      [third]: shardOf(["layers.1.weight"]),
    };
    const { verdict, findings } = await found(files);

    expect(verdict).toBe("incomplete");
    expect(findings).toEqual([
      "shards/tensor-missing: incomplete",
      "shards/tensor-missing: none",
      "shards/tensor-missing: none",
    ]);
  });

  it("only tells of tensors that the index does not know, and of another size", async () => {
    const files = {
      ...sound,
      [INDEX]: indexOf(layout, 4000),
      [second]: shardOf(["layers.1.weight", "extra.weight"]),
    };
    expect(await found(files)).toMatchObject({
      verdict: "clean",
      findings: ["shards/unlisted-tensor: none", "shards/total-size: none"],
    });
  });

  it("is left open for shards without a table of tensors", async () => {
    const bin = { "pytorch_model-00001-of-00001.bin": ["a"] };
    const files = {
      "pytorch_model.bin.index.json": indexOf(bin, 4),
      "pytorch_model-00001-of-00001.bin": "not a table",
    };
    const { findings, notRun } = await found(files);

    expect(findings).toEqual([]);
    expect(notRun).toContain("shards/tensor-in-two-shards");
    expect(notRun).not.toContain("shards/missing");
  });

  it("tells of two indexes that differ, buffers aside", async () => {
    const bin = { "pytorch_model-00001-of-00001.bin": Object.values(layout).flat() };
    const both = (more: readonly string[]): MemoryFiles => ({
      ...sound,
      "pytorch_model.bin.index.json": indexOf({
        "pytorch_model-00001-of-00001.bin": [...Object.values(bin).flat(), ...more],
      }),
      "pytorch_model-00001-of-00001.bin": shardOf(["a"]),
    });
    expect((await found(both(["x.position_ids"]))).findings).not.toContain(
      "shards/indexes-differ: none",
    );
    expect((await found(both(["x.weight"]))).findings).toContain("shards/indexes-differ: none");
  });
});
