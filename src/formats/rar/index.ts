/**
 * RAR archives, versions 1.5 to 5. Encrypted members are reported and not read, the volumes of a split archive are
 * not put together, and of comments and recovery records only the headers are understood.
 */

import { hasBytes } from "../../bytes/read.ts";
import { RAR4_SIGNATURE, RAR5_SIGNATURE } from "../../codecs/rar/signatures.ts";
import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";

export const rar = defineFormat({
  id: "rar",
  title: "RAR archive",
  revision: 1,
  specification: [{ title: "RAR 5.0 archive format", url: "https://www.rarlab.com/technote.htm" }],
  extensions: [".rar"],
  detect(head) {
    return hasBytes(head, 0, RAR4_SIGNATURE) || hasBytes(head, 0, RAR5_SIGNATURE)
      ? "certain"
      : "none";
  },
  parse: async (source, context) => await (await import("./parse.ts")).parseRar(source, context),
  rules: archiveRules,
});
