/** `weighbridge attest show`: what it takes. */

import { CLAIMS_OPTIONS } from "../attest/claims-options.ts";
import type { Command } from "../command.ts";

export const attestShowCommand: Command = {
  name: "attest show",
  usage: "<file or model> [options]",
  about: [
    "Shows claims without judging them: a bundle, a claims.jsonl, or those of a model. Nothing in",
    "them is verified; weighbridge attest verify does that.",
  ],
  options: [
    { name: "format", short: "f", value: "NAME", help: "terminal (default) or json" },
    ...CLAIMS_OPTIONS,
  ],
  examples: [
    { command: "weighbridge attest show models/bert", help: "the claims of a model, in short" },
    {
      command: "weighbridge attest show models/bert/claims.jsonl --format json",
      help: "the statements as they were signed",
    },
  ],
  async run(given, terminal) {
    const { runAttestShow } = await import("../attest/run-attest-show.ts");
    return await runAttestShow(given, terminal, attestShowCommand);
  },
};
