/** `weighbridge sign sigstore`: what it takes. */

import type { Command } from "../command.ts";
import { SIGN_KEYLESS_OPTIONS } from "../provenance/sign-options.ts";

export const signSigstoreCommand: Command = {
  name: "sign sigstore",
  usage: "<model> [options]",
  about: [
    "Signs a model in the name of whoever is logged in: a workflow of GitHub or GitLab, the holder",
    "of an identity token, or you by a browser. The key lives for this signature alone. The name and",
    "the digest of what was signed are published in a log, for good.",
  ],
  options: SIGN_KEYLESS_OPTIONS,
  examples: [
    {
      command: "weighbridge sign sigstore models/bert --signature models/bert/model.sig",
      help: "in a workflow that may ask for its identity (id-token: write)",
    },
    {
      command: "get-token | weighbridge sign sigstore models/bert --identity-token-file -",
      help: "with a token from elsewhere",
    },
  ],
  async run(given, terminal) {
    const { runSignSigstore } = await import("../provenance/run-sign-sigstore.ts");
    return await runSignSigstore(given, terminal, signSigstoreCommand);
  },
};
