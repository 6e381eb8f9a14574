/** `weighbridge sign`: the ways of signing a model. */

import type { CommandGroup } from "../command.ts";

export const signGroup: CommandGroup = {
  name: "sign",
  about: [
    "Signs a model: every file's digest goes into a list, and the list is signed, as OpenSSF Model",
    "Signing 1.0 defines it. The command lines of the model_signing tool work unchanged.",
  ],
  commands: {
    key: {
      summary: "with a private key; verifiers need the public key",
      load: async () => (await import("./sign-key.ts")).signKeyCommand,
    },
    certificate: {
      summary: "with a certificate; verifiers need the root it leads to",
      load: async () => (await import("./sign-certificate.ts")).signCertificateCommand,
    },
    sigstore: {
      summary: "by logging in; verifiers need your name, and nobody keeps a key",
      load: async () => (await import("./sign-sigstore.ts")).signSigstoreCommand,
    },
  },
  examples: [],
};
