/** `weighbridge dataset`: manifests of datasets, and what they take. */

import type { Command, CommandGroup } from "../command.ts";
import { MODEL_OPTIONS } from "../provenance/model-options.ts";

const manifestCommand: Command = {
  name: "dataset manifest",
  usage: "<folder> [options]",
  about: [
    "Lists every file of a dataset with its digest and size, and the root that a training names.",
    "The manifest is JSON; weighbridge attest dataset signs it.",
  ],
  options: [
    { name: "license", value: "TEXT", help: "the license of the whole, as an SPDX expression" },
    { name: "name", value: "TEXT", help: "what it is called (default: the folder's name)" },
    { name: "description", value: "TEXT", help: "what it is" },
    { name: "created-on", value: "TIME", help: "when it was frozen, in UTC" },
    { name: "output", short: "o", value: "FILE", help: "write the manifest to FILE" },
    ...MODEL_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge dataset manifest data --license CC-BY-4.0 --output data.json",
      help: "a manifest beside the data",
    },
  ],
  async run(given, terminal) {
    const { runDatasetManifest } = await import("../dataset/run-dataset-manifest.ts");
    return await runDatasetManifest(given, terminal, manifestCommand);
  },
};

const verifyCommand: Command = {
  name: "dataset verify",
  usage: "<folder> --manifest <file> [options]",
  about: ["Holds a dataset against its manifest: files that changed, are missing, or are new."],
  options: [
    { name: "manifest", value: "FILE", help: "from weighbridge dataset manifest" },
    { name: "format", short: "f", value: "NAME", help: "terminal (default) or json" },
    ...MODEL_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge dataset verify data --manifest data.json",
      help: "1 is the exit code where anything differs",
    },
  ],
  async run(given, terminal) {
    const { runDatasetVerify } = await import("../dataset/run-dataset-verify.ts");
    return await runDatasetVerify(given, terminal, verifyCommand);
  },
};

export const datasetGroup: CommandGroup = {
  name: "dataset",
  about: ["Freezes a dataset: a manifest with the digest of every file, which a training names."],
  commands: {
    manifest: {
      summary: "list every file with its digest",
      load: () => Promise.resolve(manifestCommand),
    },
    verify: {
      summary: "hold a dataset against its manifest",
      load: () => Promise.resolve(verifyCommand),
    },
  },
  examples: [],
};
