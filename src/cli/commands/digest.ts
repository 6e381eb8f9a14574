/** `weighbridge digest`: what it takes. */

import type { Command } from "../command.ts";
import { CACHE_OPTIONS } from "../provenance/cache-options.ts";
import { MODEL_OPTIONS } from "../provenance/model-options.ts";

export const digestCommand: Command = {
  name: "digest",
  usage: "<model> [options]",
  about: [
    "Prints the digest of a model as OpenSSF Model Signing defines it: SHA-256 over the digests",
    "of its files, in the order of their names. It does not depend on what files are called;",
    "--format json gives dirHash1 as well, which does, and the digest of every file.",
  ],
  options: [
    { name: "format", short: "f", value: "NAME", help: "terminal (default) or json" },
    ...MODEL_OPTIONS,
    ...CACHE_OPTIONS,
  ],
  examples: [
    { command: "weighbridge digest models/bert", help: "a folder" },
    { command: "weighbridge digest model.safetensors --format json", help: "one file, in detail" },
  ],
  async run(given, terminal) {
    const { runDigest } = await import("../provenance/run-digest.ts");
    return await runDigest(given, terminal, digestCommand);
  },
};
