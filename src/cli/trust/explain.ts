/** `weighbridge trust explain`: what verifying would decide, without remembering anything. */

import type { Command } from "../command.ts";
import { MODEL_OPTIONS } from "../provenance/model-options.ts";
import { CLAIMS_OPTIONS, POLICY_OPTIONS } from "./options.ts";

export const explainCommand: Command = {
  name: "trust explain",
  usage: "<model> [--policy <file>] [options]",
  about: [
    "Says which line of the policy decides about a model, and what would change it. Nothing is",
    "remembered and nothing is logged. Exit codes: 0 allowed, 1 held or denied, 2 not run.",
  ],
  options: [
    ...POLICY_OPTIONS,
    {
      name: "signature",
      value: "FILE",
      repeatable: true,
      help: "a signature (default: every bundle *.sig at the top of the model); repeatable",
    },
    ...CLAIMS_OPTIONS,
    { name: "format", short: "f", value: "NAME", help: "terminal (default) or json" },
    ...MODEL_OPTIONS,
    {
      name: "ignore-unsigned-files",
      help: "let files pass that nobody signed; rules may forbid it",
    },
    { name: "hf-cache", help: "follow the links of a snapshot in a Hugging Face cache" },
    { name: "verbose", short: "v", help: "every reason" },
  ],
  examples: [
    {
      command: "weighbridge trust explain models/bert --as hf:acme/bert@main",
      help: "by what it is called on the hub",
    },
  ],
  async run(given, terminal) {
    const { runDecision } = await import("./run-decision.ts");
    return await runDecision(given, terminal, { spec: explainCommand, counts: false });
  },
};
