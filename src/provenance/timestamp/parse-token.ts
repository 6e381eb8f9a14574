/**
 * Reads a TimeStampToken: CMS SignedData (RFC 5652, section 5) around a TSTInfo (RFC 3161, section 2.4.2), signed
 * by one. DER throughout, as both want it of what is signed; it judges nothing.
 */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import { readOctetString, readOid, readSmallInteger } from "../../codecs/der/read-values.ts";
import { constructedTag, primitiveTag, TAG } from "../../codecs/der/tags.ts";
import { readAlgorithm } from "../x509/algorithm.ts";
import type { AlgorithmIdentifier } from "../x509/certificate.ts";
import { CMS } from "./oids.ts";
import { readTstInfo } from "./tst-info.ts";
import type { TstInfo } from "./tst-info.ts";

export interface TimestampToken {
  readonly info: TstInfo;
  /** The bytes of the TSTInfo. */
  readonly content: Uint8Array;
  /** Certificates in DER, as they came along. */
  readonly certificates: readonly Uint8Array[];
  readonly signer: SignerInfo;
}

export interface SignerInfo {
  /** How the certificate is named: issuer's name and serial number in DER, or its key identifier. */
  readonly id:
    | { readonly kind: "serial"; readonly issuer: Uint8Array; readonly serial: Uint8Array }
    | { readonly kind: "key"; readonly keyId: Uint8Array };
  readonly digestAlgorithm: AlgorithmIdentifier;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** The signed attributes as they are signed: a SET OF. */
  readonly signed: Uint8Array;
  /** The one value of each, in DER. */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
}

const MOST_CERTIFICATES = 50;

/** Reads a ContentInfo. Throws `DerProblem` only. */
export function readToken(reader: DerReader): TimestampToken {
  const info = reader.enter(TAG.sequence, "a timestamp");
  if (readOid(info) !== CMS.signedData) {
    throw new DerProblem("the timestamp is not signed data", 0);
  }
  const data = info.enter(constructedTag(0), "signed data").enter();
  info.finish("the timestamp");
  readSmallInteger(data);
  data.next(TAG.set, "digest algorithms");
  const content = readContent(data);
  const certificates = readCertificates(data);
  data.optional(constructedTag(1));
  const signers = data.enter(TAG.set, "signers");
  const signer = readSigner(signers);
  signers.finish("the one signer that a timestamp has");
  data.finish("the signed data");
  const inside = new DerReader(content);
  const tst = readTstInfo(inside);
  return { info: tst, content, certificates, signer };
}

function readContent(data: DerReader): Uint8Array {
  const at = data.position;
  const encapsulated = data.enter(TAG.sequence, "the signed content");
  if (readOid(encapsulated) !== CMS.tstInfo) {
    throw new DerProblem("what is signed is not a timestamp", at);
  }
  const explicit = encapsulated.enter(constructedTag(0), "the content of the timestamp");
  const content = readOctetString(explicit);
  explicit.finish("the content of the timestamp");
  encapsulated.finish("the signed content");
  return content;
}

function readCertificates(data: DerReader): readonly Uint8Array[] {
  const set = data.optional(constructedTag(0));
  if (set === undefined) {
    return [];
  }
  const inside = data.inside(set);
  const certificates: Uint8Array[] = [];
  while (!inside.atEnd) {
    const element = inside.next();
    // Attribute certificates and other kinds have other tags.
    if (element.tag === TAG.sequence) {
      certificates.push(inside.whole(element));
    }
    if (certificates.length > MOST_CERTIFICATES) {
      throw new DerProblem("a timestamp brings too many certificates", element.start);
    }
  }
  return certificates;
}

function readSigner(signers: DerReader): SignerInfo {
  const info = signers.enter(TAG.sequence, "a signer");
  readSmallInteger(info);
  const id = readSignerId(info);
  const digestAlgorithm = readAlgorithm(info);
  const attributes = info.next(constructedTag(0), "the signed attributes");
  const signatureAlgorithm = readAlgorithm(info);
  const signature = readOctetString(info);
  info.optional(constructedTag(1));
  info.finish("a signer");
  // What is signed has the tag of a set in place of the one that saves a byte (RFC 5652, section 5.4).
  const signed = Uint8Array.from(info.whole(attributes));
  signed[0] = TAG.set;
  return {
    id,
    digestAlgorithm,
    signatureAlgorithm,
    signature,
    signed,
    attributes: readAttributes(info.inside(attributes)),
  };
}

function readSignerId(info: DerReader): SignerInfo["id"] {
  const byKey = info.optional(primitiveTag(0));
  if (byKey !== undefined) {
    return { kind: "key", keyId: info.content(byKey) };
  }
  const pair = info.enter(TAG.sequence, "the name of the signer's certificate");
  const issuer = pair.whole(pair.next(TAG.sequence, "an issuer"));
  const serial = pair.content(pair.next(TAG.integer, "a serial number"));
  pair.finish("the name of the signer's certificate");
  return { kind: "serial", issuer, serial };
}

function readAttributes(list: DerReader): ReadonlyMap<string, Uint8Array> {
  const attributes = new Map<string, Uint8Array>();
  while (!list.atEnd) {
    const at = list.position;
    const attribute = list.enter(TAG.sequence, "a signed attribute");
    const oid = readOid(attribute);
    const values = attribute.enter(TAG.set, "the value of a signed attribute");
    attribute.finish("a signed attribute");
    if (attributes.has(oid)) {
      throw new DerProblem(`the signed attribute ${oid} comes twice`, at);
    }
    attributes.set(oid, values.whole(values.next()));
    values.finish("the one value of a signed attribute");
  }
  return attributes;
}
