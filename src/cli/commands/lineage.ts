/** `weighbridge lineage`: its commands, and what they take. */

import { CLAIMS_OPTIONS } from "../attest/claims-options.ts";
import { TRUST_OPTIONS } from "../attest/read-trust.ts";
import type { Command, CommandGroup } from "../command.ts";
import { MODEL_OPTIONS } from "../provenance/model-options.ts";

const verifyCommand: Command = {
  name: "lineage verify",
  usage: "<model> --key <file> | --certificate-chain <file> [options]",
  about: [
    "Walks back from a model to what it was made from, and fails where the walk does: steps that",
    "nobody claims, that nobody whom you trust has signed, or that cannot be true.",
  ],
  options: [
    ...TRUST_OPTIONS,
    ...CLAIMS_OPTIONS,
    {
      name: "with",
      value: "PATH",
      repeatable: true,
      help: "a dataset or a base that has to be one that was used; repeatable",
    },
    { name: "format", short: "f", value: "NAME", help: "tree (default), json or mermaid" },
    ...MODEL_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge lineage verify models/bert --key publisher.pub --claims evidence/",
      help: "with the claims of its base model in a folder",
    },
  ],
  async run(given, terminal) {
    const { runLineage } = await import("../lineage/run-lineage.ts");
    return await runLineage(given, terminal, { spec: verifyCommand, fails: true });
  },
};

const graphCommand: Command = {
  name: "lineage graph",
  usage: "<model> [options]",
  about: [
    "Draws what a model was made from, as a tree, as JSON or for Mermaid. Steps by somebody whom you",
    "did not name are marked, and nothing fails for them.",
  ],
  options: verifyCommand.options,
  examples: [
    {
      command: "weighbridge lineage graph models/bert --key publisher.pub --format mermaid",
      help: "for a page in Markdown",
    },
  ],
  async run(given, terminal) {
    const { runLineage } = await import("../lineage/run-lineage.ts");
    return await runLineage(given, terminal, { spec: graphCommand, fails: false });
  },
};

export const lineageGroup: CommandGroup = {
  name: "lineage",
  about: [
    "Says what a model was made from, step by step: datasets, base models, tuning, quantizing. The",
    "steps are claims beside the model, in files that you name, or in the evidence of a log.",
  ],
  commands: {
    verify: {
      summary: "fail where a step is missing, untrusted or cannot be true",
      load: () => Promise.resolve(verifyCommand),
    },
    graph: {
      summary: "draw it: a tree, JSON or Mermaid",
      load: () => Promise.resolve(graphCommand),
    },
  },
  examples: [],
};
