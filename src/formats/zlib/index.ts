/** zlib streams (RFC 1950): what joblib writes for `compress=True`. */

import { isZlibHeader } from "../../codecs/deflate/zlib-header.ts";
import { lazy } from "../../kernel/lazy.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
import { defineFormat } from "../format.ts";
import type { Match } from "../format.ts";

const look = lazy(() => import("../../codecs/deflate/is-zlib.ts"));

/** Text has these two bytes as well, so the beginning is decoded. */
async function decoded(head: Uint8Array): Promise<Match> {
  return (await look()).isZlib(head);
}

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
  detect: (head) => (isZlibHeader(head) ? decoded(head) : "none"),
  parse: compressedParser(async () => ({
    title: "zlib",
    decode: (await import("../../codecs/deflate/unzlib.ts")).unzlib,
  })),
  rules: compressedRules,
});
