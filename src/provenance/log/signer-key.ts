/**
 * A log's own Ed25519 key, as Go's `sumdb/note` and all tools of that family keep it: `PRIVATE+KEY+name+hash+key`,
 * where the key is the seed of RFC 8032.
 */

import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { decodeBase64, encodeBase64 } from "./base64.ts";
import { invalid } from "./refuse.ts";
import { ed25519Verifier, isKeyName } from "./verifier-key.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** DER of an Ed25519 PrivateKeyInfo (RFC 8410) up to the seed. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export interface SignerKey {
  readonly verifier: VerifierKey;
  readonly seed: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** @param seed 32 bytes that nobody else knows. */
export function signerFromSeed(name: string, seed: Uint8Array): SignerKey {
  const key: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: "der",
    type: "pkcs8",
  });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return {
    verifier: ed25519Verifier(name, Buffer.from(x, "base64url")),
    seed,
    sign: (message) => sign(null, message, key),
  };
}

/** Reads a line as Go writes it; throws `AppError` LOG_INVALID without a word of the key. */
export function parseSignerKey(line: string): SignerKey {
  const [, name = "", id = "", encoded = ""] =
    /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(line) ?? [];
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes?.[0] !== 0x01 || bytes.length !== 33) {
    throw invalid("this is no private key of a log", "one looks like PRIVATE+KEY+name+0123abcd+…");
  }
  const signer = signerFromSeed(name, bytes.subarray(1));
  if (signer.verifier.id !== id) {
    throw invalid("the private key is damaged: its hash is not that of the key in it");
  }
  return signer;
}

export function formatSignerKey({ verifier, seed }: SignerKey): string {
  const encoded = encodeBase64(Buffer.concat([Buffer.from([0x01]), seed]));
  return `PRIVATE+KEY+${verifier.name}+${verifier.id}+${encoded}`;
}
