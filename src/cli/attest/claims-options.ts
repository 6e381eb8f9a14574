/** Where claims are, beside those that lie with the model. */

import type { OptionSpec } from "../command.ts";

export const CLAIMS_OPTIONS: readonly OptionSpec[] = [
  {
    name: "claims",
    value: "PATH",
    repeatable: true,
    help: "more claims: claims.jsonl, a bundle, a folder of them; repeatable",
  },
  {
    name: "log",
    value: "DIR|URL",
    repeatable: true,
    help: "more claims: those that a log has entries of; repeatable",
  },
  {
    name: "log-policy",
    value: "FILE",
    help: "whose logs they have to be (a folder's own key counts otherwise)",
  },
];
