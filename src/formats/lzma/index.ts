/** .lzma files, which are older than .xz and have no magic. joblib writes them for `compress="lzma"`. */

import { isLzma } from "../../codecs/xz/lzma-header.ts";
import { unxz } from "../../codecs/xz/unxz.ts";
import { compressedRules } from "../compressed-rules.ts";
import { parseCompressed } from "../compressed.ts";
import { defineFormat } from "../format.ts";

export const lzma = defineFormat({
  id: "lzma",
  title: "LZMA stream",
  revision: 1,
  specification: [
    { title: "LZMA Specification (draft, 2015)", url: "https://www.7-zip.org/sdk.html" },
  ],
  extensions: [".lzma"],
  detect: (head) => (isLzma(head) ? "likely" : "none"),
  parse: (source, context) => parseCompressed(source, context, { title: "LZMA", decode: unxz }),
  rules: compressedRules,
});
