/** Cosignatures of witnesses on checkpoints, with the time at which they were made: C2SP tlog-cosignature. */

import { Buffer } from "node:buffer";
import { verify } from "node:crypto";

import { decodeHash, decodeSize } from "./base64.ts";
import type { VerifierKey } from "./verifier-key.ts";

const TIME_SIZE = 8;
const LABEL = "subtree/v1\n\0";
/** A name or an origin stands behind its length in one byte. */
const LONGEST = 255;

/** The time in seconds since 1970 of a cosignature that verifies; nothing where it does not. */
export function verifyCosignature(
  text: string,
  bytes: Uint8Array,
  { kind, name, key }: VerifierKey,
): number | undefined {
  if (bytes.length <= TIME_SIZE) {
    return undefined;
  }
  const time = Buffer.from(bytes).readBigUInt64BE();
  const message =
    kind === "cosignature" ? cosignedMessage(text, time) : cosignedTree(text, name, time);
  return message !== undefined && verify(null, message, key, bytes.subarray(TIME_SIZE))
    ? Number(time)
    : undefined;
}

/** What a witness signs with Ed25519: a header and the whole text. */
export function cosignedMessage(text: string, time: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}

/** What a witness signs with ML-DSA-44: its name, and the tree from its first leaf. Nothing for what is no checkpoint. */
export function cosignedTree(text: string, cosigner: string, time: bigint): Buffer | undefined {
  const [origin = "", decimal = "", encoded = ""] = text.split("\n");
  const size = decodeSize(decimal);
  const root = decodeHash(encoded);
  const [name, log] = [Buffer.from(cosigner), Buffer.from(origin)];
  if (size === undefined || root === undefined || name.length > LONGEST || log.length > LONGEST) {
    return undefined;
  }
  return Buffer.concat([
    Buffer.from(LABEL),
    Buffer.from([name.length]),
    name,
    number(time),
    Buffer.from([log.length]),
    log,
    number(0n),
    number(BigInt(size)),
    root,
  ]);
}

function number(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
