/** `weighbridge log consistency`. */

import { quote } from "../../kernel/text.ts";
import { parseCheckpoint } from "../../provenance/log/checkpoint.ts";
import { checkKept } from "../../provenance/log/kept-checkpoint.ts";
import { judgeCheckpoint } from "../../provenance/log/policy.ts";
import { TreeReader } from "../../provenance/log/tree-reader.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { readInput } from "./files.ts";
import { countOf } from "./entry-line.ts";
import { TRUST_OPTIONS } from "./options.ts";
import { newestCheckpoint, openPlace, policyFor, positionals } from "./place.ts";

export const consistencyCommand: Command = {
  name: "log consistency",
  usage: "DIR|URL CHECKPOINT [options]",
  about: [
    "Says whether the log still begins with everything that it had when the checkpoint in the file",
    "CHECKPOINT was kept. Ends with 1 where it was rolled back or rewritten.",
  ],
  options: [...TRUST_OPTIONS],
  examples: [
    {
      command: "weighbridge log consistency https://example.org/model-log kept --key log.pub",
      help: "kept: what log checkpoint printed, or a copy of URL/checkpoint",
    },
  ],
  async run(given, { out }) {
    const names = ["DIR|URL", "CHECKPOINT"];
    const [place = "", file = ""] = positionals(given, "log consistency", names);
    const { source, close } = await openPlace(place);
    try {
      const policy = await policyFor(given, source);
      const kept = parseCheckpoint(readInput(file), quote(file));
      judgeCheckpoint(kept, policy);
      const { checkpoint } = await newestCheckpoint(source, policy);
      await checkKept(kept, checkpoint, new TreeReader(source, checkpoint.size));
      out.write(
        `consistent: ${countOf(kept.size)} then, ${checkpoint.size} now, nothing was taken back\n`,
      );
      return OK;
    } finally {
      await close();
    }
  },
};
