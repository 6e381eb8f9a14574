/**
 * Signatures by the algorithms that certificates and CMS name (RFC 5758, RFC 4055, RFC 8410), as far as they are
 * accepted: ECDSA and RSA with SHA-2, Ed25519. The rest is refused by not being here.
 */

import { constants, createPublicKey, verify } from "node:crypto";

import { DerProblem, tryDer } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import { readSmallInteger } from "../../codecs/der/read-values.ts";
import { constructedTag, TAG } from "../../codecs/der/tags.ts";
import { readAlgorithm } from "./algorithm.ts";
import type { AlgorithmIdentifier, KeyAlgorithm, PublicKeyInfo } from "./certificate.ts";
import { ALGORITHM, HASHES } from "./oids.ts";
import type { Hash } from "./oids.ts";

/** What an AlgorithmIdentifier means to the verifier. */
export type SignatureScheme =
  | { readonly kind: "ec" | "rsa"; readonly hash: Hash }
  | { readonly kind: "pss"; readonly hash: Hash; readonly saltLength: number }
  | { readonly kind: "ed25519" };

const PLAIN: Readonly<Record<string, SignatureScheme>> = {
  [ALGORITHM.ecdsaSha256]: { kind: "ec", hash: "sha256" },
  [ALGORITHM.ecdsaSha384]: { kind: "ec", hash: "sha384" },
  [ALGORITHM.ecdsaSha512]: { kind: "ec", hash: "sha512" },
  [ALGORITHM.ed25519]: { kind: "ed25519" },
};

/** RSA's have NULL as parameters. */
const WITH_NULL: Readonly<Record<string, SignatureScheme>> = {
  "1.2.840.113549.1.1.11": { kind: "rsa", hash: "sha256" },
  "1.2.840.113549.1.1.12": { kind: "rsa", hash: "sha384" },
  "1.2.840.113549.1.1.13": { kind: "rsa", hash: "sha512" },
};

const WEAK_NAMES: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.2": "RSA with MD2",
  "1.2.840.113549.1.1.4": "RSA with MD5",
  "1.2.840.113549.1.1.5": "RSA with SHA-1",
  "1.2.840.113549.1.1.10": "RSA-PSS with parameters that are not accepted",
  "1.2.840.113549.1.1.14": "RSA with SHA-224",
  "1.2.840.10045.4.1": "ECDSA with SHA-1",
  "1.2.840.10045.4.3.1": "ECDSA with SHA-224",
  "1.2.840.10040.4.3": "DSA with SHA-1",
};

/** For people. */
export function algorithmName({ oid }: AlgorithmIdentifier): string {
  return WEAK_NAMES[oid] ?? `algorithm ${oid}`;
}

/** The scheme behind an identifier; undefined where it is not accepted. */
export function signatureScheme(algorithm: AlgorithmIdentifier): SignatureScheme | undefined {
  const { oid, parameters } = algorithm;
  const isNull = parameters?.length === 2 && parameters[0] === TAG.null;
  if (PLAIN[oid] !== undefined) {
    return parameters === undefined ? PLAIN[oid] : undefined;
  }
  if (WITH_NULL[oid] !== undefined) {
    return parameters === undefined || isNull ? WITH_NULL[oid] : undefined;
  }
  if (oid !== ALGORITHM.rsaPss || parameters === undefined) {
    return undefined;
  }
  const scheme = tryDer(() => readPss(new DerReader(parameters)));
  return scheme instanceof DerProblem ? undefined : scheme;
}

/** RSASSA-PSS-params (RFC 4055, section 3.1): one SHA-2 in both places, and the salt's length. */
function readPss(reader: DerReader): SignatureScheme {
  const inside = reader.enter(TAG.sequence, "parameters of RSA-PSS");
  const digest = readAlgorithm(inside.enter(constructedTag(0), "the digest of RSA-PSS"));
  const mask = readAlgorithm(inside.enter(constructedTag(1), "the mask of RSA-PSS"));
  // 20 is the default, and so is left away.
  const salt = inside.optional(constructedTag(2));
  const saltLength = salt === undefined ? 20 : readSmallInteger(inside.inside(salt));
  const hash = HASHES[digest.oid];
  const maskDigest = readAlgorithm(new DerReader(mask.parameters ?? new Uint8Array()));
  inside.finish("the parameters of RSA-PSS");
  if (hash === undefined || mask.oid !== ALGORITHM.mgf1 || maskDigest.oid !== digest.oid) {
    throw new DerProblem("RSA-PSS with other digests than one of SHA-2", 0);
  }
  return { kind: "pss", hash, saltLength };
}

/** Why a key is not accepted, or nothing. */
export function keyObjection(algorithm: KeyAlgorithm): string | undefined {
  if (algorithm.kind === "other") {
    return algorithm.name;
  }
  // Verifying takes the square of the length: hostile keys are long.
  return algorithm.kind === "rsa" && (algorithm.bits < 2048 || algorithm.bits > 16_384)
    ? `RSA with ${algorithm.bits} bits`
    : undefined;
}

/** Whether `signature` over `data` is by this key. Keys and schemes that do not fit each other verify nothing. */
export function verifySignature(
  publicKey: PublicKeyInfo,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { kind } = publicKey.algorithm;
  const wanted = scheme.kind === "pss" ? "rsa" : scheme.kind;
  if (kind !== wanted || keyObjection(publicKey.algorithm) !== undefined) {
    return false;
  }
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey.der), format: "der", type: "spki" });
    const hash = scheme.kind === "ed25519" ? null : scheme.hash;
    const pss =
      scheme.kind === "pss"
        ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength }
        : {};
    return verify(hash, data, { key, ...pss }, signature);
  } catch {
    // A point that is not on its curve, a modulus that is none: such a key signed nothing.
    return false;
  }
}
