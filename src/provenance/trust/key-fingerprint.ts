/**
 * The fingerprint of a key whatever its encoding: PEM or DER, a point that is compressed or not, parameters named or
 * written out. One key must not count as two.
 */

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { keyFingerprint as fingerprintOf } from "../oms/keys.ts";

/** SHA-256 of the PEM in its usual form, in hexadecimal: what `keygen` shows. */
export function keyFingerprint(key: KeyObject): string {
  return fingerprintOf(normalKey(key));
}

/** The same key in its usual encoding. */
export function normalKey(key: KeyObject): KeyObject {
  return createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
}
