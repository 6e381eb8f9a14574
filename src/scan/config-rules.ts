/** Rules about the user's own configuration: what it says that is no longer so. */

import type { RuleInfo } from "../kernel/rule.ts";

export const EXPIRED_SUPPRESSION: RuleInfo = {
  id: "config/expired-suppression",
  severity: "low",
  confidence: "high",
  trigger: "load",
  implies: "none",
  references: [],
  title: "A suppression is past its day",
  help: `A suppression in the configuration names the last day on which it holds (\`expires\`), and that day is
over. It suppresses nothing any more: what it covered counts again, and decides on the verdict by itself.

Look at what it covered. If the reason still holds, write down a new day; if not, remove the suppression. The
finding stands with the subject that the suppression would have been used in, or with the first one.`,
};

export const UNMATCHED_SUPPRESSION: RuleInfo = {
  id: "config/unmatched-suppression",
  severity: "info",
  confidence: "high",
  trigger: "load",
  implies: "none",
  references: [],
  title: "A suppression matches nothing",
  help: `A suppression in the configuration matched no finding of this scan. Perhaps the file was replaced or
removed, the path is written from another folder than the one that was scanned (it is relative to the target, as
in \`--include\`), or the finding is gone. With \`--quick\` there are no digests, so that one by digest never
matches. A suppression that waits for something to match may one day hide what nobody meant.

Remove it, or correct it. Where parts of a project are scanned one by one, give each a configuration of its own
with \`--config\`. The finding stands with the first subject of the scan.`,
};

export const CONFIG_RULES: readonly RuleInfo[] = [EXPIRED_SUPPRESSION, UNMATCHED_SUPPRESSION];
