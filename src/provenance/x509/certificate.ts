/** What a certificate says (RFC 5280, section 4), as `parseCertificate` reads it. Times are milliseconds since 1970. */

import type { Curve } from "./oids.ts";

export interface Certificate {
  /** All of it, as it came. */
  readonly der: Uint8Array;
  /** The part that is signed. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Hexadecimal, without a sign. */
  readonly serial: string;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: number;
  /** The last moment that it is valid. */
  readonly notAfter: number;
  readonly publicKey: PublicKeyInfo;
  readonly extensions: readonly Extension[];
  readonly basicConstraints?: BasicConstraints;
  readonly keyUsage?: readonly KeyUsage[];
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly subjectAltNames: readonly GeneralName[];
  /** Hexadecimal. */
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
}

export interface AlgorithmIdentifier {
  readonly oid: string;
  /** DER, where there are any. */
  readonly parameters?: Uint8Array;
  readonly der: Uint8Array;
}

export interface DistinguishedName {
  readonly der: Uint8Array;
  readonly attributes: readonly NameAttribute[];
  /** RFC 4514; no character of it can forge structure on a terminal or in a report. */
  readonly text: string;
}

export interface NameAttribute {
  readonly oid: string;
  /** Missing where the value is not text. Not escaped. */
  readonly value?: string;
}

export interface PublicKeyInfo {
  /** SubjectPublicKeyInfo. */
  readonly der: Uint8Array;
  readonly algorithm: KeyAlgorithm;
}

export type KeyAlgorithm =
  | { readonly kind: "ec"; readonly curve: Curve }
  | { readonly kind: "rsa"; readonly bits: number }
  | { readonly kind: "ed25519" }
  /** Not accepted for anything; `name` is for people. */
  | { readonly kind: "other"; readonly name: string };

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength?: number;
}

/** In the order of their bits (RFC 5280, section 4.2.1.3). */
export const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

export interface GeneralName {
  readonly kind: "email" | "dns" | "uri" | "directory" | "other";
  /** Printable; of `other` the bytes as hexadecimal. */
  readonly value: string;
}
