/** `weighbridge sign certificate`: what it takes. */

import type { Command } from "../command.ts";
import { SIGN_OPTIONS } from "../provenance/sign-options.ts";

export const signCertificateCommand: Command = {
  name: "sign certificate",
  usage: "<model> --private-key <file> --signing-certificate <file>",
  about: [
    "Signs a model with a key that a certificate is for. The certificate goes into the signature,",
    "with those of the authorities between it and the root; verifiers need the root alone.",
  ],
  options: [
    { name: "signing-certificate", value: "FILE", help: "the certificate of the key, as PEM" },
    {
      name: "certificate-chain",
      value: "FILE",
      repeatable: true,
      help: "certificates of the authorities above it, as PEM; repeatable",
    },
    ...SIGN_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge sign certificate m --private-key me.key --signing-certificate me.pem",
      help: "the signature goes to ./model.sig",
    },
  ],
  async run(given, terminal) {
    const { runSign } = await import("../provenance/run-sign.ts");
    return await runSign(given, terminal, { spec: signCertificateCommand, certificate: true });
  },
};
