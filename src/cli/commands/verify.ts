/** `weighbridge verify`: the ways of verifying a model. */

import type { CommandGroup } from "../command.ts";

export const verifyGroup: CommandGroup = {
  name: "verify",
  about: [
    "Verifies a model against its signature: who signed it, and that every file is what was signed.",
    "The command lines of the model_signing tool work unchanged.",
    "",
    "Exit codes: 0 verified, 1 not verified, 2 not run.",
  ],
  commands: {
    key: {
      summary: "by the public key of the publisher",
      load: async () => (await import("./verify-key.ts")).verifyKeyCommand,
    },
    certificate: {
      summary: "by the root of the publisher's certificate",
      load: async () => (await import("./verify-certificate.ts")).verifyCertificateCommand,
    },
    sigstore: {
      summary: "by the name of whoever logged in to sign (keyless)",
      load: async () => (await import("./verify-sigstore.ts")).verifySigstoreCommand,
    },
  },
  fallback: async () => (await import("./verify-model.ts")).verifyModelCommand,
  examples: [],
};
