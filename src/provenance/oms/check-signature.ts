/**
 * Whether a key made a signature. The encoding of DSSE first; only where that fails, and only for keys and
 * certificates, what releases 0.2 and 0.3 of the reference signed by mistake.
 */

import { verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { Envelope } from "../dsse/envelope.ts";
import { pae } from "../dsse/pae.ts";
import { curveOf } from "./keys.ts";
import { legacyPae } from "./legacy-pae.ts";

export type SignatureCheck = "valid" | "legacy" | "invalid" | "unsupported";

/** Never throws. @param compat whether the older encoding counts. */
export function checkSignature(
  key: KeyObject,
  envelope: Envelope,
  compat: "legacy" | "strict",
): SignatureCheck {
  const curve = curveOf(key);
  if (curve === undefined) {
    return "unsupported";
  }
  const { payloadType, payload } = envelope;
  if (holds(curve.digest, pae(payloadType, payload), key, envelope)) {
    return "valid";
  }
  if (compat === "strict") {
    return "invalid";
  }
  const legacy = legacyPae(payloadType, payload);
  return holds(curve.digest, legacy, key, envelope) || holds("sha256", legacy, key, envelope)
    ? "legacy"
    : "invalid";
}

function holds(digest: string, bytes: Uint8Array, key: KeyObject, envelope: Envelope): boolean {
  try {
    return verify(digest, bytes, { key, dsaEncoding: "der" }, envelope.signature);
  } catch {
    // OpenSSL throws for some encodings of a signature instead of refusing them.
    return false;
  }
}
