/** Models in several files, as libraries write them: shards, and the index that says what is where. */

import { Buffer } from "node:buffer";

import { buildGguf } from "./gguf.ts";
import type { GgufSpec } from "./gguf.ts";
import type { MemoryFiles } from "./memory-tree.ts";
import { safetensors } from "./safetensors.ts";

/** Tensors by shard. */
export type Layout = Readonly<Record<string, readonly string[]>>;

/** An index as transformers writes it. */
export function indexOf(layout: Layout, totalSize = 0): string {
  const pairs = Object.entries(layout).flatMap(([shard, names]) =>
    names.map((name) => [name, shard]),
  );
  const map = Object.fromEntries(pairs.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ metadata: { total_size: totalSize }, weight_map: map }, undefined, 2)}\n`;
}

/** A shard whose tensors have four bytes each. */
export function shardOf(names: readonly string[]): Buffer {
  return safetensors(
    names.map((name) => ({ name, dtype: "F32", shape: [1], data: Buffer.from([1, 2, 3, 4]) })),
    { format: "pt" },
  );
}

/** `model-00001-of-0000N.safetensors`, with one list of tensors each. */
export function layoutOf(...shards: readonly (readonly string[])[]): Layout {
  const count = String(shards.length).padStart(5, "0");
  return Object.fromEntries(
    shards.map((names, index) => [
      `model-${String(index + 1).padStart(5, "0")}-of-${count}.safetensors`,
      names,
    ]),
  );
}

/** A folder with shards and their index. */
export function shardedModel(layout: Layout, folder = ""): MemoryFiles {
  const shards = Object.entries(layout).map(([name, names]) => [folder + name, shardOf(names)]);
  const size = 4 * Object.values(layout).flat().length;
  return {
    [`${folder}model.safetensors.index.json`]: indexOf(layout, size),
    ...(Object.fromEntries(shards) as MemoryFiles),
  };
}

/** One part of a split GGUF model, as `gguf-split` writes it: the metadata stands in the first one. */
export function ggufPart(
  no: number,
  count: number,
  tensors: readonly string[],
  { total = 0, entries = [] }: { total?: number; entries?: NonNullable<GgufSpec["entries"]> } = {},
): Buffer {
  return buildGguf({
    entries: [
      ...entries,
      ["split.no", ["u16", no]],
      ["split.tensors.count", ["i32", total]],
      ["split.count", ["u16", count]],
    ],
    tensors: tensors.map((name) => ({ name, dimensions: [32] })),
  }).bytes;
}

/** `small-00001-of-0000N.gguf`. */
export function ggufName(part: number, count: number, stem = "small"): string {
  return `${stem}-${String(part).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.gguf`;
}

/** The key of a default chat template. */
export function chatTemplate(text: string): NonNullable<GgufSpec["entries"]>[number] {
  return ["tokenizer.chat_template", ["string", text]];
}
