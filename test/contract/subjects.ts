/** Folders on which the rules over a whole subject fire, and sound ones. */

import {
  chatTemplate,
  ggufName,
  ggufPart,
  indexOf,
  layoutOf,
  shardedModel,
  shardOf,
} from "../builders/shards.ts";
import type { MemoryFiles } from "../builders/memory-tree.ts";
import { hostile } from "../builders/pytorch.ts";
import { chat, tokenizerConfig } from "../builders/template.ts";

const layout = layoutOf(["embed.weight"], ["norm.weight"]);
const [first, second] = Object.keys(layout) as [string, string];
const sound = shardedModel(layout);
const INDEX = "model.safetensors.index.json";

function gguf(...parts: readonly Uint8Array[]): MemoryFiles {
  return Object.fromEntries(parts.map((part, index) => [ggufName(index + 1, parts.length), part]));
}

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
  "split model": gguf(ggufPart(0, 2, ["a"], { total: 2 }), ggufPart(1, 2, ["b"], { total: 2 })),
  "half a model": { [ggufName(1, 2)]: ggufPart(0, 2, ["a"]) },
  "two models": gguf(ggufPart(0, 2, ["a"]), ggufPart(0, 2, ["b"])),
  "in two parts": gguf(ggufPart(0, 2, ["a"]), ggufPart(1, 2, ["a"])),
  "two templates": gguf(
    ggufPart(0, 2, ["a"], { entries: [chatTemplate("{{ messages }}")] }),
    ggufPart(1, 2, ["b"], { entries: [chatTemplate("{{ messages[0] }}")] }),
  ),
  "one template twice": {
    "chat_template.jinja": chat(),
    "tokenizer_config.json": tokenizerConfig(chat()),
  },
  "another template": {
    "chat_template.jinja": chat("{{ '' }}"),
    "tokenizer_config.json": tokenizerConfig(chat()),
  },
};
