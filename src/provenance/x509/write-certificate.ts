/** Writes and signs an X.509 v3 certificate (RFC 5280, section 4.1). What it should say is the caller's to know. */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import { constructedTag, TAG } from "../../codecs/der/tags.ts";
import {
  writeBitString,
  writeBoolean,
  writeElement,
  writeInteger,
  writeNull,
  writeOctetString,
  writeOid,
  writeSequence,
  writeUnsigned,
} from "../../codecs/der/write-der.ts";
import type { Signer } from "../../kernel/signer.ts";
import { parsePublicKey } from "./algorithm.ts";
import type { Extension } from "./certificate.ts";
import { ALGORITHM } from "./oids.ts";

export interface CertificateSpec {
  /** A number without a sign. */
  readonly serial: Uint8Array;
  /** Names in DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Milliseconds since 1970; parts of a second are cut off. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
}

const ECDSA = {
  "P-256": ALGORITHM.ecdsaSha256,
  "P-384": ALGORITHM.ecdsaSha384,
  "P-521": ALGORITHM.ecdsaSha512,
} as const;

/** The certificate in DER. Throws for a signer whose key is of no kind that may sign certificates. */
export async function writeCertificate(spec: CertificateSpec, signer: Signer): Promise<Uint8Array> {
  const algorithm = algorithmOf(signer);
  const tbs = writeSequence(
    writeElement(constructedTag(0), writeInteger(2)),
    writeUnsigned(spec.serial),
    algorithm,
    spec.issuer,
    writeSequence(writeTime(spec.notBefore), writeTime(spec.notAfter)),
    spec.subject,
    spec.publicKey,
    ...(spec.extensions.length === 0
      ? []
      : [writeElement(constructedTag(3), writeSequence(...spec.extensions.map(writeExtension)))]),
  );
  return writeSequence(tbs, algorithm, writeBitString(await signer.sign(tbs)));
}

/** AlgorithmIdentifier of what a signer makes. */
export function algorithmOf({ publicKey }: Signer): Uint8Array {
  const key = parsePublicKey(publicKey);
  const kind = key instanceof DerProblem ? undefined : key.algorithm;
  switch (kind?.kind) {
    case "ec":
      return writeSequence(writeOid(ECDSA[kind.curve]));
    case "rsa":
      return writeSequence(writeOid("1.2.840.113549.1.1.11"), writeNull());
    case "ed25519":
      return writeSequence(writeOid(ALGORITHM.ed25519));
    default:
      throw new TypeError("the signer's key is of no kind that signs certificates");
  }
}

function writeExtension({ oid, critical, value }: Extension): Uint8Array {
  return writeSequence(
    writeOid(oid),
    ...(critical ? [writeBoolean(true)] : []),
    writeOctetString(value),
  );
}

/** UTCTime until 2049, GeneralizedTime from then on. */
function writeTime(time: number): Uint8Array {
  const digits = new Date(time).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? writeElement(TAG.utcTime, Buffer.from(digits.slice(2), "latin1"))
    : writeElement(TAG.generalizedTime, Buffer.from(digits, "latin1"));
}
