/** What a trust policy can hold against a model. */

import type { RuleInfo } from "../../kernel/rule.ts";

const SHARED = { confidence: "high", trigger: "load" } as const;

export const THRESHOLD: RuleInfo = {
  ...SHARED,
  id: "trust/threshold",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-347", "CWE-345"],
  title: "Too few of those who have to sign did",
  help: `A rule of the trust policy says who has to sign a model and how many of them. Fewer did whose signature holds and
counts: it is missing, revoked, by somebody else, or one signer came under two names. One key is one signer, in
whatever encoding, with a certificate or without, and under however many names the policy knows it.

\`weighbridge trust explain\` shows each signature and why it did not count. Ask the publisher for what is missing.`,
};

export const IDENTITY_MISMATCH: RuleInfo = {
  ...SHARED,
  id: "trust/identity-mismatch",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-295", "CWE-345"],
  title: "The signer is another one than the policy names",
  help: `A signature holds and leads to a root that the policy trusts, and the identity or a claim in its certificate is not
the one that the policy asks for: another workflow, another branch, another person.

Compare the two in the message. Identities are exact unless the policy asks for a pattern, and a pattern always
means the whole name.`,
};

export const ISSUER_MISMATCH: RuleInfo = {
  ...SHARED,
  id: "trust/issuer-mismatch",
  severity: "critical",
  implies: "suspicious",
  references: ["CWE-295", "CWE-290"],
  title: "Somebody else vouches for the signer's name",
  help: `The name of the signer is the one that the policy asks for, and another identity provider vouches for it. Anybody can
run a provider that gives out any name; only the two together say who it is.

Treat the model as an impostor's until you know why the provider changed.`,
};

export const LOOK_ALIKE: RuleInfo = {
  ...SHARED,
  id: "trust/look-alike",
  severity: "critical",
  implies: "suspicious",
  references: ["CWE-1007", "CWE-290"],
  title: "The signer's name only looks like the one in the policy",
  help: `The signer's name differs from the one that the policy asks for by letters of another script that are drawn alike, by
invisible characters, by case, or by a line break. Names are compared character by character, and patterns take
plain ASCII alone.

Nobody gets such a name by accident. Do not use the model, and tell its publisher.`,
};

export const REVOKED: RuleInfo = {
  ...SHARED,
  id: "trust/revoked",
  severity: "critical",
  implies: "suspicious",
  references: ["CWE-299"],
  title: "What vouches for the model was revoked",
  help: `The policy revokes the key, the certificate, the bundle, the entry of the log or the model itself. A key or a
certificate that was revoked from some time on still counts for what was signed before; that has to be proved by
somebody whose clock is trusted: a timestamp authority, a witness, a log. The local clock and what the signer says
prove nothing, since both can be set back.

Ask the publisher for a signature by a key that is not revoked.`,
};

export const KEY_PERIOD: RuleInfo = {
  ...SHARED,
  id: "trust/key-period",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-324"],
  title: "The key did not count when it signed",
  help: `The policy says from when until when a key counts. The signature was made outside of that time, or nothing proves when
it was made and the key does not count today.

Ask for a timestamp beside the signature, or for a signature by the current key.`,
};

export const NO_TIMESTAMP: RuleInfo = {
  ...SHARED,
  id: "trust/no-timestamp",
  severity: "medium",
  implies: "suspicious",
  references: ["CWE-345"],
  title: "Nothing proves when the model was signed",
  help: `The rule asks for a trusted time of signing. The signature has no timestamp, or none by an authority of the policy.

Sign with \`--timestamp\`, or name the authority under \`trustRoots\`.`,
};

export const NOT_LOGGED: RuleInfo = {
  ...SHARED,
  id: "trust/not-logged",
  severity: "medium",
  implies: "suspicious",
  references: ["CWE-778", "CWE-345"],
  title: "Nothing proves that the signature is in a log",
  help: `The rule asks for a signature whose entry in a transparency log is proved, perhaps as seen by witnesses. A signature
that nobody else has seen can be shown to you alone.

Add the signature to the log and keep its proof beside the model: \`weighbridge log prove\`.`,
};

