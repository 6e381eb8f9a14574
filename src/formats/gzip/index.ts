/** gzip (RFC 1952), with any number of members. */

import { isGzip } from "../../codecs/deflate/gzip-header.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
import { defineFormat } from "../format.ts";

const RESERVED_FLAGS = 0xe0;

export const gzip = defineFormat({
  id: "gzip",
  title: "gzip",
  revision: 1,
  specification: [
    {
      title: "RFC 1952: GZIP file format specification version 4.3",
      url: "https://www.rfc-editor.org/rfc/rfc1952",
    },
    {
      title: "RFC 1951: DEFLATE Compressed Data Format Specification version 1.3",
      url: "https://www.rfc-editor.org/rfc/rfc1951",
    },
  ],
  extensions: [".gz", ".tgz"],
  detect(head) {
    if (!isGzip(head)) {
      return "none";
    }
    // Python's reader does not look at the reserved flags.
    return ((head[3] ?? 0) & RESERVED_FLAGS) === 0 ? "certain" : "likely";
  },
  parse: compressedParser(async () => ({
    title: "gzip",
    decode: (await import("../../codecs/deflate/gunzip.ts")).gunzip,
  })),
  rules: compressedRules,
});
