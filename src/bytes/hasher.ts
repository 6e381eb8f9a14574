/**
 * Digests piece by piece: SHA-256, and what else signatures of models may use. BLAKE3 comes from a library, which is
 * loaded when the first file needs it.
 */

import { createHash } from "node:crypto";

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** In hexadecimal. */
  digest(): string;
}

/** `blake2b` has 512 bits, `blake3` 256. */
export async function makeHasher(algorithm: "sha256" | "blake2b" | "blake3"): Promise<Hasher> {
  if (algorithm === "blake3") {
    const { createBLAKE3 } = await import("hash-wasm");
    const hasher = await createBLAKE3();
    return {
      update: (bytes) => void hasher.update(bytes),
      digest: () => hasher.digest("hex"),
    };
  }
  const hash = createHash(algorithm === "blake2b" ? "blake2b512" : algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest("hex"),
  };
}
