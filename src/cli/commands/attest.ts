/** `weighbridge attest`: a command for each kind of claim, and those that read claims. */

import { BUILD_KINDS } from "../../provenance/attestations/namespace.ts";
import { PREDICATES } from "../../provenance/attestations/predicates.ts";
import type { CommandEntry, CommandGroup } from "../command.ts";

const BUILD_SUMMARIES = {
  training: "a model was trained: from which data, by which code, how",
  finetune: "a model was tuned, or an adapter made, from a base model",
  merge: "a model was merged from several",
  quantize: "a model was quantized from another",
  convert: "a model was converted from another format",
  package: "a model was packed as it is",
} as const;

const builds: [string, CommandEntry][] = BUILD_KINDS.map((kind) => [
  kind,
  {
    summary: BUILD_SUMMARIES[kind],
    load: async () => (await import("./attest-build.ts")).attestBuildCommand(kind),
  },
]);

const FROM_FILE = ["vsa", "scai", "test-result", "vulns", "cyclonedx", "spdx"];

const documents: [string, CommandEntry][] = PREDICATES.filter(({ name }) =>
  FROM_FILE.includes(name),
).map((predicate) => [
  predicate.name,
  {
    summary: predicate.title,
    load: async () => (await import("./attest-document.ts")).attestDocumentCommand(predicate),
  },
]);

export const attestGroup: CommandGroup = {
  name: "attest",
  about: [
    "Makes signed claims about a model: how it was made and from what, what a scan found, where it",
    "is in use. Claims are in-toto statements; they are added to claims.jsonl in the model.",
  ],
  commands: {
    verify: {
      summary: "verify the claims about a model by those whom you trust",
      load: async () => (await import("./attest-verify.ts")).attestVerifyCommand,
    },
    show: {
      summary: "show claims without judging them",
      load: async () => (await import("./attest-show.ts")).attestShowCommand,
    },
    ...Object.fromEntries(builds),
    dataset: {
      summary: "what is in a dataset: its manifest",
      load: async () => (await import("./attest-records.ts")).attestDatasetCommand,
    },
    scan: {
      summary: "what a scan of it found, from the report",
      load: async () => (await import("./attest-records.ts")).attestScanCommand,
    },
    deployment: {
      summary: "where it is in use",
      load: async () => (await import("./attest-records.ts")).attestDeploymentCommand,
    },
    ...Object.fromEntries(documents),
    claim: {
      summary: "anything else, of a type that you name",
      load: async () => (await import("./attest-records.ts")).attestClaimCommand,
    },
    template: {
      summary: "print what a claim of a type has to say, to be filled in",
      load: async () => (await import("./attest-template.ts")).attestTemplateCommand,
    },
  },
  examples: [
    {
      command: "weighbridge attest training models/bert --dataset data.json --private-key me.key",
      help: "how it was trained",
    },
    {
      command: "weighbridge attest verify models/bert --key publisher.pub",
      help: "what is claimed of it, by whom you trust",
    },
  ],
};
