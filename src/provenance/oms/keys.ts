/** Keys that models are signed with: elliptic curves of NIST, each with the digest of its size. */

import { hash } from "node:crypto";
import type { KeyObject } from "node:crypto";

export interface Curve {
  /** As people write it. */
  readonly name: "P-256" | "P-384" | "P-521";
  /** As OpenSSL calls it. */
  readonly namedCurve: string;
  /** What its signatures digest with. */
  readonly digest: "sha256" | "sha384" | "sha512";
}

export const CURVES: readonly Curve[] = [
  { name: "P-256", namedCurve: "prime256v1", digest: "sha256" },
  { name: "P-384", namedCurve: "secp384r1", digest: "sha384" },
  { name: "P-521", namedCurve: "secp521r1", digest: "sha512" },
];

/** Nothing for a key of any other kind. */
export function curveOf(key: KeyObject): Curve | undefined {
  return key.asymmetricKeyType === "ec"
    ? CURVES.find(({ namedCurve }) => namedCurve === key.asymmetricKeyDetails?.namedCurve)
    : undefined;
}

/** What a key is, for people who gave the wrong one: `an RSA key`. */
export function describeKey(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case "rsa":
    case "rsa-pss":
      return "an RSA key";
    case "ec":
      return `a key on the curve ${key.asymmetricKeyDetails?.namedCurve ?? "?"}`;
    case "ed25519":
    case "ed448":
      return "an Edwards-curve key";
    default:
      return `a key of the kind ${key.asymmetricKeyType ?? "?"}`;
  }
}

/** Public keys are known by the SHA-256 of their PEM text, in hexadecimal; bundles name them like that. */
export function keyFingerprint(key: KeyObject): string {
  const pem = key.export({ type: "spki", format: "pem" });
  return hash("sha256", pem, "hex");
}
