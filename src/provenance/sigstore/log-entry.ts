/**
 * What is checked of a log entry beyond the library: that the checkpoint is signed by the very log that the entry names,
 * under that log's whole name; that the log was in use at the time; and that the entry records the bundle's own
 * certificate or key. (C2SP signed-note and tlog-checkpoint; Rekor 1 and 2.)
 */

import { createPublicKey, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { quote } from "../../kernel/text.ts";
import { parseJson, textAt, valueAt } from "./json.ts";
import type { LogEntry, TrustedRoot } from "./library.ts";
import { problemOf } from "./problem.ts";
import type { SigstoreProblem } from "./problem.ts";
import { LOG_MISMATCH, LOG_PROOF } from "./rules.ts";

type Log = TrustedRoot["tlogs"][number];

export interface EntryContext {
  readonly root: TrustedRoot;
  /** DER of the signer's certificate, or of its public key. */
  readonly signer: Uint8Array;
  /** Verified times of the signature. */
  readonly times: readonly Date[];
}

/** Checks one entry that the library has found to be good. */
export function checkLogEntry(entry: LogEntry, context: EntryContext): SigstoreProblem[] {
  const logs = context.root.tlogs.filter((log) => idOf(log).equals(entry.logId.keyId));
  const reason =
    logs.length === 0
      ? "the trusted root has no log with the key that the entry names"
      : objectionTo(entry, logs, context.times);
  const recorded = recordedSigner(entry);
  return [
    ...(reason === undefined ? [] : [problemOf(LOG_PROOF, reason)]),
    ...(recorded?.equals(context.signer) === true
      ? []
      : [problemOf(LOG_MISMATCH, "the log entry records another certificate or key")]),
  ];
}

function idOf({ checkpointKeyId, logId }: Log): Buffer {
  return (checkpointKeyId ?? logId)?.keyId ?? Buffer.alloc(0);
}

/** The entry's number as far as it is proved: a promise signs that in all shards, a proof has that in its tree. */
export function provedIndex({ logIndex, inclusionPromise, inclusionProof }: LogEntry): string {
  return inclusionPromise === undefined ? (inclusionProof?.logIndex ?? "") : logIndex;
}

function objectionTo(
  entry: LogEntry,
  logs: readonly Log[],
  times: readonly Date[],
): string | undefined {
  const current = logs.filter((log) => times.some((time) => wasInUse(log, time)));
  if (current.length === 0) {
    return "the log was not in use at the time of the signature";
  }
  const { inclusionProof, kindVersion } = entry;
  if (inclusionProof === undefined) {
    return undefined;
  }
  // Logs of version 2 have one tree each.
  if (kindVersion.version === "0.0.2" && isRekor2(entry) && provedIndex(entry) !== entry.logIndex) {
    return "the entry's number is not the one that is proved";
  }
  const checkpoint = inclusionProof.checkpoint?.envelope ?? "";
  const [, size, hash] = checkpoint.split("\n", 3);
  if (size !== inclusionProof.treeSize || hash !== inclusionProof.rootHash.toString("base64")) {
    return "the proof is for another tree than its checkpoint";
  }
  if (current.some((log) => isSignedBy(checkpoint, log))) {
    return undefined;
  }
  const [origin = ""] = checkpoint.split("\n", 1);
  const [{ baseUrl } = { baseUrl: "" }] = current;
  return `the checkpoint of ${quote(origin)} is not signed by the log ${quote(baseUrl)} under its own name`;
}

/** `intoto` 0.0.2 is of version 1. */
function isRekor2({ kindVersion: { kind } }: LogEntry): boolean {
  return kind === "hashedrekord" || kind === "dsse";
}

/** Both ends are part of the time. */
function wasInUse({ publicKey }: Log, time: Date): boolean {
  const { start, end } = publicKey?.validFor ?? {};
  return start !== undefined && start <= time && (end === undefined || time <= end);
}

/** `— name base64(4 bytes of the key's id, then the signature)`, one a line, below an empty line. */
function isSignedBy(checkpoint: string, log: Log): boolean {
  const split = checkpoint.indexOf("\n\n");
  const note = checkpoint.slice(0, split + 1);
  const [origin = ""] = note.split("\n", 1);
  const lines = checkpoint.slice(split + 2).split("\n");
  return namesOf(log.baseUrl).some(
    (name) =>
      (origin === name || isShardOf(origin, name)) &&
      lines.some((line) => {
        const prefix = `— ${name} `;
        const bytes = line.startsWith(prefix)
          ? Buffer.from(line.slice(prefix.length), "base64")
          : Buffer.alloc(0);
        return (
          bytes.subarray(0, 4).equals(idOf(log).subarray(0, 4)) &&
          isSignature(note, bytes.subarray(4), log)
        );
      }),
  );
}

/** A log is called as its address without the scheme; Rekor 1 leaves out the port too. */
function namesOf(baseUrl: string): readonly string[] {
  if (!URL.canParse(baseUrl)) {
    return [];
  }
  const { host, hostname, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/$/, "");
  return [...new Set([`${host}${path}`, `${hostname}${path}`, hostname])];
}

/** Rekor 1: `rekor.sigstore.dev - 2605736670972794746`. */
function isShardOf(origin: string, name: string): boolean {
  return origin.startsWith(`${name} - `) && /^\d{1,20}$/.test(origin.slice(name.length + 3));
}

function isSignature(note: string, signature: Buffer, { publicKey }: Log): boolean {
  try {
    const key = createPublicKey({
      key: publicKey?.rawBytes ?? Buffer.alloc(0),
      format: "der",
      type: "spki",
    });
    return verify(digestFor(key), Buffer.from(note), key, signature);
  } catch {
    return false;
  }
}

/** Ed25519 has a digest of its own. */
function digestFor(key: KeyObject): string | null {
  return key.asymmetricKeyType === "ed25519" ? null : "sha256";
}

/** Where each kind of entry has its signer: as base64 of PEM, or as base64 of DER. */
const SIGNERS: Readonly<Record<string, readonly (readonly (string | number)[])[]>> = {
  "hashedrekord/0.0.1": [["spec", "signature", "publicKey", "content"]],
  "dsse/0.0.1": [["spec", "signatures", 0, "verifier"]],
  "intoto/0.0.2": [["spec", "content", "envelope", "signatures", 0, "publicKey"]],
  "hashedrekord/0.0.2": [
    ["spec", "hashedRekordV002", "signature", "verifier", "x509Certificate", "rawBytes"],
    ["spec", "hashedRekordV002", "signature", "verifier", "publicKey", "rawBytes"],
  ],
  "dsse/0.0.2": [
    ["spec", "dsseV002", "signatures", 0, "verifier", "x509Certificate", "rawBytes"],
    ["spec", "dsseV002", "signatures", 0, "verifier", "publicKey", "rawBytes"],
  ],
};

/** The DER of the certificate or key in an entry; nothing where there is none. */
function recordedSigner({ kindVersion, canonicalizedBody }: LogEntry): Buffer | undefined {
  const name = `${kindVersion.kind}/${kindVersion.version}`;
  const paths = Object.hasOwn(SIGNERS, name) ? (SIGNERS[name] ?? []) : [];
  const body = parseJson(canonicalizedBody.toString("utf8"));
  for (const path of paths) {
    const text = textAt(body, ...path);
    if (text !== undefined && valueAt(body, ...path) !== "") {
      return derOf(Buffer.from(text, "base64"));
    }
  }
  return undefined;
}

function derOf(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  const pem = /-----BEGIN [A-Z ]{1,40}-----([A-Za-z\d+/=\s]*)-----END/.exec(text)?.[1];
  return pem === undefined ? bytes : Buffer.from(pem, "base64");
}
