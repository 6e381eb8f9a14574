/** `weighbridge trust`: the policy that says who may publish which model. */

import type { CommandGroup } from "../command.ts";

export const trustGroup: CommandGroup = {
  name: "trust",
  about: [
    "One YAML file says who may publish which model and what has to come with it: signatures, claims,",
    "logs, lineage. `weighbridge verify MODEL` asks it. See docs/trust.md.",
  ],
  commands: {
    init: {
      summary: "write a policy with comments, to begin with",
      load: async () => (await import("../trust/init.ts")).initCommand,
    },
    lint: {
      summary: "say what is wrong or odd in a policy",
      load: async () => (await import("../trust/lint.ts")).lintCommand,
    },
    explain: {
      summary: "say which line decides about a model, and what would change it",
      load: async () => (await import("../trust/explain.ts")).explainCommand,
    },
    sign: {
      summary: "sign a policy, so that nobody else can change it",
      load: async () => (await import("../trust/sign.ts")).signCommand,
    },
    pin: {
      summary: "accept that a model has another signer than before",
      load: async () => (await import("../trust/pin.ts")).pinCommand,
    },
  },
  examples: [
    { command: "weighbridge trust init", help: "writes weighbridge.trust.yaml" },
    { command: "weighbridge trust lint weighbridge.trust.yaml", help: "before it is used" },
    { command: "weighbridge trust explain models/bert", help: "why it is allowed, or not" },
  ],
};
