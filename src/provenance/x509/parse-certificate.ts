/**
 * Reads an X.509 certificate, versions 1 to 3 (RFC 5280, section 4.1). Strict: what is not DER, what has another
 * shape, extensions that come twice, and an outer algorithm that is not the signed one are refused. It judges
 * nothing: what a certificate is good for is `validatePath`'s to say.
 */

import { DerProblem, tryDer } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import {
  readBitStringBytes,
  readIntegerBytes,
  readSmallInteger,
} from "../../codecs/der/read-values.ts";
import { constructedTag, primitiveTag, TAG } from "../../codecs/der/tags.ts";
import { readAlgorithm, readPublicKey } from "./algorithm.ts";
import type { Certificate } from "./certificate.ts";
import { readExtensions } from "./extensions.ts";
import { readName } from "./name.ts";
import { readTime } from "./time.ts";

/** No honest certificate comes near it; names and extensions are kept as text. */
const LARGEST = 128 * 1024;

export type ParsedCertificate =
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "damaged"; readonly problem: string; readonly offset: number };

/** Reads one certificate in DER that fills the bytes. Never throws. */
export function parseCertificate(der: Uint8Array): ParsedCertificate {
  const result = tryDer(() => readCertificate(der));
  return result instanceof DerProblem
    ? { kind: "damaged", problem: result.message, offset: result.offset }
    : { kind: "certificate", certificate: result };
}

function readCertificate(der: Uint8Array): Certificate {
  if (der.length > LARGEST) {
    throw new DerProblem(`a certificate of ${der.length} bytes is not read`, 0);
  }
  const file = new DerReader(der);
  const outer = file.enter(TAG.sequence, "a certificate");
  file.finish("the certificate");
  const tbs = outer.next(TAG.sequence, "the signed part of a certificate");
  const at = outer.position;
  const signatureAlgorithm = readAlgorithm(outer);
  const signature = readBitStringBytes(outer);
  outer.finish("the signature of the certificate");
  const { signed, ...fields } = readTbs(outer.inside(tbs));
  if (Buffer.compare(signed, signatureAlgorithm.der) !== 0) {
    throw new DerProblem("the algorithm that is signed is not the one that is named", at);
  }
  return { der, tbs: outer.whole(tbs), signatureAlgorithm, signature, ...fields };
}

function readTbs(
  tbs: DerReader,
): Omit<Certificate, "der" | "tbs" | "signatureAlgorithm" | "signature"> & { signed: Uint8Array } {
  const version = readVersion(tbs);
  const serial = readSerial(tbs);
  const signed = readAlgorithm(tbs).der;
  const issuer = readName(tbs);
  const validity = tbs.enter(TAG.sequence, "the validity");
  const notBefore = readTime(validity);
  const notAfter = readTime(validity);
  validity.finish("the validity");
  const subject = readName(tbs);
  const publicKey = readPublicKey(tbs);
  // Unique identifiers, which RFC 5280 tells everybody not to use.
  const hasIds =
    tbs.optional(primitiveTag(1)) !== undefined || tbs.optional(primitiveTag(2)) !== undefined;
  const at = tbs.position;
  const explicit = tbs.optional(constructedTag(3));
  tbs.finish("the signed part of a certificate");
  if ((hasIds && version === 1) || (explicit !== undefined && version !== 3)) {
    throw new DerProblem(`a certificate of version ${version} has fields of a later one`, at);
  }
  const fields = { version, serial, signed, issuer, notBefore, notAfter, subject, publicKey };
  if (explicit === undefined) {
    return { ...fields, extensions: [], subjectAltNames: [] };
  }
  const inside = tbs.inside(explicit);
  const known = readExtensions(inside);
  inside.finish("extensions");
  return { ...fields, ...known };
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const at = tbs.position;
  const explicit = tbs.optional(constructedTag(0));
  if (explicit === undefined) {
    return 1;
  }
  const inside = tbs.inside(explicit);
  const number = readSmallInteger(inside);
  inside.finish("the version");
  switch (number) {
    case 0:
      return 1;
    case 1:
      return 2;
    case 2:
      return 3;
    default:
      throw new DerProblem(`version ${number + 1} is not known`, at);
  }
}

function readSerial(tbs: DerReader): string {
  const at = tbs.position;
  const bytes = readIntegerBytes(tbs);
  // 20 by RFC 5280; some authorities count the sign apart.
  if (bytes.length > 21) {
    throw new DerProblem("a serial number is too long", at);
  }
  // A first byte of zero is the sign, and nobody shows it.
  const isSigned = bytes[0] === 0 && bytes.length > 1;
  return Buffer.from(isSigned ? bytes.subarray(1) : bytes).toString("hex");
}
