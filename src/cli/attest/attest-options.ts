/** Options that all ways of making a claim share, and those of each. */

import type { OptionSpec } from "../command.ts";
import { MODEL_OPTIONS } from "../provenance/model-options.ts";
import { SIGNER_OPTIONS } from "../provenance/sign-options.ts";

export const ATTEST_OPTIONS: readonly OptionSpec[] = [
  ...SIGNER_OPTIONS,
  {
    name: "signing-certificate",
    value: "FILE",
    help: "the certificate of the key, as PEM, where there is one",
  },
  {
    name: "certificate-chain",
    value: "FILE",
    repeatable: true,
    help: "certificates of the authorities above it; repeatable",
  },
  {
    name: "output",
    short: "o",
    value: "FILE",
    help: "write the claim to FILE instead of adding it to claims.jsonl",
  },
  { name: "log", value: "DIR", help: "add an entry with the claim to the log in DIR as well" },
  ...MODEL_OPTIONS,
];

export const PREDICATE_OPTION: OptionSpec = {
  name: "predicate",
  value: "FILE",
  help: "what is claimed, as JSON (see weighbridge attest template)",
};

export const BUILD_OPTIONS: readonly OptionSpec[] = [
  {
    name: "dataset",
    value: "FILE",
    repeatable: true,
    help: "the manifest of a dataset that was used; repeatable",
  },
  {
    name: "base",
    value: "REF",
    repeatable: true,
    help: "what was started from: a path, or NAME@sha256:HEX,dirHash1:HEX",
  },
  {
    name: "material",
    value: "ROLE=FILE",
    repeatable: true,
    help: "another file that was used, such as lockfile=uv.lock; repeatable",
  },
  {
    name: "param",
    value: "KEY=VALUE",
    repeatable: true,
    help: "a parameter, such as lr=0.001; repeatable",
  },
  { name: "command", value: "TEXT", help: "what was run, as it was typed" },
  {
    name: "code",
    value: "DIR",
    help: "the git repository of the code; its commit is taken down",
  },
  { name: "commit", value: "SHA", help: "the commit, where the repository is elsewhere" },
  { name: "builder", value: "URI", help: "who ran it and answers for it" },
  { name: "invocation", value: "ID", help: "the run, as its system calls it" },
  {
    name: "started-on",
    value: "TIME",
    help: "when it started, in UTC, such as 2026-11-20T09:00:00Z",
  },
  { name: "finished-on", value: "TIME", help: "when it ended" },
  {
    name: "byproduct",
    value: "FILE",
    repeatable: true,
    help: "a log or another file that it left; repeatable",
  },
];
