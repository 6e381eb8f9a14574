/** AlgorithmIdentifier and SubjectPublicKeyInfo (RFC 5280, sections 4.1.1.2 and 4.1.2.7). */

import { createPublicKey } from "node:crypto";

import { DerProblem, tryDer } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import { readBitStringBytes, readIntegerBytes, readOid } from "../../codecs/der/read-values.ts";
import { TAG } from "../../codecs/der/tags.ts";
import type { AlgorithmIdentifier, KeyAlgorithm, PublicKeyInfo } from "./certificate.ts";
import { ALGORITHM, CURVES } from "./oids.ts";

export function readAlgorithm(reader: DerReader): AlgorithmIdentifier {
  const element = reader.next(TAG.sequence, "an algorithm");
  const inside = reader.inside(element);
  const oid = readOid(inside);
  const parameters = inside.atEnd ? undefined : inside.whole(inside.next());
  inside.finish("an algorithm");
  const der = reader.whole(element);
  return parameters === undefined ? { oid, der } : { oid, parameters, der };
}

export function readPublicKey(reader: DerReader): PublicKeyInfo {
  const element = reader.next(TAG.sequence, "a public key");
  const inside = reader.inside(element);
  const algorithm = readAlgorithm(inside);
  const key = readBitStringBytes(inside);
  inside.finish("a public key");
  const der = reader.whole(element);
  const kind = keyAlgorithm(algorithm, key);
  return { der, algorithm: kind.kind === "other" || isKey(der) ? kind : NO_KEY };
}

/** Reads a SubjectPublicKeyInfo that stands alone. */
export function parsePublicKey(der: Uint8Array): PublicKeyInfo | DerProblem {
  return tryDer(() => {
    const reader = new DerReader(der);
    const key = readPublicKey(reader);
    reader.finish("the public key");
    return key;
  });
}

const NO_KEY: KeyAlgorithm = { kind: "other", name: "no key of its kind" };

/** A point may lie beside its curve: what holds such a key must not get to where keys are taken for sound. */
function isKey(der: Uint8Array): boolean {
  try {
    createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
    return true;
  } catch {
    return false;
  }
}

function keyAlgorithm({ oid, parameters }: AlgorithmIdentifier, key: Uint8Array): KeyAlgorithm {
  switch (oid) {
    case ALGORITHM.ec: {
      const curve = curveOf(parameters);
      return CURVES[curve] === undefined
        ? { kind: "other", name: `elliptic curve ${curve}` }
        : { kind: "ec", curve: CURVES[curve] };
    }
    case ALGORITHM.rsa:
    case ALGORITHM.rsaPss:
      return { kind: "rsa", bits: modulusBits(key) };
    case ALGORITHM.ed25519:
      return { kind: "ed25519" };
    default:
      return { kind: "other", name: `algorithm ${oid}` };
  }
}

/** Curves that are described by their equation can be made to look like another one: only names count. */
function curveOf(parameters: Uint8Array | undefined): string {
  const reader = new DerReader(parameters ?? new Uint8Array());
  return reader.peek() === TAG.oid ? readOid(reader) : "of its own";
}

function modulusBits(key: Uint8Array): number {
  const outer = new DerReader(key);
  const numbers = outer.enter(TAG.sequence, "an RSA key");
  const modulus = readIntegerBytes(numbers);
  readIntegerBytes(numbers);
  numbers.finish("an RSA key");
  outer.finish("an RSA key");
  const [first = 0] = modulus;
  if (first >= 0x80) {
    throw new DerProblem("an RSA key is negative", 0);
  }
  return first === 0 && modulus.length > 1
    ? (modulus.length - 1) * 8 - Math.clz32(modulus[1] ?? 0) + 24
    : modulus.length * 8 - Math.clz32(first) + 24;
}
