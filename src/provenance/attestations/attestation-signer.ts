/** Who signed, as claims and trust policies name them. */

import type { SignerIdentity } from "../oms/trust.ts";
import type { AttestationSigner } from "./verified-attestation.ts";

/** The signer behind a verified identity. */
export function attestationSigner(identity: SignerIdentity): AttestationSigner {
  switch (identity.kind) {
    case "key":
      return { kind: "key", id: identity.fingerprint };
    case "certificate":
      return {
        kind: "certificate",
        id: identity.subject,
        issuer: identity.issuer,
        certificate: identity.fingerprint,
      };
    default:
      return {
        kind: "keyless",
        id: identity.identity,
        issuer: identity.issuer,
        claims: identity.claims,
      };
  }
}
