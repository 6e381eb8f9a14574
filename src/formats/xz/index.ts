/** The .xz file format: LZMA2 in blocks with checks and an index, any number of streams. */

import { isXz } from "../../codecs/xz/xz-headers.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
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
  parse: compressedParser(async () => ({
    title: "xz",
    decode: (await import("../../codecs/xz/unxz.ts")).unxz,
  })),
  rules: compressedRules,
});
