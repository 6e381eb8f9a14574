/** Reads a file once for its digest and for a signature over its bytes, whoever's that will turn out to be. */

import { createHash, createVerify } from "node:crypto";

import type { ByteSource } from "../../kernel/source.ts";
import { digestOf } from "./content.ts";
import type { SignedArtifact } from "./content.ts";

const WINDOW = 1024 * 1024;

/**
 * Throws what the source throws.
 *
 * @param onProgress hears of bytes as they are read.
 */
export async function readArtifact(
  source: ByteSource,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<SignedArtifact & { readonly size: number }> {
  const digest = createHash("sha256");
  const signed = createVerify("sha256");
  const window = new Uint8Array(WINDOW);
  let size = 0;
  for (;;) {
    const count = await source.readInto(window, size);
    if (count === 0) {
      break;
    }
    const bytes = window.subarray(0, count);
    digest.update(bytes);
    signed.update(bytes);
    size += count;
    onProgress(count);
  }
  let outcome: boolean | undefined;
  return {
    size,
    sha256: digest.digest(),
    // A signature is checked once: what was read is gone by then, and there is no other key to ask about.
    isSignedBy: (key, signature) => (outcome ??= holds(signed, key, signature)),
  };
}

function holds(
  signed: ReturnType<typeof createVerify>,
  key: Parameters<SignedArtifact["isSignedBy"]>[0],
  signature: Uint8Array,
): boolean {
  try {
    return digestOf(key) === "sha256" && signed.verify(key, signature);
  } catch {
    return false;
  }
}
