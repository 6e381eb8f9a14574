/** What keyless signing asks of others: ports that `sources/sigstore` implements over HTTP, and tests in memory. */

import type { JsonValue } from "../../kernel/rule.ts";

export interface CertificateRequest {
  /** The identity token, as its provider issued it. A secret. */
  readonly token: string;
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string;
  /** A signature over the token's subject with the key: proof that whoever asks has it. */
  readonly proof: Uint8Array;
}

export interface SignedEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** The bytes that the signature covers. */
  readonly encoding: Uint8Array;
  /** The signer's certificate as DER. */
  readonly certificate: Uint8Array;
}

export interface KeylessServices {
  /** Gives a certificate as DER, the signer's own first. */
  requestCertificate(request: CertificateRequest): Promise<readonly Uint8Array[]>;
  /** Each gives an RFC 3161 response over the signature. */
  readonly timestampAuthorities: readonly ((signature: Uint8Array) => Promise<Uint8Array>)[];
  /** Each publishes the signature, and gives the `TransparencyLogEntry` for the bundle. */
  readonly logs: readonly ((envelope: SignedEnvelope) => Promise<JsonValue>)[];
}
