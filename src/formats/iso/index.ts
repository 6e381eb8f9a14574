/** Disk images of ISO 9660 with Joliet and Rock Ridge. UDF and boot images are not read. */

import { isIso } from "../../codecs/iso/iso-image.ts";
import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";

export const iso = defineFormat({
  id: "iso",
  title: "ISO 9660 disk image",
  revision: 1,
  specification: [
    {
      title: "ECMA-119, volume and file structure of CD-ROM",
      url: "https://ecma-international.org/publications-and-standards/standards/ecma-119/",
    },
  ],
  extensions: [".iso"],
  detect: (head) => (isIso(head) ? "certain" : "none"),
  parse: async (source, context) => await (await import("./parse.ts")).parseIso(source, context),
  rules: archiveRules,
});
