/** The index of a model in several files: which tensor is in which of them. */

import { defineFormat } from "../format.ts";
import { detectShardIndex } from "./detect.ts";
import { SHARD_INDEX_RULES } from "./rules.ts";

export const shardIndex = defineFormat({
  id: "shard-index",
  title: "Index of shards",
  revision: 1,
  specification: [
    {
      title: "Transformers, sharded checkpoints",
      url: "https://huggingface.co/docs/transformers/big_models#sharded-checkpoints",
    },
    { title: "RFC 8259, JSON", url: "https://www.rfc-editor.org/rfc/rfc8259" },
  ],
  extensions: [".index.json"],
  detect: (head) => detectShardIndex(head),
  parse: async (source, context) => (await import("./parse.ts")).parseShardIndex(source, context),
  rules: SHARD_INDEX_RULES,
});
