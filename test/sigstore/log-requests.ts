/** What signers send to Rekor, checked as it checks it: the signature has to be by the key that comes along. */

import { X509Certificate, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { JsonValue } from "../../src/kernel/rule.ts";
import { pae } from "../../src/provenance/dsse/pae.ts";
import { appendEntry, bodyOf } from "./log.ts";
import type { TestLog } from "./log.ts";

interface Version1 {
  readonly kind: string;
  readonly spec: { readonly proposedContent: { envelope: string; verifiers: [string] } };
}

interface Version2 {
  readonly hashedRekordRequestV002: {
    readonly digest: string;
    readonly signature: {
      readonly content: string;
      readonly verifier: {
        readonly x509Certificate: { readonly rawBytes: string };
        readonly keyDetails: string;
      };
    };
  };
}

/** Gives what the interface of the log's version answers. */
export async function appendBody(log: TestLog, request: Buffer): Promise<JsonValue> {
  const json = JSON.parse(request.toString()) as unknown;
  const now = Date.now();
  return log.version === 1
    ? await version1(log, json as Version1, now)
    : await version2(log, json as Version2, now);
}

async function version1(log: TestLog, { kind, spec }: Version1, now: number): Promise<JsonValue> {
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, payloadType, signatures } = JSON.parse(envelope) as {
    payload: string;
    payloadType: string;
    signatures: [{ sig: string }];
  };
  const certificate = new X509Certificate(Buffer.from(verifiers[0], "base64"));
  const signature = Buffer.from(signatures[0].sig, "base64");
  const bytes = Buffer.from(payload, "base64");
  const encoding = pae(payloadType, bytes);
  if (kind !== "dsse" || !isBy(certificate.publicKey, encoding, signature)) {
    throw new TypeError("invalid signature");
  }
  const body = bodyOf(1, {
    payload: bytes,
    payloadType,
    signature,
    encoding,
    certificate: certificate.raw,
  });
  const entry = (await appendEntry(log, body, now)) as unknown as Version1Entry;
  const { inclusionProof: proof } = entry;
  return {
    [`${log.id.subarray(0, 8).toString("hex")}${entry.logIndex}`]: {
      body: entry.canonicalizedBody,
      integratedTime: Number(entry.integratedTime),
      logID: log.id.toString("hex"),
      logIndex: Number(entry.logIndex),
      verification: {
        signedEntryTimestamp: entry.inclusionPromise.signedEntryTimestamp,
        inclusionProof: {
          checkpoint: proof.checkpoint.envelope,
          hashes: proof.hashes.map(toHex),
          logIndex: Number(proof.logIndex),
          rootHash: toHex(proof.rootHash),
          treeSize: Number(proof.treeSize),
        },
      },
    },
  };
}

interface Version1Entry {
  readonly logIndex: string;
  readonly integratedTime: string;
  readonly canonicalizedBody: string;
  readonly inclusionPromise: { readonly signedEntryTimestamp: string };
  readonly inclusionProof: {
    readonly logIndex: string;
    readonly rootHash: string;
    readonly treeSize: string;
    readonly hashes: readonly string[];
    readonly checkpoint: { readonly envelope: string };
  };
}

/** The digest alone comes, so that the signature cannot be checked here without bytes: its form is. */
async function version2(log: TestLog, request: Version2, now: number): Promise<JsonValue> {
  const { digest, signature } = request.hashedRekordRequestV002;
  const { x509Certificate, keyDetails } = signature.verifier;
  if (keyDetails !== "PKIX_ECDSA_P256_SHA_256" || Buffer.from(digest, "base64").length !== 32) {
    throw new TypeError("invalid hashed rekord request");
  }
  const body = {
    apiVersion: "0.0.2",
    kind: "hashedrekord",
    spec: {
      hashedRekordV002: {
        data: { algorithm: "SHA2_256", digest },
        signature: { content: signature.content, verifier: { keyDetails, x509Certificate } },
      },
    },
  };
  return await appendEntry(log, Buffer.from(JSON.stringify(body)), now);
}

function isBy(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verify("sha256", bytes, key, signature);
}

function toHex(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}
