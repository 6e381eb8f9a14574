/** `weighbridge attest vsa` and its kin, whose predicate is a document that something else wrote: what they take. */

import type { PredicateType } from "../../provenance/attestations/predicates.ts";
import { ATTEST_OPTIONS, PREDICATE_OPTION } from "../attest/attest-options.ts";
import type { Command } from "../command.ts";

export function attestDocumentCommand({ name, uri, title }: PredicateType): Command {
  const command: Command = {
    name: `attest ${name}`,
    usage: "<model> --predicate <file> --private-key <file> [options]",
    about: [`Claims ${title}, from a file. The type of the claim is`, `${uri}.`],
    options: [PREDICATE_OPTION, ...ATTEST_OPTIONS],
    examples: [
      {
        command: `weighbridge attest ${name} models/bert --predicate ${name}.json --private-key me.key`,
        help: "the claim is added to claims.jsonl",
      },
    ],
    async run(given, terminal) {
      const { runAttest } = await import("../attest/run-attest.ts");
      const { predicateFile } = await import("../attest/predicate-file.ts");
      const predicate = predicateFile(given, command);
      return await runAttest(given, terminal, {
        spec: command,
        name,
        make: () => Promise.resolve({ type: uri, predicate }),
      });
    },
  };
  return command;
}
