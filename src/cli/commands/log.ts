/** `weighbridge log`: a history that nobody can rewrite. Each command is loaded alone. */

import type { CommandGroup } from "../command.ts";

export const logCommands: CommandGroup = {
  name: "log",
  about: [
    "An append-only log of what happened to models: signed, scanned, approved, deployed. It is a folder",
    "of files that any web server can serve, in the form that other transparency logs have (C2SP",
    "tlog-tiles), so that others can check with their own tools that nothing was taken back.",
  ],
  commands: {
    init: {
      summary: "begin a log, and print its verifier key",
      load: async () => (await import("../log/init.ts")).initCommand,
    },
    add: {
      summary: "add entries, and publish a checkpoint with them",
      load: async () => (await import("../log/add.ts")).addCommand,
    },
    checkpoint: {
      summary: "print the newest checkpoint; have witnesses cosign it",
      load: async () => (await import("../log/checkpoint.ts")).checkpointCommand,
    },
    prove: {
      summary: "print a proof that an entry is in the log",
      load: async () => (await import("../log/prove.ts")).proveCommand,
    },
    verify: {
      summary: "check such a proof, without a network",
      load: async () => (await import("../log/verify.ts")).verifyCommand,
    },
    consistency: {
      summary: "show that nothing was taken back since a checkpoint that you kept",
      load: async () => (await import("../log/consistency.ts")).consistencyCommand,
    },
    audit: {
      summary: "derive the whole log again, and name what does not fit",
      load: async () => (await import("../log/audit.ts")).auditCommand,
    },
    monitor: {
      summary: "watch a log: what is new, and who said it",
      load: async () => (await import("../log/monitor.ts")).monitorCommand,
    },
    serve: {
      summary: "serve a log over HTTP",
      load: async () => (await import("../log/serve.ts")).serveCommand,
    },
    export: {
      summary: "copy a log's published files, checked on the way",
      load: async () => (await import("../log/export.ts")).exportCommand,
    },
    "rotate-key": {
      summary: "give the log a new key",
      load: async () => (await import("../log/rotate-key.ts")).rotateKeyCommand,
    },
  },
  examples: [
    { command: "weighbridge log init DIR --origin example.org/model-log", help: "begin" },
    { command: "weighbridge log add DIR entry.json", help: "add what happened" },
    { command: "weighbridge log serve DIR", help: "let others check it" },
  ],
};
