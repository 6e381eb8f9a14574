/** What can be wrong with a trust policy itself, and what it decides by. */

import type { RuleInfo } from "../../kernel/rule.ts";

const SHARED = { confidence: "high", trigger: "load" } as const;

export const POLICY_SIGNATURE: RuleInfo = {
  ...SHARED,
  id: "trust/policy-signature",
  severity: "critical",
  implies: "suspicious",
  references: ["CWE-345", "CWE-347"],
  title: "The trust policy is not signed by those who may sign it",
  help: `Whoever can change the policy decides what is trusted, so it is signed itself. This one is unsigned, was changed after it
had been signed, or was signed by too few of those whom its last version names.

Nothing is allowed by such a policy. Get the right one, or sign it with \`weighbridge trust sign\`.`,
};

export const POLICY_EXPIRED: RuleInfo = {
  ...SHARED,
  id: "trust/policy-expired",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-613"],
  title: "The trust policy has expired",
  help: `A policy has a last day, so that nobody can be kept on an old one for ever. It is over by the local clock, or by a time
that is proved by a signature, which no local clock can take back.

Get the current version, or write one with a higher version and a later day.`,
};

export const POLICY_ROLLBACK: RuleInfo = {
  ...SHARED,
  id: "trust/policy-rollback",
  severity: "critical",
  implies: "suspicious",
  references: ["CWE-294"],
  title: "An older trust policy than before",
  help: `A higher version of this policy has decided here before, or the same version with other contents. Old policies bring
back keys and publishers that were removed since.

Get the current version. Where going back is meant, publish the old content under a new and higher version.`,
};

export const NO_RULE: RuleInfo = {
  ...SHARED,
  id: "trust/no-rule",
  severity: "medium",
  implies: "suspicious",
  references: ["CWE-1188"],
  title: "No rule of the policy is about this model",
  help: `Nothing in the policy matches what the model is called, and what is not mentioned is not trusted.

Add a rule, or say what the model is called with \`--as\`, such as \`hf:org/name@revision\`.`,
};

export const BAD_REFERENCE: RuleInfo = {
  ...SHARED,
  id: "trust/bad-reference",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-20", "CWE-1007"],
  title: "The model's name could be taken for another one",
  help: `What the model is called has controls, invisible characters or steps such as \`..\` in it, so that a rule and whatever
loads the model could take it for two different models.

Give its plain name.`,
};

export const DELEGATION: RuleInfo = {
  ...SHARED,
  id: "trust/delegation",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-285"],
  title: "A delegation that the model falls under is not in force",
  help: `The policy gives some models into the hands of others, who sign a policy of their own. That one is missing, is not
signed by as many of them as it takes, or the delegation is over.

Have it signed anew, or extend the delegation in the policy above it.`,
};

export const DELEGATION_SCOPE: RuleInfo = {
  ...SHARED,
  id: "trust/delegation-scope",
  severity: "high",
  implies: "none",
  references: ["CWE-269", "CWE-285"],
  title: "A delegated policy speaks of models that it was not given",
  help: `A rule of a delegated policy matches models outside of the paths of its delegation. It is not asked about them; whoever
wrote it tried more, or made a mistake.

Narrow the rule, or widen the paths of the delegation in the policy above it.`,
};

export const CLOCK_BEHIND: RuleInfo = {
  ...SHARED,
  id: "trust/clock-behind",
  severity: "low",
  implies: "none",
  references: ["CWE-367"],
  title: "The local clock is behind a time that is proved to have been",
  help: `A timestamp or an earlier decision proves that it is later than the local clock says. The later time was taken: setting a
clock back must not bring back what has expired.

Set the clock.`,
};

export const SKIPPED: RuleInfo = {
  ...SHARED,
  id: "trust/skipped",
  severity: "info",
  implies: "none",
  references: [],
  title: "The policy does not look at this model",
  help: `The rule that matches has the level \`skip\`: nothing about the model was judged, and it was allowed.

Use \`audit\` to see what would fail without holding it against the model.`,
};

export const FULFILLED: RuleInfo = {
  ...SHARED,
  id: "trust/fulfilled",
  severity: "info",
  implies: "none",
  references: [],
  title: "All that the policy requires is there",
  help: `The rule on the line that is shown decided, and nothing that it requires is missing.`,
};

export const WEAK_PATTERN: RuleInfo = {
  ...SHARED,
  id: "trust/weak-pattern",
  severity: "medium",
  implies: "none",
  references: ["CWE-625", "CWE-777"],
  title: "A pattern of a condition is not anchored",
  help: `\`matches\` asks whether the pattern occurs anywhere in the text. A pattern without \`^\` in front and \`$\` behind also
matches a longer text that merely contains it, which somebody else may choose.

Anchor it, or compare with \`==\`.`,
};

export const UNREACHABLE: RuleInfo = {
  ...SHARED,
  id: "trust/unreachable-rule",
  severity: "medium",
  implies: "none",
  references: ["CWE-561"],
  title: "A rule of the policy is never asked",
  help: `An earlier rule takes every model that this one does, and is final: the first rule that matches decides.

Put the narrower rule first, or give the earlier one \`final: false\`.`,
};

export const UNUSED_AUTHORITY: RuleInfo = {
  ...SHARED,
  id: "trust/unused-authority",
  severity: "low",
  implies: "none",
  references: ["CWE-561"],
  title: "An authority of the policy is never used",
  help: `No rule, delegation or signature of the policy names this authority. It may be a mistyped name, or left over.

Remove it, or name it where it should count.`,
};

export const SAME_KEY: RuleInfo = {
  ...SHARED,
  id: "trust/same-key",
  severity: "medium",
  implies: "none",
  references: ["CWE-345"],
  title: "Two authorities of the policy are one key",
  help: `Two names of the policy stand for the same key. A threshold counts it once, so that a rule which needs both of them
can never be fulfilled.

Give one of them a key of its own.`,
};
