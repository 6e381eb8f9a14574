/** What can be wrong with a certificate or with the path that leads from it to a root (RFC 5280, section 6). */

import type { RuleInfo } from "../../kernel/rule.ts";
import { FAILURE } from "../rule-weights.ts";

export const MALFORMED: RuleInfo = {
  ...FAILURE,
  id: "x509/malformed",
  references: ["CWE-295", "CWE-1286"],
  title: "The certificate cannot be read",
  help: `The bytes are not a certificate as X.509 defines it, or its encoding is not the one strict form (DER)
that is signed. Readers disagree on such bytes, so what one of them shows says nothing about what another one
checks.

Get the certificate again from whoever issued it, as PEM or DER. A file with a private key, a certificate request
or a PKCS#12 container is not a certificate.`,
};

export const EXPIRED: RuleInfo = {
  ...FAILURE,
  id: "x509/expired",
  references: ["CWE-298"],
  title: "A certificate on the path was no longer valid",
  help: `At the time for which the signature is checked a certificate had expired: the signer's own, that of an
authority above it, or the root. The message says which. Nobody answers for a key after that day: whoever found it
later could have signed.

The time is that of a verified timestamp where the signature has one, and now where it has none. A signature that
was made in time and has no timestamp cannot be told from one that was made today: ask the publisher to sign again
with a new certificate, and with a timestamp. Check the clock of this machine where everything seems expired.`,
};

export const NOT_YET_VALID: RuleInfo = {
  ...FAILURE,
  id: "x509/not-yet-valid",
  references: ["CWE-298"],
  title: "A certificate on the path was not valid yet",
  help: `At the time for which the signature is checked a certificate was not valid yet. The message says which one
and when it begins to be.

Check the clock of this machine first, and that of the machine that issued the certificate. A timestamp that is
older than the certificate means that the signature is not what it claims to be.`,
};

export const NO_CODE_SIGNING: RuleInfo = {
  ...FAILURE,
  id: "x509/no-code-signing",
  references: ["CWE-295", "CWE-299"],
  title: "The certificate is not meant for signing code",
  help: `A certificate names what its key may be used for (extended key usage). Models are signed with
certificates for code signing (1.3.6.1.5.5.7.3.3); this one does not name it. Authorities issue certificates
for servers or mail to many more people than may sign what others run, so that accepting any would let all of
them in.

Issue a certificate for code signing. Where an authority of your own uses another purpose for models, allow its
identifier with \`--allow-eku\`.`,
};

export const WRONG_PURPOSE: RuleInfo = {
  ...FAILURE,
  id: "x509/wrong-purpose",
  references: ["CWE-295", "CWE-299"],
  title: "A certificate on the path is meant for something else",
  help: `The certificate of an authority is restricted to other purposes than the one that it is used for here, or
the certificate of a timestamp authority is not meant for timestamps alone. What such a certificate vouches for
outside its purpose has not been promised by anybody.

Use a certificate whose whole path is meant for what it does.`,
};

export const NO_DIGITAL_SIGNATURE: RuleInfo = {
  ...FAILURE,
  id: "x509/no-digital-signature",
  references: ["CWE-295"],
  title: "The certificate's key is not meant for signatures",
  help: `The key usage of the signer's certificate does not list digital signatures, or the certificate has no key
usage at all. Its key was certified for something else, such as exchanging keys.

Issue a certificate with the key usage \`digitalSignature\`.`,
};

export const IS_A_CA: RuleInfo = {
  ...FAILURE,
  id: "x509/is-a-ca",
  references: ["CWE-295"],
  title: "The model is signed with the key of an authority",
  help: `The signer's certificate is one of an authority: its key issues certificates and should sign nothing else.
Used for daily work, it lies where daily work is done, and whoever takes it can be anybody. Only a self-signed
certificate that is trusted by itself may be both.

Issue a certificate for signing, and sign with that.`,
};

export const NOT_A_CA: RuleInfo = {
  ...FAILURE,
  id: "x509/not-a-ca",
  references: ["CWE-295", "CWE-296"],
  title: "A certificate was issued by somebody who may not issue any",
  help: `A certificate on the path was signed with the key of another one that is not of an authority (basic
constraints), or whose key may not sign certificates (key usage). Anybody with a certificate of any kind could make
others this way.

Use certificates that your authority issued itself. Intermediate authorities need \`CA:TRUE\` and \`keyCertSign\`.`,
};

