/** Whether a certificate signed a token, and is the one that the signature binds (RFC 5652, 5.4; RFC 5035). */

import { createHash, hash } from "node:crypto";

import { DerProblem, tryDer } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import { readOctetString, readOid } from "../../codecs/der/read-values.ts";
import { TAG } from "../../codecs/der/tags.ts";
import { readAlgorithm } from "../x509/algorithm.ts";
import type { Certificate } from "../x509/certificate.ts";
import { ALGORITHM, HASHES } from "../x509/oids.ts";
import { problemOf } from "../x509/problem.ts";
import type { CertificateProblem } from "../x509/problem.ts";
import { signatureScheme, verifySignature } from "../x509/verify-signature.ts";
import type { SignatureScheme } from "../x509/verify-signature.ts";
import { CMS } from "./oids.ts";
import type { SignerInfo, TimestampToken } from "./parse-token.ts";
import { BAD_SIGNATURE, MALFORMED, WEAK_ALGORITHM } from "./rules.ts";

/** All that is wrong, nothing where the certificate stands for the token. */
export function* checkSigner(
  { signer, content }: TimestampToken,
  certificate: Certificate,
): Iterable<CertificateProblem> {
  const digest = HASHES[signer.digestAlgorithm.oid];
  const scheme = schemeOf(signer);
  if (digest === undefined || scheme === undefined) {
    const { oid } = digest === undefined ? signer.digestAlgorithm : signer.signatureAlgorithm;
    yield problemOf(
      WEAK_ALGORITHM,
      `the timestamp is signed by algorithm ${oid}, which is not accepted`,
    );
    return;
  }
  const read = tryDer(() => readAttributes(signer));
  if (read instanceof DerProblem) {
    yield problemOf(MALFORMED, `what is signed with the timestamp cannot be read: ${read.message}`);
    return;
  }
  const isOfContent =
    read.contentType === CMS.tstInfo &&
    Buffer.compare(read.messageDigest, hash(digest, content, "buffer")) === 0;
  if (!isOfContent) {
    yield problemOf(BAD_SIGNATURE, "the signature of the timestamp is over another content");
  }
  if (!read.binds(certificate)) {
    const message =
      "the signature of the timestamp binds another certificate than the one that it names";
    yield problemOf(BAD_SIGNATURE, message, certificate);
  }
  if (!verifySignature(certificate.publicKey, scheme, signer.signed, signer.signature)) {
    const message =
      "the signature of the timestamp does not verify with the authority's certificate";
    yield problemOf(BAD_SIGNATURE, message, certificate);
  }
}

/** CMS often names the kind of key alone, and the digest apart. */
function schemeOf({
  signatureAlgorithm,
  digestAlgorithm,
}: SignerInfo): SignatureScheme | undefined {
  const digest = HASHES[digestAlgorithm.oid];
  if (digest !== undefined && signatureAlgorithm.oid === ALGORITHM.rsa) {
    return { kind: "rsa", hash: digest };
  }
  return digest !== undefined && signatureAlgorithm.oid === ALGORITHM.ec
    ? { kind: "ec", hash: digest }
    : signatureScheme(signatureAlgorithm);
}

interface SignedAttributes {
  readonly contentType: string;
  readonly messageDigest: Uint8Array;
  readonly binds: (certificate: Certificate) => boolean;
}

function readAttributes({ attributes }: SignerInfo): SignedAttributes {
  function attribute(oid: string, what: string): DerReader {
    const value = attributes.get(oid);
    if (value === undefined) {
      throw new DerProblem(`${what} is missing`, 0);
    }
    return new DerReader(value);
  }
  const isOld = !attributes.has(CMS.signingCertificateV2);
  const oid = isOld ? CMS.signingCertificate : CMS.signingCertificateV2;
  const bound = readCertificateHash(attribute(oid, "the certificate that it binds"), isOld);
  return {
    contentType: readOid(attribute(CMS.contentType, "the kind of content")),
    messageDigest: readOctetString(attribute(CMS.messageDigest, "the digest of the content")),
    binds: ({ der }) =>
      Buffer.compare(createHash(bound.algorithm).update(der).digest(), bound.digest) === 0,
  };
}

/** The first ESSCertID or ESSCertIDv2: the signer's own. */
function readCertificateHash(
  reader: DerReader,
  isOld: boolean,
): { readonly algorithm: string; readonly digest: Uint8Array } {
  const id = reader.enter(TAG.sequence, "certificate identifiers").enter().enter();
  if (isOld) {
    // SHA-1 by definition (RFC 2634); the key that verifies the signature is what binds, this only names it.
    return { algorithm: "sha1", digest: readOctetString(id) };
  }
  const algorithm = id.peek() === TAG.sequence ? HASHES[readAlgorithm(id).oid] : "sha256";
  if (algorithm === undefined) {
    throw new DerProblem("the certificate is bound by a digest that is not accepted", 0);
  }
  return { algorithm, digest: readOctetString(id) };
}
