/**
 * What a bundle's signature covers, and whether that is what the caller has: an artifact whose bytes went by once, or
 * a statement that the caller reads. The digest follows the key: P-384 goes with SHA-384, P-521 with SHA-512.
 */

import { createHash, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { parseJson, textAt, valueAt } from "./json.ts";
import { envelopeEncoding } from "./library.ts";
import type { Bundle, SignatureContent } from "./library.ts";
import { problemOf } from "./problem.ts";
import type { SigstoreProblem } from "./problem.ts";
import { CONTENT } from "./rules.ts";

/** An artifact that was read already. */
export interface SignedArtifact {
  readonly sha256: Uint8Array;
  /** Whether a signature over its bytes (with SHA-256) is by the key. */
  isSignedBy(key: KeyObject, signature: Uint8Array): boolean;
}

export type ExpectedContent =
  /** An envelope, whose payload the caller judges. */
  | { readonly kind: "statement" }
  /** A signature over the artifact, or an in-toto statement that has it as a subject. */
  | { readonly kind: "artifact"; readonly artifact: SignedArtifact };

export interface Payload {
  readonly payloadType: string;
  readonly payload: Buffer;
}

/** The digest that goes with a key; nothing where the key's kind has one of its own. */
export function digestOf(key: KeyObject): string | undefined {
  switch (key.asymmetricKeyType) {
    case "ec":
      switch (key.asymmetricKeyDetails?.namedCurve) {
        case "secp384r1":
          return "sha384";
        case "secp521r1":
          return "sha512";
        default:
          return "sha256";
      }
    case "rsa":
      return "sha256";
    default:
      return undefined;
  }
}

/** What the library compares log entries and signature with. */
export function signatureContent(
  { content }: Bundle,
  expected: ExpectedContent,
): SignatureContent | SigstoreProblem {
  if (content.$case === "dsseEnvelope") {
    const { payloadType, payload, signatures } = content.dsseEnvelope;
    const encoded = envelopeEncoding(payloadType, payload);
    const signature = signatures[0]?.sig ?? Buffer.alloc(0);
    return contentOf(signature, [sha256(payload)], sha256(encoded), (key) =>
      isSignature(encoded, key, signature),
    );
  }
  if (expected.kind === "statement") {
    return problemOf(CONTENT, "a statement was expected, and the signature is over bare bytes");
  }
  const { artifact } = expected;
  const digest = Buffer.from(artifact.sha256);
  const { signature } = content.messageSignature;
  return contentOf(signature, [digest], digest, (key) => artifact.isSignedBy(key, signature));
}

/** Whether what was signed is what the caller has. */
export function contentProblem(
  { content }: Bundle,
  expected: ExpectedContent,
): SigstoreProblem | undefined {
  if (expected.kind === "statement") {
    return undefined;
  }
  const wanted = Buffer.from(expected.artifact.sha256);
  if (content.$case === "dsseEnvelope") {
    return subjectsOf(content.dsseEnvelope.payload).includes(wanted.toString("hex"))
      ? undefined
      : problemOf(CONTENT, "the statement that was signed does not have the artifact as a subject");
  }
  const { digest } = content.messageSignature.messageDigest;
  return digest.length === 0 || digest.equals(wanted)
    ? undefined
    : problemOf(CONTENT, "the bundle is for an artifact with another digest");
}

function contentOf(
  signature: Buffer,
  digests: readonly Buffer[],
  signed: Buffer,
  verifySignature: (key: KeyObject) => boolean,
): SignatureContent {
  return {
    signature,
    compareSignature: (other) => other.equals(signature),
    compareDigest: (other) => digests.some((digest) => digest.equals(other)),
    compareSignedDigest: (other) => other.equals(signed),
    verifySignature,
  };
}

function isSignature(bytes: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(digestOf(key) ?? null, bytes, key, signature);
  } catch {
    return false;
  }
}

function subjectsOf(payload: Buffer): readonly string[] {
  const subjects = valueAt(parseJson(payload.toString("utf8")), "subject");
  return Array.isArray(subjects)
    ? subjects.flatMap((subject) => {
        const digest = textAt(subject, "digest", "sha256");
        return digest === undefined ? [] : [digest];
      })
    : [];
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
