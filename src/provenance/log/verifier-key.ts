/**
 * Verifier keys, `name+hash+key`: C2SP signed-note, with the signature types that logs and witnesses have. ML-DSA-44
 * is known to Node from 24 on.
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
const ML_DSA_COSIGNATURE = 0x06;

/** DER of SubjectPublicKeyInfo up to the key itself: RFC 8410, RFC 9881. */
const ED25519_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const ML_DSA_PREFIX = Buffer.from("30820532300b06096086480165030403110382052100", "hex");

export interface VerifierKey {
  /** Whose key it is; of a log, its origin. */
  readonly name: string;
  /** Four bytes, hexadecimal. */
  readonly id: string;
  readonly kind: "ed25519" | "ecdsa" | "cosignature" | "ml-dsa-cosignature";
  /** The key as it is encoded, without its type: two keys with the same are the same. */
  readonly material: Uint8Array;
  readonly key: KeyObject;
}

const KINDS: ReadonlyMap<number, VerifierKey["kind"]> = new Map([
  [ED25519, "ed25519"],
  [ECDSA, "ecdsa"],
  [COSIGNATURE, "cosignature"],
  [ML_DSA_COSIGNATURE, "ml-dsa-cosignature"],
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

interface Encoding {
  readonly prefix: Uint8Array;
  /** Bytes of the key; a structure of its own has any number. */
  readonly size?: number;
  readonly type: string;
}

const ENCODINGS: Readonly<Record<VerifierKey["kind"], Encoding>> = {
  ed25519: { prefix: ED25519_PREFIX, size: 32, type: "ed25519" },
  ecdsa: { prefix: Buffer.alloc(0), type: "ec" },
  cosignature: { prefix: ED25519_PREFIX, size: 32, type: "ed25519" },
  "ml-dsa-cosignature": { prefix: ML_DSA_PREFIX, size: 1312, type: "ml-dsa-44" },
};

function publicKey(kind: VerifierKey["kind"], material: Uint8Array, name: string): KeyObject {
  const { prefix, size, type } = ENCODINGS[kind];
  const key = readKey(Buffer.concat([prefix, material]));
  // Types of @types/node may lag behind.
  const found: string | undefined = key?.asymmetricKeyType;
  if (key === undefined || found !== type || material.length !== (size ?? material.length)) {
    throw invalid(
      `the verifier key of ${quote(name)} holds no key that can be read`,
      kind === "ml-dsa-cosignature" ? "ML-DSA-44 needs Node.js 24" : undefined,
    );
  }
  return key;
}

/** Whether the key signs with the time, as witnesses do. */
export function isCosigner({ kind }: VerifierKey): boolean {
  return kind === "cosignature" || kind === "ml-dsa-cosignature";
}

function readKey(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}
