/** What can be wrong with claims about models (in-toto Attestation Framework, Statement 1.0). */

import type { RuleInfo } from "../../kernel/rule.ts";
import { FAILURE, NOTE } from "../rule-weights.ts";

export const MALFORMED: RuleInfo = {
  ...FAILURE,
  id: "attestation/malformed",
  references: ["CWE-20", "CWE-1286"],
  title: "The claim cannot be read",
  help: `What was signed is no in-toto statement, or not one that all readers take for the same: it is not sound JSON, has a
key twice, is nested too deeply or too large, names no subject, or has a subject without a digest. A claim about an
artifact that has no digest is about whatever somebody likes.

The message says what is wrong. Get the claim again from whoever made it.`,
};

export const INCOMPLETE_PREDICATE: RuleInfo = {
  ...FAILURE,
  id: "attestation/incomplete-predicate",
  severity: "medium",
  references: ["CWE-1286"],
  title: "The claim lacks what its type asks for",
  help: `A claim's type says which fields it has: who built something and from what, what a scan found, where a model is in
use. This one lacks a field that its type needs, or has something else in its place, so other programs will not
understand it.

The message names the field. Have the claim made again.`,
};

export const TORN_LINE: RuleInfo = {
  ...FAILURE,
  id: "attestation/torn-line",
  severity: "low",
  implies: "incomplete",
  references: ["CWE-354"],
  title: "A line of the claims is cut off",
  help: `\`claims.jsonl\` has one signed claim a line, and new ones are added at its end. A line ends before its claim
does: a program was interrupted while it wrote, or the file was not copied as a whole. All other lines are read
as usual, and the one that is cut off counts for nothing.

Get the file again, or have that claim made again: \`weighbridge attest\` ends a torn line before it adds another.`,
};

export const NO_CLAIMS: RuleInfo = {
  ...FAILURE,
  id: "attestation/no-claims",
  references: ["CWE-345"],
  title: "There is no claim that counts",
  help: `Nothing was claimed about this model by anybody who is trusted: there is no \`claims.jsonl\`, its claims are about
other artifacts, are of other types than the one that was asked for, or are signed by others.

Claims that are there and do not count are listed with the reason. Ask the publisher for those that are missing.`,
};

export const STRANGER: RuleInfo = {
  ...NOTE,
  id: "attestation/stranger",
  references: ["CWE-347"],
  title: "Somebody who is not trusted made a claim",
  help: `Anybody may sign a claim about any model. This one is by a key, a certificate or an identity that is none of
those that you named, so what it says was not taken into account.

If its signer should count, name its key with \`--key\` or its root with \`--certificate-chain\`.`,
};

export const OTHER_ARTIFACT: RuleInfo = {
  ...NOTE,
  id: "attestation/other-artifact",
  references: [],
  title: "A claim is about another artifact",
  help: `The claim is signed and its subject is not this model. That is usual where one file has the claims of a base
model and of what was made from it; such claims matter to \`weighbridge lineage\`.

Where it should be about this model, the model was changed since, or the claim was made for another version.`,
};

export const RENAMED: RuleInfo = {
  ...FAILURE,
  id: "attestation/renamed",
  severity: "critical",
  references: ["CWE-345", "CWE-353"],
  title: "The claim is about the same contents under other names",
  help: `The root digest of a model does not depend on what its files are called, \`dirHash1\` does. The root of this
model is the one in the claim and \`dirHash1\` is another: somebody has swapped or renamed files, so that a
loader takes one file for another, which no root digest shows.

Do not use the model. Compare its names with those of the publisher's.`,
};

export const NAMES_UNBOUND: RuleInfo = {
  ...FAILURE,
  id: "attestation/names-unbound",
  severity: "medium",
  implies: "unknown",
  references: ["CWE-353"],
  title: "The claim does not bind the names of the files",
  help: `The claim names a model of several files by its root digest alone. Another model with the same contents under
other names has the same root: a claim like this one fits both.

Have the claim made again with \`dirHash1\` beside the root, as \`weighbridge attest\` does, or verify a signature of the
model as well: it lists every name.`,
};

export const ATTESTATION_RULES: readonly RuleInfo[] = [
  INCOMPLETE_PREDICATE,
  MALFORMED,
  NAMES_UNBOUND,
  NO_CLAIMS,
  OTHER_ARTIFACT,
  RENAMED,
  STRANGER,
  TORN_LINE,
];