export const TAMPERED: RuleInfo = {
  ...SHARED,
  id: "trust/tampered",
  severity: "critical",
  implies: "suspicious",
  references: ["CWE-345", "CWE-353"],
  title: "The model is not what was signed",
  help: `Somebody whom the policy knows signed this model, and its files are not those that were signed: one was changed, is
missing, or was added since. Every level but \`skip\` holds that against the model.

\`weighbridge verify\` names each file. Do not use the model; get it again.`,
};

export const FORBIDDEN_FLAW: RuleInfo = {
  ...SHARED,
  id: "trust/forbidden",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-353"],
  title: "The signature has what the rule forbids",
  help: `The rule forbids files that are not signed, links, or signatures in an early and wrong encoding, and this model has
one of them. Such a signature holds, and covers less than it seems.

Have the model signed again as a whole, with a current tool.`,
};

export const ATTESTATION_MISSING: RuleInfo = {
  ...SHARED,
  id: "trust/attestation-missing",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-345"],
  title: "A claim that the policy requires is not there",
  help: `The rule requires a signed claim about the model, such as a scan or how it was trained, by somebody it names. There is
none of that type by those signers about this model.

Have it made with \`weighbridge attest\` and put beside the model.`,
};

export const ATTESTATION_AGE: RuleInfo = {
  ...SHARED,
  id: "trust/attestation-age",
  severity: "medium",
  implies: "suspicious",
  references: ["CWE-613"],
  title: "A required claim is too old",
  help: `The rule says how old a claim may be. This one is older, or nothing proves when it was made: a time inside the claim is
the signer's word alone.

Have the claim made anew, with a timestamp.`,
};

export const CONDITION_FALSE: RuleInfo = {
  ...SHARED,
  id: "trust/condition-false",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-345"],
  title: "A required claim does not say what it has to",
  help: `The claim is there, by the right signer and about this model, and its content does not fulfill the condition of the
rule: the scan was not clean, the test did not pass, the kind of build is another one.

The message names the claim. The condition stands in the policy on the line that is shown.`,
};

export const CONDITION_FAILED: RuleInfo = {
  ...SHARED,
  id: "trust/condition-failed",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-754", "CWE-400"],
  title: "A condition of the policy has no answer for this claim",
  help: `The condition asks about something that the claim lacks, compares what cannot be compared, or would take too long for
something as large as this claim. A question without an answer counts as not fulfilled, never as fulfilled.

Ask with \`has(...)\` whether a field is there before asking what is in it.`,
};

export const OTHER_MODEL: RuleInfo = {
  ...SHARED,
  id: "trust/other-model",
  severity: "critical",
  implies: "suspicious",
  references: ["CWE-345", "CWE-353"],
  title: "The claim was made for another model with the same contents",
  help: `The root digest of a model does not depend on what its files are called; \`dirHash1\` does. This claim names the root of
this model and another \`dirHash1\`: its files have the same contents under other names, so a loader takes one for
another.

Do not use the model. Compare the names of its files with those of the publisher's.`,
};

export const ROOT_ONLY: RuleInfo = {
  ...SHARED,
  id: "trust/root-only",
  severity: "medium",
  implies: "unknown",
  references: ["CWE-353"],
  title: "The claim does not bind the names of the files",
  help: `The claim names a model of several files by its root digest alone. Models with the same contents under other names
have the same root, and a claim like this one fits all of them.

Have it made again with \`dirHash1\` beside the root, as \`weighbridge attest\` does; \`allowRootOnly\` in the rule lets it
count regardless.`,
};

export const LINEAGE: RuleInfo = {
  ...SHARED,
  id: "trust/lineage",
  severity: "medium",
  implies: "suspicious",
  references: ["CWE-345"],
  title: "How the model was made is not proved as the policy requires",
  help: `The rule requires that the steps from dataset to model are claimed by people whom the policy trusts, without gaps and
contradictions, and perhaps from certain base models alone.

\`weighbridge lineage verify\` shows the steps and what is missing.`,
};

export const SIGNER_CHANGED: RuleInfo = {
  ...SHARED,
  id: "trust/signer-changed",
  severity: "high",
  implies: "suspicious",
  references: ["CWE-345", "CWE-290"],
  title: "The model is signed by somebody else than before",
  help: `The rule trusts whoever signed a model first, and that was another signer. Publishers do change keys. Whoever takes over
an account signs with a key of his own as well, and that looks the same from here.

Ask the publisher on another way. Where the change is meant, accept the new signer with \`weighbridge trust pin\`; the
log keeps that somebody did.`,
};
