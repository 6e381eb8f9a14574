/** `weighbridge attest training` and its kin: what they take. */

import type { BuildKind } from "../../provenance/attestations/namespace.ts";
import { PROVENANCE_TYPE } from "../../provenance/attestations/namespace.ts";
import { ATTEST_OPTIONS, BUILD_OPTIONS, PREDICATE_OPTION } from "../attest/attest-options.ts";
import type { Command } from "../command.ts";

const EXAMPLES: Readonly<Record<BuildKind, string>> = {
  training: "out/model --dataset data.json --code .",
  finetune: "out/tuned --base models/bert --dataset data.json",
  merge: "out/merged --base models/one --base models/two",
  quantize: "out/model.gguf --base models/bert",
  convert: "out/model.safetensors --base models/bert",
  package: "out/packed --base models/bert",
};

export function attestBuildCommand(kind: BuildKind): Command {
  const command: Command = {
    name: `attest ${kind}`,
    usage: "<model> --private-key <file> [options]",
    about: [
      "Claims how a model was made, as SLSA provenance: inputs by their digests, parameters, the",
      "command, the commit of the code. --predicate takes a provenance that something else wrote.",
    ],
    options: [...BUILD_OPTIONS, PREDICATE_OPTION, ...ATTEST_OPTIONS],
    examples: [
      {
        command: `weighbridge attest ${kind} ${EXAMPLES[kind]} --private-key me.key`,
        help: "the claim is added to claims.jsonl",
      },
    ],
    async run(given, terminal) {
      const { runAttest } = await import("../attest/run-attest.ts");
      return await runAttest(given, terminal, {
        spec: command,
        name: kind,
        make: async (input) => {
          if (given.has("predicate")) {
            const { predicateFile } = await import("../attest/predicate-file.ts");
            return { type: PROVENANCE_TYPE, predicate: predicateFile(given, command) };
          }
          const { buildClaim } = await import("../attest/build-claim.ts");
          return await buildClaim(kind, input);
        },
      });
    },
  };
  return command;
}
