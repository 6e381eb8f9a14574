/** `weighbridge verify certificate`: what it takes. */

import type { Command } from "../command.ts";
import { LOG_OPTION } from "../log/log-option.ts";
import { CHAIN_OPTION, EKU_OPTION, VERIFY_OPTIONS } from "../provenance/verify-options.ts";

export const verifyCertificateCommand: Command = {
  name: "verify certificate",
  usage: "<model> --certificate-chain <file> [options]",
  about: [
    "Verifies a model that was signed with a certificate, by the root that the certificate has to",
    "lead to. The roots of the web and of this machine are never taken for that.",
  ],
  options: [
    CHAIN_OPTION,
    EKU_OPTION,
    ...VERIFY_OPTIONS,
    LOG_OPTION,
    {
      name: "log-fingerprints",
      help: "print the fingerprints of the certificates that were given",
    },
  ],
  examples: [
    {
      command: "weighbridge verify certificate models/bert --certificate-chain root.pem",
      help: "a signature in the model",
    },
  ],
  async run(given, terminal) {
    const { runVerify } = await import("../provenance/run-verify.ts");
    return await runVerify(given, terminal, {
      spec: verifyCertificateCommand,
      method: "certificate",
    });
  },
};
