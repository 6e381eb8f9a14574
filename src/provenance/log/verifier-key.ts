/**
 * Verifier keys, `name+hash+key`: C2SP signed-note, with the signature types that logs and witnesses have. ML-DSA-44
 * (0x06) is not read: its lines count as those of unknown keys.
 */

import { Buffer } from "node:buffer";
import { createPublicKey, hash } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { quote } from "../../kernel/text.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { invalid } from "./refuse.ts";

const ED25519 = 0x01;
const ECDSA = 0x02;
const COSIGNATURE = 0x04;

/** DER of an Ed25519 SubjectPublicKeyInfo (RFC 8410) up to the key itself. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export interface VerifierKey {
  /** Whose key it is; of a log, its origin. */
  readonly name: string;
  /** Four bytes, hexadecimal. */
  readonly id: string;
  readonly kind: "ed25519" | "ecdsa" | "cosignature";
  /** The key as it is encoded, without its type: two keys with the same are the same. */
  readonly material: Uint8Array;
  readonly key: KeyObject;
}

const KINDS: ReadonlyMap<number, VerifierKey["kind"]> = new Map([
  [ED25519, "ed25519"],
  [ECDSA, "ecdsa"],
  [COSIGNATURE, "cosignature"],
]);

/** Reads `name+hash+key`; throws `AppError` LOG_INVALID with what is wrong. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = "", id = "", encoded = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = decodeBase64(encoded);
  const kind = KINDS.get(bytes?.[0] ?? 0);
  if (!isKeyName(name) || bytes === undefined) {
    throw invalid(`${quote(text)} is no verifier key`, "one looks like name+0123abcd+BASE64");
  }
  if (kind === undefined) {
    throw invalid(`the verifier key of ${quote(name)} is of a type that is not understood`);
  }
  const material = bytes.subarray(1);
  const expected = kind === "ecdsa" ? hashId(material) : keyId(name, bytes);
  if (expected !== id) {
    throw invalid(`the verifier key of ${quote(name)} is damaged: its hash is not ${id}`);
  }
  return { name, id, kind, material, key: publicKey(kind, material, name) };
}

/** The verifier key of a log's Ed25519 key. */
export function ed25519Verifier(name: string, publicBytes: Uint8Array): VerifierKey {
  const id = keyId(name, Buffer.concat([[ED25519], publicBytes].map((part) => Buffer.from(part))));
  return {
    name,
    id,
    kind: "ed25519",
    material: publicBytes,
    key: publicKey("ed25519", publicBytes, name),
  };
}

export function formatVerifierKey({ name, id, kind, material }: VerifierKey): string {
  const [type = 0] = [...KINDS].find(([, each]) => each === kind) ?? [];
  return `${name}+${id}+${encodeBase64(Buffer.concat([Buffer.from([type]), material]))}`;
}

/** Names in notes: not empty, no space of any kind, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name !== "" && !/[\s+\p{White_Space}\p{Cc}\ufffd]/u.test(name);
}

/** First four bytes of SHA-256 over name, newline, type and key. */
function keyId(name: string, typeAndKey: Uint8Array): string {
  return hashId(Buffer.concat([Buffer.from(`${name}\n`), typeAndKey]));
}

function hashId(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex").slice(0, 8);
}

function publicKey(kind: VerifierKey["kind"], material: Uint8Array, name: string): KeyObject {
  const der = kind === "ecdsa" ? material : Buffer.concat([SPKI_PREFIX, material]);
  const key = readKey(Buffer.from(der));
  const isRight =
    kind === "ecdsa"
      ? key?.asymmetricKeyType === "ec"
      : key?.asymmetricKeyType === "ed25519" && material.length === 32;
  if (key === undefined || !isRight) {
    throw invalid(`the verifier key of ${quote(name)} holds no such key`);
  }
  return key;
}

function readKey(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}
