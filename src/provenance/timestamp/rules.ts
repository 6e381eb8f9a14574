/** What can be wrong with a timestamp (RFC 3161). What is wrong with its certificates is in the rules of X.509. */

import type { RuleInfo } from "../../kernel/rule.ts";
import { FAILURE } from "../rule-weights.ts";

export const MALFORMED: RuleInfo = {
  ...FAILURE,
  id: "timestamp/malformed",
  references: ["CWE-347", "CWE-1286"],
  title: "The timestamp cannot be read",
  help: `The bytes are not a timestamp as RFC 3161 and CMS define it, or they lack what has to be signed with it.
Without a timestamp that holds, a signature says nothing about when it was made.

Ask the publisher for the signature as it was written, or to sign again with a timestamp.`,
};

export const REFUSED: RuleInfo = {
  ...FAILURE,
  id: "timestamp/refused",
  references: [],
  title: "The timestamp authority refused the request",
  help: `The answer of the authority is not a timestamp but the reason why it gives none; the message has it.

Check the address and what the authority asks for (digest, policy), or use another one.`,
};

export const MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "timestamp/mismatch",
  references: ["CWE-345", "CWE-347"],
  title: "The timestamp is of something else",
  help: `The timestamp holds a digest, and it is not that of this signature: it was taken from another one, or the
signature was exchanged after it had been stamped. It may also answer another request than the one that was sent.

Do not rely on its time.`,
};

export const BAD_SIGNATURE: RuleInfo = {
  ...FAILURE,
  id: "timestamp/bad-signature",
  severity: "critical",
  references: ["CWE-347"],
  title: "The timestamp is not signed by the authority that it names",
  help: `The signature over the timestamp does not verify with the certificate that it names, or that certificate is
not the one that the signature binds. The time in it was changed, or the timestamp is forged.

Do not trust what it is attached to before you know why.`,
};

export const WEAK_ALGORITHM: RuleInfo = {
  ...FAILURE,
  id: "timestamp/weak-algorithm",
  references: ["CWE-327", "CWE-328"],
  title: "The timestamp uses an algorithm that is not accepted",
  help: `A digest or a signature in the timestamp is of a kind that is not accepted here: neither SHA-256, SHA-384 nor
SHA-512, or another signature than ECDSA, RSA and Ed25519. With SHA-1 two contents can share one timestamp.

Use an authority that signs with SHA-2.`,
};

export const TIMESTAMP_RULES: readonly RuleInfo[] = [
  BAD_SIGNATURE,
  MALFORMED,
  MISMATCH,
  REFUSED,
  WEAK_ALGORITHM,
];
