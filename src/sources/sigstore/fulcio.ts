/** The certificate authority of Sigstore (Fulcio, `/api/v2/signingCert`): a certificate for a key, for an identity token. */

import type { CertificateRequest } from "../../provenance/sigstore/keyless-services.ts";
import { textAt, valueAt } from "../../provenance/sigstore/json.ts";
import { askJson, below, unusable } from "./post.ts";
import type { Ask } from "./post.ts";

const MOST_CERTIFICATES = 16;

/** Gives a path as DER, the signer's own first. Throws `AppError`. */
export async function requestCertificate(
  base: string,
  { token, publicKey, proof }: CertificateRequest,
  about: Ask,
): Promise<readonly Uint8Array[]> {
  const url = below(base, "/api/v2/signingCert");
  const answer = await askJson(about, url, {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: publicKey },
      proofOfPossession: Buffer.from(proof).toString("base64"),
    },
  });
  const certificates = valueAt(answer, "signedCertificateEmbeddedSct", "chain", "certificates");
  if (!Array.isArray(certificates) || certificates.length > MOST_CERTIFICATES) {
    throw unusable(about.who, url);
  }
  return certificates.map((_pem, index) => {
    const body = /-----BEGIN CERTIFICATE-----([A-Za-z\d+/=\s]+)-----END CERTIFICATE-----/.exec(
      textAt(certificates, index) ?? "",
    )?.[1];
    if (body === undefined) {
      throw unusable(about.who, url);
    }
    return Buffer.from(body, "base64");
  });
}
