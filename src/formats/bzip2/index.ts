/** bzip2, with any number of streams. */

import { isBzip2 } from "../../codecs/bzip2/is-bzip2.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
import { defineFormat } from "../format.ts";

export const bzip2 = defineFormat({
  id: "bzip2",
  title: "bzip2",
  revision: 1,
  specification: [
    { title: "bzip2 and libbzip2, version 1.0.8", url: "https://sourceware.org/bzip2/" },
  ],
  extensions: [".bz2", ".tbz2"],
  detect: (head) => (isBzip2(head) ? "certain" : "none"),
  parse: compressedParser(async () => ({
    title: "bzip2",
    decode: (await import("../../codecs/bzip2/unbzip2.ts")).unbzip2,
  })),
  rules: compressedRules,
});
