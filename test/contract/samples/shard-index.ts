/** Indexes of shards: as libraries write them, and one for each thing that rules look for. */

import { Buffer } from "node:buffer";

import type { Sample } from "../sample.ts";
import { indexOf, layoutOf } from "../../builders/shards.ts";

const sound = indexOf(layoutOf(["embed.weight", "layers.0.weight"], ["norm.weight"]), 12);

function sample(
  name: string,
  text: string,
  more: Omit<Sample, "name" | "format" | "bytes">,
): Sample {
  return { name: `${name}.index.json`, format: "shard-index", bytes: Buffer.from(text), ...more };
}

export const shardIndexSamples: readonly Sample[] = [
  sample("model.safetensors", sound, {
    verdict: "clean",
    boundaries: [...sound.matchAll(/[{}:,]/g)].map(({ index }) => index + 1).slice(0, -1),
    wholeAt: (cut) => cut >= sound.trimEnd().length,
  }),
  sample("map-first", '{"weight_map":{"a":"x.bin"},"metadata":{}}', { verdict: "clean" }),
  sample("empty-map", '{"weight_map":{}}', { verdict: "clean" }),
  sample("escaped", String.raw`{"weight_map":{"\u0061":"x.bin","b":"x.bin"}}`, {
    verdict: "clean",
  }),
  sample("parent", '{"weight_map":{"a":"../other/model.safetensors"}}', {
    verdict: "suspicious",
    fires: ["shards/path"],
  }),
  sample("absolute", '{"weight_map":{"a":"/srv/model.bin"}}', {
    verdict: "suspicious",
    fires: ["shards/path"],
  }),
  sample("backslash", String.raw`{"weight_map":{"a":"..\\model.bin"}}`, {
    verdict: "suspicious",
    fires: ["shards/path"],
  }),
  sample("address", '{"weight_map":{"a":"https://example.com/model.bin"}}', {
    verdict: "suspicious",
    fires: ["shards/path"],
  }),
  sample("two-shards", '{"weight_map":{"a":"x.bin","a":"y.bin"}}', {
    verdict: "suspicious",
    fires: ["shards/duplicate-key"],
  }),
  sample("twice-the-same", String.raw`{"weight_map":{"a":"x.bin","\u0061":"x.bin"}}`, {
    verdict: "clean",
    fires: ["shards/duplicate-key"],
  }),
  sample("two-maps", '{"weight_map":{"a":"x.bin"},"weight_map":{"a":"y.bin"}}', {
    verdict: "suspicious",
    fires: ["shards/duplicate-key"],
  }),
  sample("no-string", '{"weight_map":{"a":["x.bin"],"b":"x.bin"}}', { verdict: "incomplete" }),
  sample("something-behind", '{"weight_map":{"a":"x.bin"}} {}', { verdict: "incomplete" }),
  sample("long-value", `{"metadata":{"a":"${"x".repeat(5000)}"},"weight_map":{"a":"x.bin"}}`, {
    verdict: "unknown",
  }),
];
