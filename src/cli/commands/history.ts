/** `weighbridge history`: what a log says of one model. */

import type { Command } from "../command.ts";
import { JSON_OPTION, TRUST_OPTIONS } from "../log/options.ts";
import { MODEL_OPTIONS } from "../provenance/model-options.ts";

export const historyCommand: Command = {
  name: "history",
  usage: "MODEL|NAME --log DIR|URL [options]",
  about: [
    "Walks a model's entries in a log, the newest first, each shown to be in the tree that the log",
    "signed. NAME is the subject's name. Of a MODEL on this machine its digests count as well: SHA-256 of",
    "a file, and those that weighbridge digest prints.",
    "Ends with 1 where the log has nothing about it.",
  ],
  options: [
    { name: "log", value: "DIR|URL", help: "the log" },
    ...TRUST_OPTIONS,
    ...MODEL_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    { command: "weighbridge history acme/m-8b --log /srv/model-log", help: "by its name" },
  ],
  async run(given, terminal) {
    const { runHistory } = await import("../log/run-history.ts");
    return await runHistory(given, terminal, historyCommand);
  },
};
