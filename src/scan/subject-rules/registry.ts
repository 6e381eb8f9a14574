/** All subject rules, in the order in which they are asked. */

import { GGUF_SPLIT_RULES } from "./gguf-splits.ts";
import { SHARD_TENSOR_RULES } from "./shard-tensors.ts";
import { SHARD_RULES } from "./shards.ts";
import { TEMPLATE_RULES } from "./templates.ts";
import type { SubjectRule } from "./subject-rule.ts";

export const SUBJECT_RULES: readonly SubjectRule[] = [
  ...SHARD_RULES,
  ...SHARD_TENSOR_RULES,
  ...GGUF_SPLIT_RULES,
  ...TEMPLATE_RULES,
];
