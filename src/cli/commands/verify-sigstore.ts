/** `weighbridge verify sigstore`: what it takes. */

import type { Command } from "../command.ts";
import { LOG_OPTION } from "../log/log-option.ts";
import { IDENTITY_OPTIONS, VERIFY_OPTIONS } from "../provenance/verify-options.ts";

export const verifySigstoreCommand: Command = {
  name: "verify sigstore",
  usage: "<model> --identity <name> --identity-provider <url> [options]",
  about: [
    "Verifies a model that somebody signed by logging in, without a key of their own: who that was,",
    "by whose word, and that the signature was published in a log. Nothing is asked over the network.",
  ],
  options: [...IDENTITY_OPTIONS, ...VERIFY_OPTIONS, LOG_OPTION],
  examples: [
    {
      command:
        "weighbridge verify sigstore models/bert --identity release@example.org --identity-provider https://accounts.google.com",
      help: "a person, by the address they logged in with",
    },
  ],
  async run(given, terminal) {
    const { runVerify } = await import("../provenance/run-verify.ts");
    return await runVerify(given, terminal, { spec: verifySigstoreCommand, method: "sigstore" });
  },
};
