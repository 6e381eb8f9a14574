/** The commands and groups of commands, in the order of the help. */

import type { CommandEntry } from "./command.ts";

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  scan: {
    summary: "say whether models can harm you when they are loaded, and why",
    load: async () => (await import("./commands/scan.ts")).scanCommand,
  },
  verify: {
    summary: "verify that a model is what somebody signed whom you trust",
    load: async () => (await import("./commands/verify.ts")).verifyGroup,
  },
  sign: {
    summary: "sign a model, so that others can verify it",
    load: async () => (await import("./commands/sign.ts")).signGroup,
  },
  digest: {
    summary: "print the digest of a model as signatures have it",
    load: async () => (await import("./commands/digest.ts")).digestCommand,
  },
  attest: {
    summary: "make and verify signed claims about a model: how it was made, what a scan found",
    load: async () => (await import("./commands/attest.ts")).attestGroup,
  },
  dataset: {
    summary: "list a dataset's files with their digests, and verify them",
    load: async () => (await import("./commands/dataset.ts")).datasetGroup,
  },
  lineage: {
    summary: "say what a model was made from, and who answers for each step",
    load: async () => (await import("./commands/lineage.ts")).lineageGroup,
  },
  keygen: {
    summary: "make a pair of keys to sign models with",
    load: async () => (await import("./commands/keygen.ts")).keygenCommand,
  },
  ca: {
    summary: "issue certificates to sign models with, for teams that have no authority",
    load: async () => (await import("./commands/ca.ts")).caGroup,
  },
  log: {
    summary: "keep a history of models that nobody can rewrite",
    load: async () => (await import("./commands/log.ts")).logCommands,
  },
  history: {
    summary: "say what a log has about a model",
    load: async () => (await import("./commands/history.ts")).historyCommand,
  },
  trust: {
    summary: "say who may publish which model, and why one is allowed or not",
    load: async () => (await import("./commands/trust.ts")).trustGroup,
  },
  explain: {
    summary: "explain a rule: what it means, how it is exploited, what to do",
    load: async () => (await import("./commands/explain.ts")).explainCommand,
  },
  formats: {
    summary: "list the file formats that are understood",
    load: async () => (await import("./commands/formats.ts")).formatsCommand,
  },
  demo: {
    summary: "write a few harmless and hostile models, and scan them",
    load: async () => (await import("./commands/demo.ts")).demoCommand,
  },
};
