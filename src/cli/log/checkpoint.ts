/** `weighbridge log checkpoint`. */

import { formatNote } from "../../provenance/log/note.ts";
import { withLog } from "../../provenance/log/open-log.ts";
import { tileFolder } from "../../store/tile-folder/tile-folder.ts";
import type { Command } from "../command.ts";
import { FAILED, OK } from "../exit-code.ts";
import { givenPolicy } from "./files.ts";
import { positionals } from "./place.ts";
import { guarded, SAFEGUARD_OPTIONS, witnessLines } from "./safeguards.ts";

export const checkpointCommand: Command = {
  name: "log checkpoint",
  usage: "DIR [options]",
  about: [
    "Holds what DIR publishes against what it signed last, and prints the checkpoint: a copy that you",
    "keep elsewhere shows later that nothing was taken back. With a policy, its witnesses cosign it.",
  ],
  options: [
    ...SAFEGUARD_OPTIONS,
    {
      name: "adopt",
      help: "believe what is published where private state is older, once all of it fits",
    },
  ],
  examples: [
    { command: "weighbridge log checkpoint DIR > kept", help: "see also log consistency" },
  ],
  async run(given, { out, err }) {
    const [folder = ""] = positionals(given, "log checkpoint", ["DIR"]);
    const safeguards = { policy: givenPolicy(given), kept: given.value("kept") };
    return await withLog(
      tileFolder(folder),
      async (log) => {
        const { cosigning } = await guarded(log, safeguards, () => Promise.resolve());
        out.write(formatNote(log.checkpoint.note));
        err.write(witnessLines(cosigning));
        return cosigning?.quorum === false ? FAILED : OK;
      },
      { adopt: given.has("adopt") },
    );
  },
};
