/**
 * Signs a statement without a key that anybody keeps (Sigstore client specification, 3): a key for this one signature,
 * a certificate for it from whoever logged in, the signature, its time, its entry in the log. The bundle is
 * verified as a stranger would verify it before it is handed out.
 */

import { X509Certificate, generateKeyPairSync, sign } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { readClaims } from "./claims.ts";
import type { SignerClaims } from "./claims.ts";
import type { IdentityToken } from "./identity-token.ts";
import type { KeylessServices } from "./keyless-services.ts";
import { envelopeEncoding } from "./library.ts";
import type { TrustedRoot } from "./library.ts";
import { verifyBundle } from "./verify-bundle.ts";
import type { VerifiedEntry } from "./verify-bundle.ts";

export interface EnvelopeRequest {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly token: IdentityToken;
  readonly services: KeylessServices;
  /** What the bundle is verified with: nobody is helped by one that nobody can verify. */
  readonly trustedRoot: TrustedRoot;
  now(): Date;
}

export interface KeylessSignature {
  /** Version 0.3. */
  readonly bundle: JsonValue;
  /** As the certificate has it: what verifiers have to ask for. */
  readonly signer: SignerClaims;
  /** Where it was published. */
  readonly logEntries: readonly VerifiedEntry[];
}

export const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** Throws `AppError` where one of the services fails, or where what they gave does not hold. */
export async function signEnvelope(request: EnvelopeRequest): Promise<KeylessSignature> {
  const { payloadType, token, services, trustedRoot } = request;
  const payload = Buffer.from(request.payload);
  // It never leaves this function, and is forgotten with it.
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [certificate] = await services.requestCertificate({
    token: token.text,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    proof: sign("sha256", Buffer.from(token.subject), privateKey),
  });
  if (certificate === undefined || !isFor(certificate, privateKey)) {
    throw notOurs("the certificate authority gave a certificate for another key");
  }
  const signer = claimsOf(certificate);
  const encoding = envelopeEncoding(payloadType, payload);
  const signature = sign("sha256", encoding, privateKey);
  const timestamps = await Promise.all(
    services.timestampAuthorities.map((stamp) => stamp(signature)),
  );
  const tlogEntries = await Promise.all(
    services.logs.map((log) => log({ payloadType, payload, signature, encoding, certificate })),
  );
  const bundle: JsonValue = {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate) },
      tlogEntries,
      timestampVerificationData: {
        rfc3161Timestamps: timestamps.map((stamp) => ({ signedTimestamp: base64(stamp) })),
      },
    },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType,
      signatures: [{ sig: base64(signature), keyid: "" }],
    },
  };
  const verdict = verifyBundle({
    bundle,
    content: { kind: "statement" },
    signer: {
      kind: "identity",
      identity: { kind: "exact", value: signer.identity },
      issuer: signer.issuer,
    },
    trustedRoot,
    thresholds: { logEntries: services.logs.length },
    at: request.now(),
  });
  if (verdict.kind === "invalid") {
    const [{ evidence } = { evidence: { message: "" } }] = verdict.problems;
    throw notOurs(`what the services gave does not verify: ${evidence.message}`);
  }
  return { bundle, signer, logEntries: verdict.logEntries };
}

function isFor(der: Uint8Array, privateKey: Parameters<X509Certificate["checkPrivateKey"]>[0]) {
  try {
    return new X509Certificate(der).checkPrivateKey(privateKey);
  } catch {
    return false;
  }
}

function claimsOf(der: Uint8Array): SignerClaims {
  const parsed = parseCertificate(der);
  const read =
    parsed.kind === "damaged"
      ? ({ kind: "refused", reason: parsed.problem } as const)
      : readClaims(parsed.certificate);
  if (read.kind === "refused") {
    throw notOurs(`the certificate authority gave a certificate that is refused: ${read.reason}`);
  }
  return read.signer;
}

function notOurs(message: string): AppError {
  return new AppError("SOURCE_FORBIDDEN", quote(message, 1000).slice(1, -1), {
    hint: "nothing was written; see --trust-config for private instances",
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
