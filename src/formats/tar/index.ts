/**
 * Tar files that are nothing more special: ustar, pax, GNU and V7 (IEEE 1003.1). Sparse members are
 * reported and not put together.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { peekTar } from "../tar-detect.ts";

export const tar = defineFormat({
  id: "tar",
  title: "Tar archive",
  revision: 1,
  specification: [
    {
      title: "IEEE Std 1003.1, pax: portable archive interchange",
      url: "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html",
    },
    {
      title: "GNU tar: Basic Tar Format",
      url: "https://www.gnu.org/software/tar/manual/html_node/Standard.html",
    },
  ],
  extensions: [".tar"],
  detect(head) {
    return peekTar(head).match;
  },
  parse: async (source, context) =>
    await (await import("../tar-archive.ts")).parseTarArchive(source, context),
  rules: archiveRules,
});
