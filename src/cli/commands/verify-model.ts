/** `weighbridge verify MODEL`: the way of signing is the bundle's, whom to trust is the caller's. */

import type { Command } from "../command.ts";
import {
  CHAIN_OPTION,
  EKU_OPTION,
  IDENTITY_OPTIONS,
  KEY_OPTION,
  VERIFY_OPTIONS,
} from "../provenance/verify-options.ts";
import { CLAIMS_OPTIONS, POLICY_OPTIONS, RECORD_OPTIONS } from "../trust/options.ts";

export const verifyModelCommand: Command = {
  name: "verify",
  usage: "<model> --key <file> | --certificate-chain <file> | --identity <name>",
  about: [
    "Verifies that a model is what somebody signed whom you trust. How it was signed is read from",
    "the signature; keys and roots are yours to give, and never taken from it. Without any, a trust",
    "policy decides: weighbridge.trust.yaml here, or your own (weighbridge trust --help).",
  ],
  options: [
    { name: "key", short: "k", value: "FILE", help: KEY_OPTION.help },
    KEY_OPTION,
    CHAIN_OPTION,
    EKU_OPTION,
    ...IDENTITY_OPTIONS,
    ...POLICY_OPTIONS,
    ...CLAIMS_OPTIONS,
    ...RECORD_OPTIONS,
    ...VERIFY_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge verify models/bert --key publisher.pub",
      help: "the signature is models/bert/model.sig",
    },
    { command: "weighbridge verify models/bert", help: "by your trust policy" },
  ],
  async run(given, terminal) {
    const { asksPolicy } = await import("../trust/asks-policy.ts");
    if (asksPolicy(given)) {
      const { runDecision } = await import("../trust/run-decision.ts");
      return await runDecision(given, terminal, { spec: verifyModelCommand, counts: true });
    }
    const { runVerify } = await import("../provenance/run-verify.ts");
    return await runVerify(given, terminal, { spec: verifyModelCommand, method: undefined });
  },
};
