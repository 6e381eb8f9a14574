/** Where claims are, beside those that lie with the model. */

import type { OptionSpec } from "../command.ts";

export const CLAIMS_OPTIONS: readonly OptionSpec[] = [
  {
    name: "claims",
    value: "PATH",
    repeatable: true,
    help: "more claims: a claims.jsonl, a bundle, or a folder of them; repeatable",
  },
  {
    name: "log",
    value: "DIR",
    repeatable: true,
    help: "more claims: the evidence that a log keeps; repeatable",
  },
];
