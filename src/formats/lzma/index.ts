/** .lzma files, which are older than .xz and have no magic. joblib writes them for `compress="lzma"`. */

import { isLzma } from "../../codecs/xz/lzma-header.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
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
  parse: compressedParser(async () => ({
    title: "LZMA",
    decode: (await import("../../codecs/xz/unxz.ts")).unxz,
  })),
  rules: compressedRules,
});
