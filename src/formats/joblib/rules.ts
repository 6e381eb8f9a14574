/** Rules of joblib files beyond those of the pickles in them. */

import type { Rule } from "../../kernel/rule.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import type { JoblibModel } from "./parse.ts";

const hiddenInArray: Rule<JoblibModel> = {
  id: "joblib/hidden-in-array",
  severity: "critical",
  confidence: "high",
  trigger: "load",
  implies: "malicious",
  references: ["CWE-502", "CWE-436"],
  title: "An array holds opcodes that plain pickle would run",
  help: `joblib reads arrays out of the middle of the stream. \`pickle.load\` does not know that and takes
the same bytes for opcodes. In this file those opcodes call something dangerous: the file is harmless
for one loader and runs a payload in the other.

**What to do.** Do not load the file.`,
  *evaluate({ hidden }) {
    for (const { message, key, offset } of hidden) {
      yield {
        message: `for pickle.load the numbers of an array are opcodes: ${message}`,
        key,
        offset,
      };
    }
  },
};

export const JOBLIB_RULES: readonly Rule<JoblibModel>[] = [hiddenInArray, ...PICKLE_RULES];
