/** Options that several commands about logs have. */

import type { OptionSpec } from "../command.ts";

/** Whose log it has to be. */
export const TRUST_OPTIONS: readonly OptionSpec[] = [
  {
    name: "key",
    value: "KEY",
    repeatable: true,
    help: "the log's verifier key, or its file (of DIR: its key.pub); repeatable",
  },
  { name: "policy", value: "FILE", help: "logs, witnesses and quorum (tlog-policy)" },
];

export const JSON_OPTION: OptionSpec = { name: "json", help: "one JSON object a line" };
