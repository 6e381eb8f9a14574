/** .lzma files, which are older than .xz and have no magic. joblib writes them for `compress="lzma"`. */

import { isLzmaHeader } from "../../codecs/xz/lzma-header.ts";
import { lazy } from "../../kernel/lazy.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
import { defineFormat } from "../format.ts";
import type { Match } from "../format.ts";

const look = lazy(() => import("../../codecs/xz/is-lzma.ts"));

/** There is no magic, so the beginning is decoded. */
async function decoded(head: Uint8Array): Promise<Match> {
  return (await look()).isLzma(head) ? "likely" : "none";
}

export const lzma = defineFormat({
  id: "lzma",
  title: "LZMA stream",
  revision: 1,
  specification: [
    { title: "LZMA Specification (draft, 2015)", url: "https://www.7-zip.org/sdk.html" },
  ],
  extensions: [".lzma"],
  detect: (head) => (isLzmaHeader(head) ? decoded(head) : "none"),
  parse: compressedParser(async () => ({
    title: "LZMA",
    decode: (await import("../../codecs/xz/unxz.ts")).unxz,
  })),
  rules: compressedRules,
});
