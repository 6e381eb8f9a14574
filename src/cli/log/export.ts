/** `weighbridge log export`. */

import { quote } from "../../kernel/text.ts";
import { exportLog } from "../../provenance/log/export-log.ts";
import { tileFolder } from "../../store/tile-folder/tile-folder.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { countOf } from "./entry-line.ts";
import { TRUST_OPTIONS } from "./options.ts";
import { newestCheckpoint, openPlace, policyFor, positionals } from "./place.ts";

export const exportCommand: Command = {
  name: "log export",
  usage: "DIR|URL TARGET [options]",
  about: [
    "Copies the published files of a log to the folder TARGET: to serve them elsewhere, or as a copy of",
    "one's own. Everything is derived again on the way. An older export of the same log is brought up to",
    "date, and where the log does not begin with it, nothing is written. Keys are not copied.",
  ],
  options: [
    ...TRUST_OPTIONS,
    { name: "evidence", help: "with the documents that lie beside the log in DIR" },
  ],
  examples: [
    { command: "weighbridge log export /srv/model-log /mnt/backup/model-log", help: "again daily" },
  ],
  async run(given, { out }) {
    const [place = "", target = ""] = positionals(given, "log export", ["DIR|URL", "TARGET"]);
    const { source, close } = await openPlace(place);
    try {
      const policy = await policyFor(given, source);
      const { checkpoint } = await newestCheckpoint(source, policy);
      const storage = tileFolder(target, { create: true });
      const files = await exportLog(source, storage, {
        checkpoint,
        policy,
        evidence: given.has("evidence"),
      });
      out.write(`${countOf(checkpoint.size)} in ${quote(target)}, ${files} files written\n`);
      return OK;
    } finally {
      await close();
    }
  },
};
