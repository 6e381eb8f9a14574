/** The .xz file format: LZMA2 in blocks with checks and an index, any number of streams. */

import { unxz } from "../../codecs/xz/unxz.ts";
import { isXz } from "../../codecs/xz/xz-headers.ts";
import { compressedRules } from "../compressed-rules.ts";
import { parseCompressed } from "../compressed.ts";
import { defineFormat } from "../format.ts";

export const xz = defineFormat({
  id: "xz",
  title: "xz",
  revision: 1,
  specification: [
    {
      title: "The .xz File Format, version 1.2.1",
      url: "https://tukaani.org/xz/xz-file-format.txt",
    },
  ],
  extensions: [".xz", ".txz"],
  detect: (head) => (isXz(head) ? "certain" : "none"),
  parse: (source, context) => parseCompressed(source, context, { title: "xz", decode: unxz }),
  rules: compressedRules,
});
