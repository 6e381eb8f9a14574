/** Options of commands that ask a trust policy. */

import type { OptionSpec } from "../command.ts";
import { LOG_OPTION } from "../log/log-option.ts";

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
];

export const CLAIMS_OPTIONS: readonly OptionSpec[] = [
  {
    name: "claims",
    value: "PATH",
    repeatable: true,
    help: "more claims, besides claims.jsonl with the model; repeatable",
  },
  {
    name: "proof",
    value: "FILE",
    repeatable: true,
    help: "a proof of a log, X.tlog-proof beside its entry X.json; repeatable",
  },
  {
    name: "claims-log",
    value: "DIR",
    repeatable: true,
    help: "claims in the evidence of a log; repeatable",
  },
];

/** What becomes of a decision that counts. */
export const RECORD_OPTIONS: readonly OptionSpec[] = [
  LOG_OPTION,
  {
    name: "vsa",
    value: "FILE",
    help: "add it to FILE as a summary (VSA) that --private-key signs",
  },
  { name: "private-key", value: "FILE", help: "the key that signs the summary" },
  { name: "exec", value: "COMMAND", help: "a program that signs it; see docs/signing.md" },
  { name: "password-stdin", help: "take the key's password from standard input" },
];
