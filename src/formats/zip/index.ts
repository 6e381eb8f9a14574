/**
 * Zip files that are nothing more special: wheels, downloads, renamed checkpoints (PKWARE APPNOTE
 * 6.3.10). Encrypted members and split archives are reported and not read.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { peekZip } from "../zip-detect.ts";

export const zip = defineFormat({
  id: "zip",
  title: "Zip archive",
  revision: 1,
  specification: [
    {
      title: "PKWARE .ZIP File Format Specification 6.3.10",
      url: "https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT",
    },
  ],
  extensions: [".zip", ".whl", ".egg", ".jar"],
  detect(head, tail, hint) {
    return peekZip(head, tail, hint.size).match;
  },
  parse: async (source, context) =>
    await (await import("../zip-archive.ts")).parseZipArchive(source, context),
  rules: archiveRules,
});
