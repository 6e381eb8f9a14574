/**
 * Logs like Rekor of both versions, in memory: an RFC 6962 tree with checkpoints signed by ECDSA (version 1, beside the
 * promise that version 1 signs) or Ed25519 (version 2).
 */

import { createHash, createPublicKey } from "node:crypto";

import type { JsonValue } from "../../src/kernel/rule.ts";
import type { SignedEnvelope } from "../../src/provenance/sigstore/keyless-services.ts";
import { makeKey } from "../builders/certificates.ts";
import type { TestKey } from "../builders/certificates.ts";

export interface TestLog {
  readonly version: 1 | 2;
  readonly baseUrl: string;
  /** What its checkpoints are signed as. */
  readonly name: string;
  readonly key: TestKey;
  readonly id: Buffer;
  readonly leaves: Buffer[];
}

/** A log with some entries of others in it. */
export function makeLog(version: 1 | 2, baseUrl: string): TestLog {
  const key = makeKey(version === 1 ? "P-256" : "ed25519");
  const name = new URL(baseUrl).host;
  const raw = createPublicKey(key.key).export({ format: "jwk" }).x ?? "";
  const id =
    version === 1
      ? sha256(key.publicKey)
      : sha256(Buffer.from(`${name}\n`), Uint8Array.of(1), Buffer.from(raw, "base64url"));
  const leaves = Array.from({ length: 5 }, (_, index) => leafHash(Buffer.from(`entry ${index}`)));
  return { version, baseUrl, name, key, id, leaves };
}

/** The body of the entry that each version makes for an envelope. */
export function bodyOf(version: 1 | 2, envelope: SignedEnvelope): Buffer {
  const { payload, payloadType, signature, encoding, certificate } = envelope;
  if (version === 2) {
    const digest = sha256(encoding).toString("base64");
    const verifier = {
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      x509Certificate: { rawBytes: base64(certificate) },
    };
    return canonical({
      apiVersion: "0.0.2",
      kind: "hashedrekord",
      spec: {
        hashedRekordV002: {
          data: { algorithm: "SHA2_256", digest },
          signature: { content: base64(signature), verifier },
        },
      },
    });
  }
  const text = JSON.stringify({ payload: base64(payload), payloadType, signature: 1 });
  const lines = base64(certificate).replaceAll(/.{1,64}/g, "$&\n");
  const pem = `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
  return canonical({
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: { algorithm: "sha256", value: sha256(Buffer.from(text)).toString("hex") },
      payloadHash: { algorithm: "sha256", value: sha256(payload).toString("hex") },
      signatures: [{ signature: base64(signature), verifier: base64(Buffer.from(pem)) }],
    },
  });
}

/** Adds an entry, and gives it as bundles have it. */
export async function appendEntry(log: TestLog, body: Buffer, now: number): Promise<JsonValue> {
  const index = log.leaves.push(leafHash(body)) - 1;
  const root = treeHash(log.leaves);
  const size = log.leaves.length;
  const origin = log.version === 1 ? `${log.name} - 7` : log.name;
  const note = `${origin}\n${size}\n${root.toString("base64")}\n`;
  const signature = await log.key.sign(Buffer.from(note));
  const line = Buffer.concat([log.id.subarray(0, 4), signature]).toString("base64");
  const { kind, apiVersion } = JSON.parse(body.toString()) as { kind: string; apiVersion: string };
  const integratedTime = log.version === 1 ? Math.floor(now / 1000) : 0;
  // A log of version 1 counts in all its shards, and its tree in one.
  const logIndex = log.version === 1 ? index + 1000 : index;
  const promised = canonical({
    body: body.toString("base64"),
    integratedTime,
    logID: log.id.toString("hex"),
    logIndex,
  });
  const promise =
    log.version === 1
      ? { inclusionPromise: { signedEntryTimestamp: base64(await log.key.sign(promised)) } }
      : {};
  return {
    logIndex: String(logIndex),
    logId: { keyId: log.id.toString("base64") },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    ...promise,
    inclusionProof: {
      logIndex: String(index),
      rootHash: root.toString("base64"),
      treeSize: String(size),
      hashes: pathTo(index, log.leaves).map((hash) => hash.toString("base64")),
      checkpoint: { envelope: `${note}\n— ${log.name} ${line}\n` },
    },
    canonicalizedBody: body.toString("base64"),
  };
}

function leafHash(entry: Uint8Array): Buffer {
  return sha256(Uint8Array.of(0), entry);
}

/** RFC 6962, 2.1. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  const split = splitOf(leaves.length);
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

/** RFC 6962, 2.1.1. */
function pathTo(index: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  return index < split
    ? [...pathTo(index, leaves.slice(0, split)), treeHash(leaves.slice(split))]
    : [...pathTo(index - split, leaves.slice(split)), treeHash(leaves.slice(0, split))];
}

function splitOf(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1);
}

/** Keys in order (RFC 8785 for what is in here). */
function canonical(value: JsonValue): Buffer {
  const sorted = (item: JsonValue): JsonValue =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)]),
        )
      : item;
  return Buffer.from(JSON.stringify(sorted(value)));
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
