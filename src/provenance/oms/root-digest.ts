/**
 * The root digest of a manifest (OMS 1.0, 6.4): SHA-256 over the raw digests in the order in which they are listed.
 * It binds no names: two models with the same contents under different names have one root. See `dir-hash1.ts`.
 */

import { createHash } from "node:crypto";

/** In hexadecimal. @param digests in hexadecimal, in the order of the manifest. */
export function rootDigest(digests: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const digest of digests) {
    hash.update(digest, "hex");
  }
  return hash.digest("hex");
}
