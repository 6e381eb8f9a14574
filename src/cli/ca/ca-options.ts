/** What the commands of an authority share: how their options and their files are read and shown. */

import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { join } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import type { Certificate } from "../../provenance/x509/certificate.ts";
import { parseCertificate } from "../../provenance/x509/parse-certificate.ts";
import { timeText } from "../../provenance/x509/time.ts";
import { writeName } from "../../provenance/x509/write-name.ts";
import type { Arguments, CommandSpec } from "../command.ts";

export interface CaFiles {
  readonly key: string;
  readonly certificate: string;
}

/** The folder that is named, and its files. Throws `AppError` USAGE. */
export function caFolder(given: Arguments, { name }: Pick<CommandSpec, "name">): string {
  const [folder, ...others] = given.positionals;
  if (folder === undefined || others.length > 0) {
    throw new AppError("USAGE", `${name} needs one folder`, { hint: `weighbridge ${name} --help` });
  }
  return folder;
}

export function caFiles(folder: string): CaFiles {
  return { key: join(folder, "ca.key"), certificate: join(folder, "ca.pem") };
}

/** An option that has to be there. */
export function required(given: Arguments, option: string, command: string): string {
  const value = given.value(option)?.trim();
  if (value === undefined || value === "") {
    throw new AppError("USAGE", `${command} needs --${option}`, {
      hint: `weighbridge ${command} --help`,
    });
  }
  return value;
}

/** A distinguished name in DER, from an option. */
export function nameOption(given: Arguments, option: string, command: string): Uint8Array {
  const name = writeName(required(given, option, command));
  if (typeof name === "string") {
    throw new AppError("USAGE", `--${option}: ${name}`, {
      hint: "a plain name, or one such as CN=Release,O=Acme",
    });
  }
  return name;
}

/** A whole number from an option. */
export function numberOption(
  given: Arguments,
  option: string,
  { fallback, from, to }: { readonly fallback: number; readonly from: number; readonly to: number },
): number {
  const text = given.value(option);
  if (text === undefined) {
    return fallback;
  }
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to)) {
    throw new AppError("USAGE", `--${option} is a number from ${from} to ${to}, and not ${text}`);
  }
  return value;
}

const NAMED_CURVES = { p256: "prime256v1", p384: "secp384r1", p521: "secp521r1" } as const;
export const CURVE_NAMES = ["p256", "p384", "p521"] as const;

export function makePrivateKey(curve: (typeof CURVE_NAMES)[number]): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: NAMED_CURVES[curve] }).privateKey;
}

/** PKCS#8, encrypted where there is a password. */
export function privatePem(key: KeyObject, password: string): string {
  return key
    .export({
      type: "pkcs8",
      format: "pem",
      ...(password === "" ? {} : { cipher: "aes-256-cbc", passphrase: password }),
    })
    .toString();
}

/** SubjectPublicKeyInfo. */
export function publicDer(key: KeyObject): Uint8Array {
  const publicKey = key.type === "public" ? key : createPublicKey(key);
  return publicKey.export({ type: "spki", format: "der" });
}

export function certificatePem(der: Uint8Array): string {
  return new X509Certificate(der).toString();
}

/** What was just written, read again: nothing leaves here that the reader would not take. */
export function readBack(der: Uint8Array): Certificate {
  const result = parseCertificate(der);
  if (result.kind === "damaged") {
    throw new AppError("INTERNAL", `the certificate that was made is wrong: ${result.problem}`);
  }
  return result.certificate;
}

/** Lines about a certificate and the files that belong to it. */
export function certificateLines(
  certificate: Certificate,
  files: readonly (readonly [label: string, text: string])[],
): string {
  const fingerprint = new X509Certificate(certificate.der).fingerprint256;
  const rows = [
    ...files,
    ["subject", certificate.subject.text],
    ["valid until", timeText(certificate.notAfter)],
    ["SHA-256", fingerprint.replaceAll(":", "").toLowerCase()],
  ] as const;
  return rows.map(([label, text]) => `${label.padEnd(13)}${escapeText(text)}\n`).join("");
}
