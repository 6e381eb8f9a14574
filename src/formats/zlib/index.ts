/** zlib streams (RFC 1950): what joblib writes for `compress=True`. */

import { isZlib } from "../../codecs/deflate/is-zlib.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
import { defineFormat } from "../format.ts";

export const zlib = defineFormat({
  id: "zlib",
  title: "zlib stream",
  revision: 1,
  specification: [
    {
      title: "RFC 1950: ZLIB Compressed Data Format Specification version 3.3",
      url: "https://www.rfc-editor.org/rfc/rfc1950",
    },
  ],
  extensions: [".z", ".zlib"],
  detect: isZlib,
  parse: compressedParser(async () => ({
    title: "zlib",
    decode: (await import("../../codecs/deflate/unzlib.ts")).unzlib,
  })),
  rules: compressedRules,
});
