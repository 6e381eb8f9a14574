/** A checkpoint that was kept elsewhere: with it alone, a log that was rolled back or rewritten is found. */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { verifyConsistency } from "./merkle.ts";
import { forked } from "./refuse.ts";
import type { TreeReader } from "./tree-reader.ts";

/** Throws `AppError` LOG_FORKED unless the tree of `now` begins with all that `kept` has. */
export async function checkKept(
  kept: Checkpoint,
  now: Checkpoint,
  tree: TreeReader,
): Promise<void> {
  const hint =
    "restore the newest copy of the log, or begin one with another origin; docs/log.md says how";
  const origin = quote(now.origin);
  if (kept.origin !== now.origin) {
    // A wrong file says nothing about the log.
    throw new AppError(
      "USAGE",
      `the kept checkpoint is one of ${quote(kept.origin)}, and this is ${origin}`,
    );
  }
  if (kept.size > now.size) {
    throw forked(
      `${origin} had ${kept.size} entries when the checkpoint was kept, and has ${now.size} now: it was rolled back`,
      hint,
    );
  }
  const isPrefix =
    kept.size === 0 || verifyConsistency(kept, now, await tree.consistency(kept.size));
  if (!isPrefix) {
    throw forked(
      `${origin} does not begin with the ${kept.size} entries that it had when the checkpoint was kept: it was rewritten`,
      hint,
    );
  }
}
