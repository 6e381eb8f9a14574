/** Cabinet archives (MS-CAB). The parts of one that is spread over several files are not put together. */

import { isCab } from "../../codecs/cab/signature.ts";
import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";

export const cab = defineFormat({
  id: "cab",
  title: "Cabinet archive",
  revision: 1,
  specification: [
    {
      title: "[MS-CAB]: Cabinet File Format",
      url: "https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-cab/",
    },
  ],
  extensions: [".cab"],
  detect: (head, _tail, { size }) => (isCab(head, size) ? "certain" : "none"),
  parse: async (source, context) => await (await import("./parse.ts")).parseCab(source, context),
  rules: archiveRules,
});
