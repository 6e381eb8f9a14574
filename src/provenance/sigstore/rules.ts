/** What can be wrong with a keyless signature: bundle, certificate, log, time, identity (Sigstore client specification). */

import type { RuleInfo } from "../../kernel/rule.ts";
import { FAILURE } from "../rule-weights.ts";

export const MALFORMED: RuleInfo = {
  ...FAILURE,
  id: "sigstore/malformed",
  references: ["CWE-1286", "CWE-347"],
  title: "The keyless signature cannot be read",
  help: `The file is not a Sigstore bundle of version 0.1, 0.2 or 0.3, or a part of it is damaged: the signature, the
certificate, the log entry, a timestamp. The message says which.

Get the bundle again from the publisher. A detached signature without its certificate and log entry
(\`.sig\` and \`.pem\` of old releases of cosign) is not a bundle.`,
};

export const CONTENT: RuleInfo = {
  ...FAILURE,
  id: "sigstore/content",
  severity: "critical",
  references: ["CWE-345", "CWE-354"],
  title: "The signature is for something else",
  help: `The signature holds, and what was signed is not what is being verified: another file, another version, or a
statement about another subject. Somebody may have put a good signature of theirs, or an old one of the publisher's,
beside content of their own.

Do not use the content. Get content and signature again, both from the publisher.`,
};

export const BAD_SIGNATURE: RuleInfo = {
  ...FAILURE,
  id: "sigstore/bad-signature",
  severity: "critical",
  references: ["CWE-347"],
  title: "The signature does not belong to its certificate or key",
  help: `The signature was not made with the key that the certificate names, or what was signed has changed since.

Do not use the content. Get content and signature again, both from the publisher.`,
};

export const CERTIFICATE: RuleInfo = {
  ...FAILURE,
  id: "sigstore/certificate",
  references: ["CWE-295", "CWE-296"],
  title: "The signer's certificate does not hold",
  help: `A keyless signature comes with a certificate that lived for minutes and says who logged in to sign. This one
was not issued by an authority of the trusted root, was not valid at the time of the signature, is not in the public
log of certificates, is not meant for signing code, or names its holder in a way that can be read as two names. The
message says which.

Where the signature comes from a private instance of Sigstore, pass that instance's trust with \`--trust-config\`.
Where it comes from a newer authority of the public instance, a newer trusted root is needed.`,
};

export const NO_LOG_ENTRY: RuleInfo = {
  ...FAILURE,
  id: "sigstore/no-log-entry",
  references: ["CWE-778", "CWE-347"],
  title: "The signature was not published in a log",
  help: `Keyless signatures are published in an append-only log, so that an identity's owner can see what was signed in
its name. This one comes without the entry, or with fewer than asked for. Whoever takes somebody's login for
a minute could sign without anybody ever noticing.

Ask the publisher for the bundle with its log entry.`,
};

export const LOG_PROOF: RuleInfo = {
  ...FAILURE,
  id: "sigstore/log-proof",
  severity: "critical",
  references: ["CWE-345", "CWE-347"],
  title: "The entry is not proved to be in a trusted log",
  help: `The bundle has a log entry, and the proof that the log contains it does not hold: the log is not one of the
trusted root, its promise or checkpoint is not signed by it, or the path of hashes leads to another tree. An entry
that is in no log was seen by nobody.

Do not trust the signature. Where it comes from a private instance of Sigstore, pass that instance's trust
with \`--trust-config\`; where the public instance has opened a new log, a newer trusted root is needed.`,
};

export const LOG_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "sigstore/log-mismatch",
  severity: "critical",
  references: ["CWE-345"],
  title: "The log entry is about another signature",
  help: `The entry is in the log, and it records another signature, another certificate or other content than the bundle
has. A real entry was put beside a signature that was never published.

Do not trust the signature. Ask the publisher for the bundle as it was made.`,
};

export const TIMESTAMP: RuleInfo = {
  ...FAILURE,
  id: "sigstore/timestamp",
  references: ["CWE-298", "CWE-345"],
  title: "It is not proved when the signature was made",
  help: `The signer's certificate lived for minutes, so a verifier needs the time of the signature from somebody it
trusts: the log's promise (Rekor version 1), or a timestamp authority (RFC 3161; needed with Rekor version 2). There is
none, it does not hold, it is not by an authority of the trusted root, or it lies in the future.

Ask the publisher to sign again with a timestamp. Check the clock of this machine where a time lies in the future.`,
};

export const IDENTITY_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "sigstore/identity-mismatch",
  severity: "critical",
  references: ["CWE-295", "CWE-346"],
  title: "Somebody else signed it",
  help: `The signature holds, and its certificate names another identity than the one that was asked for. Anybody who
can log in anywhere gets such a certificate: only the name in it says whose signature it is.

Identities are compared character by character. Look at the two in the message: another branch or workflow file
of the same repository is another identity, and so is one with another case, a letter that looks alike, or
something added before or behind it. Where several identities are right, ask for a pattern with \`--identity-pattern\`.`,
};

export const ISSUER_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "sigstore/issuer-mismatch",
  severity: "critical",
  references: ["CWE-295", "CWE-346"],
  title: "Another provider vouches for the signer",
  help: `The signature holds, and the login that it was made with is from another identity provider than the one
that was asked for. Whoever runs a provider may say that anybody is \`you@example.org\`.

Providers are compared character by character, as the certificate has them: \`https://accounts.google.com\` and
\`https://accounts.google.com/\` are two.`,
};

export const KEY_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "sigstore/key-mismatch",
  references: ["CWE-295", "CWE-347"],
  title: "The signature has another kind of signer than the one asked for",
  help: `A key was asked for and the bundle has a certificate, or an identity was asked for and the bundle has a
key. A verifier that took what the bundle offers would let the bundle choose how it is judged.

Ask the publisher how the content is signed, and verify with that.`,
};

export const UNTRUSTED_ROOT: RuleInfo = {
  ...FAILURE,
  id: "sigstore/untrusted-root",
  references: ["CWE-295", "CWE-1188"],
  title: "The trusted root cannot be relied on",
  help: `The trusted root lists the authorities and logs that are believed, each with the time from which on it is. This
one is damaged, or leaves out when a key becomes valid, which would make it valid for all times.

Get the trusted root again from whoever runs the instance of Sigstore.`,
};

export const OLD_ROOT: RuleInfo = {
  ...FAILURE,
  id: "sigstore/old-root",
  severity: "info",
  implies: "none",
  references: ["CWE-298"],
  title: "The trusted root is more than 90 days old",
  help: `The keys of the public instance of Sigstore ship with this program. They change about twice a year: a signature
under a newer key is refused, and a key that was taken back since is still believed.

Update the program, or pass a trusted root of today with \`--trust-config\`.`,
};

export const SIGSTORE_RULES: readonly RuleInfo[] = [
  BAD_SIGNATURE,
  CERTIFICATE,
  CONTENT,
  IDENTITY_MISMATCH,
  ISSUER_MISMATCH,
  KEY_MISMATCH,
  LOG_MISMATCH,
  LOG_PROOF,
  MALFORMED,
  NO_LOG_ENTRY,
  OLD_ROOT,
  TIMESTAMP,
  UNTRUSTED_ROOT,
];
