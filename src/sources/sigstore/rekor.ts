/**
 * The log of Sigstore. Version 1 takes the whole envelope (`dsse` 0.0.1) and answers with a form of its own; version 2
 * takes the digest of what was signed (`hashedrekord` 0.0.2; it has no entries for envelopes any more) and answers
 * with what goes into a bundle, once the entry is in the tree.
 */

import { createHash } from "node:crypto";

import type { JsonValue } from "../../kernel/rule.ts";
import { textAt, valueAt } from "../../provenance/sigstore/json.ts";
import type { SignedEnvelope } from "../../provenance/sigstore/keyless-services.ts";
import { ask, askJson, below, jsonOf, unusable } from "./post.ts";
import type { Ask } from "./post.ts";

/** The entry is there already, and the answer says where. */
const CONFLICT = 409;

/** Publishes a signature in a log of version 1, and gives its `TransparencyLogEntry`. Throws `AppError`. */
export async function publishInVersion1(
  base: string,
  envelope: SignedEnvelope,
  about: Ask,
): Promise<JsonValue> {
  const { payloadType, payload, signature, certificate } = envelope;
  const url = below(base, "/api/v1/log/entries");
  const headers = { "content-type": "application/json", accept: "application/json" };
  const body = {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      proposedContent: {
        envelope: JSON.stringify({
          payload: base64(payload),
          payloadType,
          signatures: [{ sig: base64(signature) }],
        }),
        verifiers: [base64(Buffer.from(pemOf(certificate)))],
      },
    },
  };
  const reply = await ask(about, { url, method: "POST", headers, body: JSON.stringify(body) }, [
    CONFLICT,
  ]);
  if (reply.status !== CONFLICT) {
    return entryOf(jsonOf(reply.body, about, url), about, url);
  }
  const { location = "" } = reply.headers;
  const existing = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (existing === undefined || existing.origin !== url.origin) {
    throw unusable(about.who, url);
  }
  const found = await ask(about, { url: existing, headers });
  return entryOf(jsonOf(found.body, about, existing), about, existing);
}

/** The same with a log of version 2, which may take its time. */
export async function publishInVersion2(
  base: string,
  { encoding, signature, certificate }: SignedEnvelope,
  about: Ask,
): Promise<JsonValue> {
  return await askJson(about, below(base, "/api/v2/log/entries"), {
    hashedRekordRequestV002: {
      digest: createHash("sha256").update(encoding).digest("base64"),
      signature: {
        content: base64(signature),
        verifier: {
          x509Certificate: { rawBytes: base64(certificate) },
          keyDetails: "PKIX_ECDSA_P256_SHA_256",
        },
      },
    },
  });
}

/** `{ "<uuid>": { body, logID, logIndex, integratedTime, verification } }`, with digests in hexadecimal. */
function entryOf(answer: JsonValue, { who }: Ask, url: URL): JsonValue {
  const [entry] = typeof answer === "object" && answer !== null ? Object.values(answer) : [];
  const body = textAt(entry, "body");
  const logId = textAt(entry, "logID");
  const promise = textAt(entry, "verification", "signedEntryTimestamp");
  const proof = valueAt(entry, "verification", "inclusionProof");
  const checkpoint = textAt(proof, "checkpoint");
  const hashes = valueAt(proof, "hashes") ?? [];
  if (
    body === undefined ||
    logId === undefined ||
    promise === undefined ||
    checkpoint === undefined ||
    !Array.isArray(hashes)
  ) {
    throw unusable(who, url);
  }
  const number = (...path: string[]): string => {
    const value = valueAt(entry, ...path);
    return typeof value === "number" || typeof value === "string" ? String(value) : "";
  };
  return {
    logIndex: number("logIndex"),
    logId: { keyId: fromHex(logId) },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    integratedTime: number("integratedTime"),
    inclusionPromise: { signedEntryTimestamp: promise },
    inclusionProof: {
      logIndex: number("verification", "inclusionProof", "logIndex"),
      rootHash: fromHex(textAt(proof, "rootHash") ?? ""),
      treeSize: number("verification", "inclusionProof", "treeSize"),
      hashes: hashes.map((hash) => fromHex(String(hash))),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: body,
  };
}

function fromHex(text: string): string {
  return Buffer.from(text, "hex").toString("base64");
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function pemOf(der: Uint8Array): string {
  const lines = base64(der).replaceAll(/.{1,64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}
