/** Safetensors: a JSON header and raw tensors behind it. Shards are judged together elsewhere. */

import { defineFormat } from "../format.ts";
import { composeSafetensors } from "./compose.ts";
import { detectSafetensors } from "./detect.ts";
import { SAFETENSORS_RULES } from "./rules.ts";

export const safetensors = defineFormat({
  id: "safetensors",
  title: "Safetensors",
  revision: 1,
  specification: [
    {
      title: "Safetensors, format",
      url: "https://github.com/huggingface/safetensors#format",
    },
  ],
  extensions: [".safetensors"],
  detect: (head, _tail, { size }) => detectSafetensors(head, size),
  parse: async (source, context) => (await import("./parse.ts")).parseSafetensors(source, context),
  compose: composeSafetensors,
  rules: SAFETENSORS_RULES,
});
