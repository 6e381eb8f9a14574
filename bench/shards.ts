/** A model of 70 GB in 20 shards that is never on a disk: real headers, and zeros where the weights would be. */

import { entry, rawSafetensors } from "../test/builders/safetensors.ts";
import { zerosAfter } from "../test/hub/content.ts";
import type { HubFile } from "../test/hub/repo.ts";

const SHARDS = 20;
const TENSORS = 30;
const SHARD_BYTES = 3_500_000_000;

/** Files of a repository as transformers saves a large model: shards, their index, a configuration. */
export function shardedModel(): readonly HubFile[] {
  const names = Array.from({ length: SHARDS }, (_, index) => shardName(index));
  const places = names.flatMap((file, shard) =>
    Array.from({ length: TENSORS }, (_, index) => [tensorName(shard, index), file]),
  );
  const index = {
    metadata: { total_size: SHARDS * tensorBytes() * TENSORS },
    weight_map: Object.fromEntries(places) as unknown,
  };
  return [
    { path: "config.json", content: Buffer.from('{"model_type":"llama"}') },
    { path: "model.safetensors.index.json", content: Buffer.from(JSON.stringify(index)) },
    ...names.map((path, shard) => ({ path, content: shardContent(shard) })),
  ];
}

function shardName(index: number): string {
  const digits = (value: number): string => `${value}`.padStart(5, "0");
  return `model-${digits(index + 1)}-of-${digits(SHARDS)}.safetensors`;
}

function tensorName(shard: number, index: number): string {
  return `model.layers.${shard * TENSORS + index}.mlp.up_proj.weight`;
}

/** A multiple of 64, as everything that is aligned. */
function tensorBytes(): number {
  return Math.floor(SHARD_BYTES / TENSORS / 64) * 64;
}

function shardContent(shard: number): HubFile["content"] {
  const size = tensorBytes();
  const entries = Array.from({ length: TENSORS }, (_, index) =>
    entry(tensorName(shard, index), index * size, (index + 1) * size, {
      dtype: "BF16",
      shape: [size / 2],
    }),
  );
  const header = `{"__metadata__":{"format":"pt"},${entries.join(",")}}`;
  const head = rawSafetensors(header.padEnd(Math.ceil(header.length / 8) * 8));
  return zerosAfter(head, head.length + TENSORS * size);
}
