/** Options of commands that ask a trust policy. */

import type { OptionSpec } from "../command.ts";

export const POLICY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "policy",
    value: "FILE",
    help: "trust policy (default: weighbridge.trust.yaml here, then yours)",
  },
  {
    name: "policy-key",
    value: "FILE",
    repeatable: true,
    help: "a public key that has to have signed the policy; repeatable",
  },
  {
    name: "as",
    value: "NAME",
    repeatable: true,
    help: "what the model is called, such as hf:org/name@revision; repeatable",
  },
  {
    name: "memory",
    value: "FILE",
    help: "what decisions remember (default: in your state folder)",
  },
  {
    name: "record",
    value: "DIR",
    help: "record what the policy decides in this log",
  },
];

export const CLAIMS_OPTIONS: readonly OptionSpec[] = [
  {
    name: "claims",
    value: "PATH",
    repeatable: true,
    help: "more claims, besides claims.jsonl with the model; repeatable",
  },
  {
    name: "log",
    value: "DIR",
    repeatable: true,
    help: "claims in the evidence of a log; repeatable",
  },
];
