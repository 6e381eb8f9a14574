/** `weighbridge verify key`: what it takes. */

import type { Command } from "../command.ts";
import { LOG_OPTION } from "../log/log-option.ts";
import { KEY_OPTION, VERIFY_OPTIONS } from "../provenance/verify-options.ts";

export const verifyKeyCommand: Command = {
  name: "verify key",
  usage: "<model> --public-key <file> [options]",
  about: ["Verifies a model that was signed with a key, by the public key of the publisher."],
  options: [KEY_OPTION, ...VERIFY_OPTIONS, LOG_OPTION],
  examples: [
    {
      command:
        "weighbridge verify key models/bert --signature model.sig --public-key publisher.pub",
      help: "a signature beside the model",
    },
  ],
  async run(given, terminal) {
    const { runVerify } = await import("../provenance/run-verify.ts");
    return await runVerify(given, terminal, { spec: verifyKeyCommand, method: "key" });
  },
};
