/** `weighbridge attest verify`: what it takes. */

import { CLAIMS_OPTIONS } from "../attest/claims-options.ts";
import { TRUST_OPTIONS } from "../attest/read-trust.ts";
import type { Command } from "../command.ts";
import { MODEL_OPTIONS } from "../provenance/model-options.ts";

export const attestVerifyCommand: Command = {
  name: "attest verify",
  usage: "<model> --key <file> | --certificate-chain <file> [options]",
  about: [
    "Verifies the claims about a model: who signed each of them, and whether it is about these very",
    "bytes. Fails where no claim counts, or a signature by somebody whom you trust does not hold.",
  ],
  options: [
    ...TRUST_OPTIONS,
    {
      name: "type",
      value: "TYPE",
      repeatable: true,
      help: "a claim that has to be there, such as scan or a URI; repeatable",
    },
    ...CLAIMS_OPTIONS,
    { name: "format", short: "f", value: "NAME", help: "terminal (default) or json" },
    ...MODEL_OPTIONS,
    { name: "verbose", short: "v", help: "every claim, and every note" },
  ],
  examples: [
    {
      command: "weighbridge attest verify models/bert --key publisher.pub --type scan",
      help: "there has to be the claim of a scan",
    },
  ],
  async run(given, terminal) {
    const { runAttestVerify } = await import("../attest/run-attest-verify.ts");
    return await runAttestVerify(given, terminal, attestVerifyCommand);
  },
};
