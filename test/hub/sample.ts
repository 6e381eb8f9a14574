/**
 * One repository of each sort, for the tests of the hub itself.
 */

import { zerosAfter } from "./content.ts";
import type { HubRepo } from "./repo.ts";

export const OLD = "1".repeat(40);
export const NEW = "2".repeat(40);
export const CONFIG = Buffer.from('{"model_type":"gpt2"}');
export const WEIGHTS = Buffer.from(Array.from({ length: 100 }, (_, index) => index));
export const TOKEN = `hf_${"a".repeat(34)}`;
export const SHARD_SIZE = 3_500_000_000;

const files = [
  { path: "config.json", content: CONFIG },
  { path: "model.safetensors", content: WEIGHTS, lfs: true },
  { path: "onnx/deep/shard 1#.bin", content: zerosAfter(Buffer.from("HEAD"), SHARD_SIZE) },
];

export const REPOS: readonly HubRepo[] = [
  {
    type: "models",
    id: "openai-community/gpt2",
    aliases: ["gpt2"],
    commits: [
      { sha: OLD, files: files.slice(0, 1) },
      { sha: NEW, files },
    ],
    refs: { main: NEW, "v1.0": OLD, "refs/pr/1": OLD },
  },
  {
    type: "datasets",
    id: "org/texts",
    commits: [{ sha: OLD, files: files.slice(0, 2) }],
    refs: { main: OLD },
  },
  {
    type: "models",
    id: "org/secret",
    private: true,
    commits: [{ sha: OLD, files }],
    refs: { main: OLD },
  },
  {
    type: "models",
    id: "org/gated",
    gated: true,
    commits: [{ sha: OLD, files }],
    refs: { main: OLD },
  },
];
