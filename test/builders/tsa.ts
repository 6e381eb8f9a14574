/** A timestamp authority of any shape, for tests: answers in DER, from keys that are made at test time. */

import { hash } from "node:crypto";

import { constructedTag, primitiveTag, TAG } from "../../src/codecs/der/tags.ts";
import {
  writeElement,
  writeInteger,
  writeNull,
  writeOctetString,
  writeOid,
  writeSequence,
  writeSetOf,
  writeUnsigned,
} from "../../src/codecs/der/write-der.ts";
import { CMS } from "../../src/provenance/timestamp/oids.ts";
import type { Certificate } from "../../src/provenance/x509/certificate.ts";
import { basicConstraints, extendedKeyUsage, keyUsage } from "../../src/provenance/x509/issue.ts";
import { EKU } from "../../src/provenance/x509/oids.ts";
import { algorithmOf } from "../../src/provenance/x509/write-certificate.ts";
import { caExtensions, makeCertificate, makeKey, NOON } from "./certificates.ts";
import type { TestKey } from "./certificates.ts";

const SHA256 = writeSequence(writeOid("2.16.840.1.101.3.4.2.1"), writeNull());

export const TSA_EXTENSIONS = [
  basicConstraints(false),
  keyUsage("digitalSignature"),
  extendedKeyUsage([EKU.timeStamping], true),
];

export interface TestTsa {
  readonly root: Certificate;
  readonly certificate: Certificate;
  readonly key: TestKey;
}

export async function makeTsa(extensions = TSA_EXTENSIONS): Promise<TestTsa> {
  const rootKey = makeKey();
  const key = makeKey();
  const subject = "CN=tsa root";
  // Other people's programs stamp with the clock of this machine.
  const validity = { notBefore: Date.UTC(2020, 0), notAfter: Date.UTC(2060, 0) };
  const root = await makeCertificate(rootKey, rootKey, {
    ...validity,
    subject,
    issuer: subject,
    extensions: caExtensions(),
  });
  const certificate = await makeCertificate(key, rootKey, {
    ...validity,
    subject: "CN=tsa",
    issuer: subject,
    extensions,
  });
  return { root, certificate, key };
}

/** What to say otherwise than an honest authority would. */
export interface TimestampOptions {
  readonly time?: string;
  readonly nonce?: Uint8Array;
  readonly imprint?: Uint8Array;
  readonly imprintAlgorithm?: Uint8Array;
  /** Changes what was signed. */
  readonly content?: (content: Uint8Array) => Uint8Array;
  /** Whose digest the signature binds. */
  readonly bound?: Certificate;
  readonly certificates?: readonly Certificate[];
  /** By these, in place of the kind of content, its digest and the certificate. */
  readonly attributes?: (attributes: readonly Uint8Array[]) => readonly Uint8Array[];
}

/** A TimeStampToken over the bytes. */
export async function makeToken(
  stamped: Uint8Array,
  tsa: TestTsa,
  options: TimestampOptions = {},
): Promise<Uint8Array> {
  const info = writeSequence(
    writeInteger(1),
    writeOid("1.3.6.1.4.1.57264.2"),
    writeSequence(
      options.imprintAlgorithm ?? SHA256,
      writeOctetString(options.imprint ?? hash("sha256", stamped, "buffer")),
    ),
    writeInteger(7),
    writeElement(TAG.generalizedTime, Buffer.from(options.time ?? generalized(NOON))),
    writeSequence(writeInteger(1), writeElement(primitiveTag(0), Uint8Array.of(1, 0xf4))),
    ...(options.nonce === undefined ? [] : [writeUnsigned(options.nonce)]),
  );
  const bound = hash("sha256", (options.bound ?? tsa.certificate).der, "buffer");
  const attributes = [
    attribute(CMS.contentType, writeOid(CMS.tstInfo)),
    attribute(CMS.messageDigest, writeOctetString(hash("sha256", info, "buffer"))),
    attribute(
      CMS.signingCertificateV2,
      writeSequence(writeSequence(writeSequence(writeOctetString(bound)))),
    ),
  ];
  const signed = writeSetOf(...(options.attributes?.(attributes) ?? attributes));
  const implicit = Uint8Array.from(signed);
  implicit[0] = constructedTag(0);
  const signer = writeSequence(
    writeInteger(1),
    writeSequence(
      tsa.certificate.issuer.der,
      writeUnsigned(Buffer.from(tsa.certificate.serial, "hex")),
    ),
    SHA256,
    implicit,
    algorithmOf(tsa.key),
    writeOctetString(await tsa.key.sign(signed)),
  );
  const certificates = (options.certificates ?? [tsa.certificate]).map(({ der }) => der);
  const content = writeOctetString(options.content?.(info) ?? info);
  const data = writeSequence(
    writeInteger(3),
    writeSetOf(SHA256),
    writeSequence(writeOid(CMS.tstInfo), writeElement(constructedTag(0), content)),
    writeElement(constructedTag(0), ...certificates),
    writeSetOf(signer),
  );
  return writeSequence(writeOid(CMS.signedData), writeElement(constructedTag(0), data));
}

/** A TimeStampResp with a token. */
export function granted(token: Uint8Array): Uint8Array {
  return writeSequence(writeSequence(writeInteger(0)), token);
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return writeSequence(writeOid(oid), writeSetOf(value));
}

function generalized(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
}
