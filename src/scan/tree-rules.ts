/** Rules about trees: what walking a set of files finds before any file is opened. */

import type { RuleInfo } from "../kernel/rule.ts";

export const LINK_ESCAPE: RuleInfo = {
  id: "tree/link-escape",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-59", "CWE-61", "AML.T0010.003"],
  title: "A link leads out of the scanned folder",
  help: `A link in the folder points to a place outside of it. A loader that follows the link reads
whatever lies there on the machine where the model is used: another file than the author tested, a
file that somebody else may change, or a secret. A tool that copies or uploads the folder takes the
content of that place along.

The link was not followed, so what it leads to was not scanned. Replace it by the file that it is
meant to be, or scan that place by its own name. Links from a snapshot of a Hugging Face cache into
the blobs of the same repository are how that cache works; they are followed and not reported.`,
};

export const LEFT_OUT: RuleInfo = {
  id: "tree/left-out",
  severity: "info",
  confidence: "high",
  trigger: "load",
  implies: "none",
  references: [],
  title: "Files that belong to git itself were left out",
  help: `A clone keeps git's own records in \`.git\`: objects, packs, references, logs, copies of large
files. They are not part of the model, and no model loader opens them; their content is scanned
where it is checked out. Only names of git's own shape are left out: anything else below \`.git\` is
scanned like every other file.

To scan the records too, name them: \`--include '**'\`.`,
};

export const TREE_RULES: readonly RuleInfo[] = [LINK_ESCAPE, LEFT_OUT];
