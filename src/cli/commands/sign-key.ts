/** `weighbridge sign key`: what it takes. */

import type { Command } from "../command.ts";
import { SIGN_OPTIONS } from "../provenance/sign-options.ts";

export const signKeyCommand: Command = {
  name: "sign key",
  usage: "<model> --private-key <file> [options]",
  about: [
    "Signs a model with a private key. Whoever has the public key can verify it, with this or any",
    "other program for OpenSSF Model Signing. weighbridge keygen makes a pair of keys.",
  ],
  options: SIGN_OPTIONS,
  examples: [
    {
      command:
        "weighbridge sign key models/bert --private-key me.key --signature models/bert/model.sig",
      help: "the signature lies in the model, and is left out of what is signed",
    },
  ],
  async run(given, terminal) {
    const { runSign } = await import("../provenance/run-sign.ts");
    return await runSign(given, terminal, { spec: signKeyCommand, certificate: false });
  },
};
