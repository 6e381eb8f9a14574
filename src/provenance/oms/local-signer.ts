/** A signer whose private key lies in this process, as PEM: PKCS#8, encrypted or not, or SEC 1. */

import { createPublicKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { Signer } from "../../kernel/signer.ts";
import { curveOf } from "./keys.ts";

/** Signs with the digest that belongs to the key's curve; signatures are DER. */
export function localSigner(privateKey: KeyObject): Signer {
  const publicKey = createPublicKey(privateKey);
  const digest = curveOf(publicKey)?.digest ?? "sha256";
  return {
    publicKey: publicKey.export({ type: "spki", format: "der" }),
    sign: async (bytes) => sign(digest, bytes, { key: privateKey, dsaEncoding: "der" }),
  };
}
