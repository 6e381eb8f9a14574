/**
 * An earlier signature of a model, from which a new one may take digests: only where it is by the key that signs now,
 * since otherwise somebody else's word would end up under ours.
 */

import type { KeyObject } from "node:crypto";

import { readBundle } from "./bundle.ts";
import { checkSignature } from "./check-signature.ts";
import { aboutSignature, fails } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { readStatement } from "./read-statement.ts";
import { SIGNATURE_INVALID, UNSUPPORTED } from "./rules.ts";

export type PriorSignature =
  /** SHA-256 in hexadecimal by path. */
  | { readonly kind: "prior"; readonly digests: ReadonlyMap<string, string> }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Reads it and checks it against the key. Never throws. */
export function readPrior(bytes: Uint8Array, key: KeyObject): PriorSignature {
  const read = readBundle(bytes);
  if (read.kind === "failed") {
    return { kind: "refused", problems: read.problems };
  }
  if (checkSignature(key, read.bundle.envelope, "strict") !== "valid") {
    const message = "the earlier signature was not made with the key that signs now";
    return { kind: "refused", problems: [aboutSignature(SIGNATURE_INVALID, message)] };
  }
  const { manifest, problems } = readStatement(read.bundle.envelope.payload);
  if (manifest === undefined || problems.some(fails)) {
    return { kind: "refused", problems };
  }
  if (
    manifest.resources.some(({ algorithm, shard }) => algorithm !== "sha256" || shard !== undefined)
  ) {
    const message = "the earlier signature has other digests than SHA-256 of whole files";
    return { kind: "refused", problems: [aboutSignature(UNSUPPORTED, message)] };
  }
  return {
    kind: "prior",
    digests: new Map(manifest.resources.map(({ path, digest }) => [path, digest])),
  };
}
