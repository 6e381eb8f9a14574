/** GGUF, the format of llama.cpp and everything around ggml: versions 1 to 3, either byte order. */

import { NEWEST_GGUF, readGgufVersion } from "../../codecs/gguf/byte-order.ts";
import { defineFormat } from "../format.ts";
import type { Match } from "../format.ts";
import { GGUF_RULES } from "./rules.ts";

function detect(head: Uint8Array): Match {
  const found = readGgufVersion(head);
  if (found === undefined) {
    return "none";
  }
  return found.version <= NEWEST_GGUF ? "certain" : "likely";
}

export const gguf = defineFormat({
  id: "gguf",
  title: "GGUF model",
  revision: 1,
  specification: [
    { title: "GGUF", url: "https://github.com/ggml-org/ggml/blob/master/docs/gguf.md" },
  ],
  extensions: [".gguf"],
  detect,
  parse: async (source, context) => (await import("./parse.ts")).parseGguf(source, context),
  rules: GGUF_RULES,
});
