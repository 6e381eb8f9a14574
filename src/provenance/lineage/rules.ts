/** What can be wrong with the lineage of a model. */

import type { RuleInfo } from "../../kernel/rule.ts";

const FAILURE = {
  severity: "high",
  confidence: "high",
  trigger: "build",
  implies: "suspicious",
} as const;

export const GAP: RuleInfo = {
  ...FAILURE,
  id: "lineage/gap",
  severity: "medium",
  implies: "unknown",
  references: ["CWE-1357", "ML06:2023"],
  title: "It is not known where something comes from",
  help: `A step names a dataset or a model as its input, or the model itself is what was asked about, and no claim says how
it was made and nobody who is trusted vouches for it. Whatever was done to it before is carried on into everything
that was made from it.

Get the claims of whoever published it and add them with \`--claims\`, or attest it yourself once you have looked into
it: \`weighbridge attest dataset\` for a dataset, \`weighbridge sign\` for a model.`,
};

export const CYCLE: RuleInfo = {
  ...FAILURE,
  id: "lineage/cycle",
  references: ["CWE-345", "CWE-840"],
  title: "Something is claimed to be made from itself",
  help: `Followed back from step to step, the claims come to the artifact that they started from. Digests make that
impossible for things that were really made one from the other: a claim is wrong.

Find out which of the claims on the way is false, and do not trust its signer until that is known.`,
};

export const CONTRADICTION: RuleInfo = {
  ...FAILURE,
  id: "lineage/contradiction",
  references: ["CWE-345"],
  title: "Two claims about one artifact cannot both be true",
  help: `Two claims say of the same bytes that they were made in different ways, from different bases or datasets, or that
a scan of them found different things. At least one of them is wrong or was made for something else.

The message names both. Ask their signers; where only one of them is trusted, the other one counts for nothing.`,
};

export const UNSIGNED_STEP: RuleInfo = {
  ...FAILURE,
  id: "lineage/unsigned-step",
  severity: "medium",
  references: ["CWE-347"],
  title: "Nobody who is trusted answers for a step",
  help: `There is a claim of how something was made, and it is signed by somebody who is none of those that you trust.
Anybody can write such a claim about any bytes.

If its signer should count, name its key with \`--key\` or its root with \`--certificate-chain\`. Otherwise treat the step as
unknown.`,
};

export const DIGEST_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "lineage/digest-mismatch",
  severity: "critical",
  references: ["CWE-345", "CWE-494"],
  title: "Another artifact was used than the one that goes by its name",
  help: `A step names its input, and what is claimed of something with that name is about other bytes: the base model
or the dataset was swapped for another, or another version of it was used.

Compare the two digests in the message. If it was another version, get its claims. If not, do not use what was
made from it.`,
};

export const RENAMED: RuleInfo = {
  ...FAILURE,
  id: "lineage/renamed",
  severity: "critical",
  references: ["CWE-345", "CWE-353"],
  title: "The contents are the same and the files have other names",
  help: `The root digest is the one that is claimed, and \`dirHash1\`, which binds the names of the files, is another.
Somebody has swapped or renamed files: a loader may take one for another, which the root alone does not show.

Do not use it. Compare the names with those of the publisher's.`,
};

export const NAMES_UNBOUND: RuleInfo = {
  ...FAILURE,
  id: "lineage/names-unbound",
  severity: "medium",
  implies: "unknown",
  references: ["CWE-353"],
  title: "A step names an artifact without the names of its files",
  help: `A claim names an artifact of several files by its root digest alone, which is the same for the same contents
under other names. It cannot be told which of them was meant.

Have the claim made again with \`dirHash1\` beside the root, as \`weighbridge attest\` does.`,
};

export const TIME_ORDER: RuleInfo = {
  ...FAILURE,
  id: "lineage/time-order",
  severity: "medium",
  references: ["CWE-345"],
  title: "Something was used before it was made",
  help: `A step is claimed to have started before the step that made its input had ended. Clocks differ by minutes, and
this is more: one of the two claims is wrong, or is about another run.

The message names both times. Ask those who signed the claims.`,
};

export const TOO_LARGE: RuleInfo = {
  ...FAILURE,
  id: "lineage/too-large",
  severity: "medium",
  implies: "incomplete",
  references: ["CWE-400", "CWE-674"],
  title: "The lineage is too large to be walked to its end",
  help: `A lineage is followed through 10,000 artifacts and 200 steps behind one another. There are more of them in these
claims than any model has.

Look at where the claims come from; leave out those of other models.`,
};

export const LINEAGE_RULES: readonly RuleInfo[] = [
  CONTRADICTION,
  CYCLE,
  DIGEST_MISMATCH,
  GAP,
  NAMES_UNBOUND,
  RENAMED,
  TIME_ORDER,
  TOO_LARGE,
  UNSIGNED_STEP,
];
