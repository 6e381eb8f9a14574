/** Keys and certificates that the user names. */

import { createPrivateKey, createPublicKey, hash } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import { curveOf, describeKey } from "../../provenance/oms/keys.ts";
import type { Certificate } from "../../provenance/x509/certificate.ts";
import { parseCertificates } from "../../provenance/x509/parse-certificates.ts";
import { readNamedFile } from "./model-target.ts";

const LARGEST_KEY = 64 * 1024;
const LARGEST_CHAIN = 16 * 1024 * 1024;
const NOT_EC = "models are signed with keys on P-256, P-384 or P-521: weighbridge keygen";

/** A public key as PEM or DER. Throws `AppError` for anything that cannot verify models. */
export function readPublicKey(path: string): KeyObject {
  const bytes = readNamedFile(path, "the public key", LARGEST_KEY);
  const text = Buffer.from(bytes).toString("latin1");
  if (text.includes("PRIVATE KEY-----")) {
    throw new AppError("USAGE", `${path} is a private key; verifying needs the public one`, {
      hint: "keep the private key to yourself, and give its public key to those who verify",
    });
  }
  if (text.includes("BEGIN CERTIFICATE")) {
    throw new AppError("USAGE", `${path} is a certificate, not a public key`, {
      hint: "weighbridge verify certificate MODEL --certificate-chain ROOT",
    });
  }
  let key: KeyObject;
  try {
    key = text.includes("-----BEGIN")
      ? createPublicKey({ key: Buffer.from(bytes), format: "pem" })
      : createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" });
  } catch (error) {
    throw new AppError("USAGE", `${path} is not a public key in PEM`, { cause: error });
  }
  return checked(key, path);
}

/** Whether a private key asks for a password. */
export function isEncrypted(pem: Uint8Array): boolean {
  const text = Buffer.from(pem).toString("latin1");
  return text.includes("BEGIN ENCRYPTED PRIVATE KEY") || text.includes("Proc-Type: 4,ENCRYPTED");
}

export function readPrivateKeyFile(path: string): Uint8Array {
  return readNamedFile(path, "the private key", LARGEST_KEY);
}

/** Throws `AppError` for what is no key, for a wrong password, and for keys that cannot sign models. */
export function openPrivateKey(pem: Uint8Array, path: string, password?: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({
      key: Buffer.from(pem),
      format: "pem",
      ...(password === undefined ? {} : { passphrase: password }),
    });
  } catch (error) {
    const message = isEncrypted(pem)
      ? `${path} cannot be opened with this password`
      : `${path} is not a private key in PEM`;
    throw new AppError("USAGE", message, { cause: error });
  }
  return checked(key, path);
}

function checked(key: KeyObject, path: string): KeyObject {
  const isKnown = curveOf(key) !== undefined;
  if (!isKnown) {
    throw new AppError("USAGE", `${path} is ${describeKey(key)}`, { hint: NOT_EC });
  }
  return key;
}

/** All certificates of some files. Throws `AppError`. */
export function readCertificates(paths: readonly string[]): readonly Certificate[] {
  return paths.flatMap((path) => {
    const parsed = parseCertificates(readNamedFile(path, "the certificate", LARGEST_CHAIN));
    if (parsed.kind === "damaged") {
      throw new AppError("USAGE", `${path} has no certificates in it: ${parsed.problem}`);
    }
    return parsed.certificates;
  });
}

/** Which certificates were given, a line each. */
export function fingerprintLines(paths: readonly string[]): string {
  return readCertificates(paths)
    .map(
      ({ der, subject }) => `certificate sha256:${hash("sha256", der, "hex")}  ${subject.text}\n`,
    )
    .join("");
}
