/** Keys and certificates of any shape, for tests. Keys are made once a run: only their kinds matter. */

import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { Signer } from "../../src/kernel/signer.ts";
import type { Certificate, Extension } from "../../src/provenance/x509/certificate.ts";
import { basicConstraints, extendedKeyUsage, keyUsage } from "../../src/provenance/x509/issue.ts";
import { EKU } from "../../src/provenance/x509/oids.ts";
import { parseCertificate } from "../../src/provenance/x509/parse-certificate.ts";
import { writeCertificate } from "../../src/provenance/x509/write-certificate.ts";
import type { CertificateSpec } from "../../src/provenance/x509/write-certificate.ts";
import { writeName } from "../../src/provenance/x509/write-name.ts";

export interface TestKey extends Signer {
  readonly key: KeyObject;
  readonly pem: string;
}

export type KeyKind = "P-256" | "P-384" | "P-521" | "secp256k1" | "rsa2048" | "rsa1024" | "ed25519";

/** A new key. Signs as the port of signers says. */
export function makeKey(kind: KeyKind = "P-256"): TestKey {
  const key = generate(kind);
  const hash = { "P-384": "sha384", "P-521": "sha512", ed25519: null }[kind as string];
  return {
    key,
    pem: key.export({ type: "pkcs8", format: "pem" }) as string,
    publicKey: createPublicKey(key).export({ type: "spki", format: "der" }),
    sign: async (bytes) => sign(hash === undefined ? "sha256" : hash, bytes, key),
  };
}

function generate(kind: KeyKind): KeyObject {
  switch (kind) {
    case "ed25519":
      return generateKeyPairSync("ed25519").privateKey;
    case "rsa2048":
    case "rsa1024":
      return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(3)) }).privateKey;
    default:
      return generateKeyPairSync("ec", { namedCurve: kind }).privateKey;
  }
}

/** Everything is valid around this moment unless a test says otherwise. */
export const NOON = Date.UTC(2026, 5, 15, 12);
const YEAR = 365 * 86_400_000;

export function name(text: string): Uint8Array {
  const der = writeName(text);
  if (typeof der === "string") {
    throw new TypeError(der);
  }
  return der;
}

export interface CertificateOptions extends Partial<Omit<CertificateSpec, "issuer" | "subject">> {
  readonly subject?: string;
  readonly issuer?: string;
}

let serial = 1;

/** A certificate for `key`, signed by `signer`. */
export async function makeCertificate(
  key: Signer,
  signer: Signer,
  options: CertificateOptions = {},
): Promise<Certificate> {
  return parsed(await makeDer(key, signer, options));
}

/** The same, also where nobody can read it. */
export async function makeDer(
  key: Signer,
  signer: Signer,
  options: CertificateOptions = {},
): Promise<Uint8Array> {
  serial += 1;
  return await writeCertificate(
    {
      serial: Uint8Array.of(serial >> 16, serial >> 8, serial),
      notBefore: NOON - YEAR,
      notAfter: NOON + YEAR,
      publicKey: key.publicKey,
      extensions: [],
      ...options,
      issuer: name(options.issuer ?? "CN=root"),
      subject: name(options.subject ?? "CN=root"),
    },
    signer,
  );
}

export function parsed(der: Uint8Array): Certificate {
  const result = parseCertificate(der);
  if (result.kind === "damaged") {
    throw new TypeError(`${result.problem} at ${result.offset}`);
  }
  return result.certificate;
}

export function caExtensions(pathLength?: number): readonly Extension[] {
  return [basicConstraints(true, pathLength), keyUsage("keyCertSign")];
}

export const LEAF_EXTENSIONS: readonly Extension[] = [
  basicConstraints(false),
  keyUsage("digitalSignature"),
  extendedKeyUsage([EKU.codeSigning]),
];

export function pem(...certificates: readonly { readonly der: Uint8Array }[]): string {
  return certificates
    .map(({ der }) => {
      const lines = Buffer.from(der)
        .toString("base64")
        .replaceAll(/.{1,64}/g, "$&\n");
      return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
    })
    .join("");
}