export const PATH_LENGTH: RuleInfo = {
  ...FAILURE,
  id: "x509/path-length",
  references: ["CWE-295", "CWE-296"],
  title: "More authorities lie below one than it allows",
  help: `The certificate of an authority limits how many further authorities may follow below it (path length), and
there are more. Somebody who was given the right to issue certificates passed that right on.

Use a certificate that was issued within the limit, or have the authority above issue one that allows more.`,
};

export const UNTRUSTED: RuleInfo = {
  ...FAILURE,
  id: "x509/untrusted",
  references: ["CWE-295", "CWE-296"],
  title: "No path leads to a certificate that you trust",
  help: `The certificates that came with the signature do not lead to one of those that you named. Either the
signature is by somebody else, or a certificate in between is missing. Roots come from you alone: those of the
system or of browsers vouch for web servers and are not used.

Compare the authority in the message with the one that you expect. Where it is the right one, pass its root with
\`--certificate-chain\`, or ask the publisher to include the certificates in between.`,
};

export const BAD_SIGNATURE: RuleInfo = {
  ...FAILURE,
  id: "x509/bad-signature",
  severity: "critical",
  references: ["CWE-347", "CWE-295"],
  title: "A certificate is not signed by the authority that it names",
  help: `A certificate names an authority that you know, and that authority's key did not sign it. It was changed
after it had been issued, or forged, or the authority has a new key under its old name.

Do not trust the signature. Where the authority changed its key, use its current certificate.`,
};

export const CRITICAL_EXTENSION: RuleInfo = {
  ...FAILURE,
  id: "x509/critical-extension",
  references: ["CWE-295"],
  title: "A certificate has a condition that is not understood here",
  help: `A certificate has an extension that is marked as critical and is not known here. The mark means: whoever
does not understand this must not accept the certificate, because it restricts what the certificate is good for.

Use a certificate without it.`,
};

export const CONSTRAINTS: RuleInfo = {
  ...FAILURE,
  id: "x509/constraints",
  references: ["CWE-295", "CWE-296"],
  title: "An authority is restricted in a way that is not checked here",
  help: `The certificate of an authority restricts the names or the policies of the certificates below it. These
restrictions are not evaluated here, and ignoring them would accept what the authority must not vouch for.

Use an authority without name and policy constraints for signing models.`,
};

export const WEAK_ALGORITHM: RuleInfo = {
  ...FAILURE,
  id: "x509/weak-algorithm",
  references: ["CWE-327", "CWE-328", "CWE-326"],
  title: "A certificate uses an algorithm that is not accepted",
  help: `A key or a signature on the path is too weak, or of a kind that is not accepted here. Accepted are ECDSA on
P-256, P-384 and P-521 and RSA from 2048 bits (PKCS#1 or PSS), with SHA-256, SHA-384 or SHA-512, and Ed25519.
Signatures with SHA-1 and MD5 have been forged.

Issue the certificate anew with a current algorithm.`,
};

export const TOO_COMPLEX: RuleInfo = {
  ...FAILURE,
  id: "x509/too-complex",
  severity: "medium",
  implies: "incomplete",
  references: ["CWE-400"],
  title: "There are too many ways to go through the certificates",
  help: `So many certificates under the same names came along that looking through all the paths between them would
take too long. Honest signers send the few certificates that lead to their root.

Ask the publisher to sign again with just those.`,
};

export const X509_RULES: readonly RuleInfo[] = [
  BAD_SIGNATURE,
  CONSTRAINTS,
  CRITICAL_EXTENSION,
  EXPIRED,
  IS_A_CA,
  MALFORMED,
  NO_CODE_SIGNING,
  NO_DIGITAL_SIGNATURE,
  NOT_A_CA,
  NOT_YET_VALID,
  PATH_LENGTH,
  TOO_COMPLEX,
  UNTRUSTED,
  WEAK_ALGORITHM,
  WRONG_PURPOSE,
];
