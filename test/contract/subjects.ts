/** Folders on which the rules over a whole subject fire, and sound ones. */

import { indexOf, layoutOf, shardedModel, shardOf } from "../builders/shards.ts";
import type { MemoryFiles } from "../builders/memory-tree.ts";
import { hostile } from "../builders/pytorch.ts";

const layout = layoutOf(["embed.weight"], ["norm.weight"]);
const [first, second] = Object.keys(layout) as [string, string];
const sound = shardedModel(layout);
const INDEX = "model.safetensors.index.json";

export const SUBJECTS: Readonly<Record<string, MemoryFiles>> = {
  sound,
  missing: { [INDEX]: sound[INDEX] ?? "", [first]: sound[first] ?? "" },
  "without an index": { [first]: sound[first] ?? "", [second]: sound[second] ?? "" },
  "another format": { ...sound, [second]: hostile() },
  "in two shards": { ...sound, [second]: shardOf(["embed.weight", "norm.weight"]) },
  "in no shard": { ...sound, [second]: shardOf(["other.weight"]) },
  "another size": { ...sound, [INDEX]: indexOf(layout, 8000) },
  "another index": {
    ...sound,
    "pytorch_model.bin.index.json": indexOf({ "pytorch_model.bin": ["other.weight"] }),
    "pytorch_model.bin": "",
  },
};
