/**
 * Verifies a timestamp over some bytes (RFC 3161, RFC 5816): that it is of these bytes, that the authority's
 * certificate signed it and is bound by it (ESSCertID), is meant for timestamps alone, and leads to a root that the
 * caller trusts, with everything valid at the time that it states. In sigstore bundles the bytes are those of the
 * signature. Policies of authorities are shown and not judged; revocation is not looked at.
 */

import { hash } from "node:crypto";

import { DerProblem, tryDer } from "../../codecs/der/der-problem.ts";
import type { Certificate } from "../x509/certificate.ts";
import { EKU, EXTENSION, HASHES } from "../x509/oids.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { nameOf, problemOf } from "../x509/problem.ts";
import type { CertificateProblem } from "../x509/problem.ts";
import { UNTRUSTED, WRONG_PURPOSE } from "../x509/rules.ts";
import { validatePath } from "../x509/validate-path.ts";
import { checkSigner } from "./check-signer.ts";
import { readResponse } from "./parse-response.ts";
import type { SignerInfo, TimestampToken } from "./parse-token.ts";
import { MALFORMED, MISMATCH, REFUSED, WEAK_ALGORITHM } from "./rules.ts";

/** Honest tokens have one certificate under the name of their signer. */
const MOST_SIGNERS = 8;

export interface TimestampTrust {
  readonly roots: readonly Certificate[];
  /** Beside those that the timestamp brings. */
  readonly intermediates?: readonly Certificate[];
  /** Hexadecimal, of the request that is being answered. */
  readonly nonce?: string;
}

export type TimestampResult =
  | {
      readonly kind: "valid";
      /** Milliseconds since 1970, and by how many it may be off. */
      readonly time: number;
      readonly accuracy: number;
      readonly policy: string;
      /** The authority's certificate first. */
      readonly path: readonly Certificate[];
    }
  | { readonly kind: "invalid"; readonly problems: readonly CertificateProblem[] };

/** `timestamp`: a TimeStampResp or a TimeStampToken in DER. `stamped`: what it has to be of. Never throws. */
export function verifyTimestamp(
  timestamp: Uint8Array,
  stamped: Uint8Array,
  trust: TimestampTrust,
): TimestampResult {
  const response = tryDer(() => readResponse(timestamp));
  if (response instanceof DerProblem) {
    return invalid(problemOf(MALFORMED, `the timestamp cannot be read: ${response.message}`));
  }
  if (response.kind === "refused") {
    return invalid(problemOf(REFUSED, `the authority gave no timestamp: ${response.reason}`));
  }
  const { token } = response;
  const content = [...checkContent(token, stamped, trust.nonce)];
  const certificates = [...embedded(token), ...(trust.intermediates ?? [])];
  const named = [...certificates, ...trust.roots].filter((each) => isNamed(each, token.signer));
  // A name and a number may be shared by a certificate that somebody else made.
  const checked = named
    .slice(0, MOST_SIGNERS)
    .map((certificate) => ({ certificate, problems: [...checkSigner(token, certificate)] }));
  const { certificate: signer, problems: signing = [] } =
    checked.find(({ problems }) => problems.length === 0) ?? checked[0] ?? {};
  if (signer === undefined) {
    const message = "the certificate of the timestamp's authority is not at hand";
    return invalid(...content, problemOf(UNTRUSTED, message));
  }
  const { time, accuracy, policy } = token.info;
  const chain = validatePath(signer, {
    intermediates: certificates,
    anchors: trust.roots,
    at: time,
    eku: [EKU.timeStamping],
  });
  const problems = [
    ...content,
    ...signing,
    ...checkPurpose(signer),
    ...(chain.kind === "invalid" ? chain.problems : []),
  ];
  return chain.kind === "valid" && problems.length === 0
    ? { kind: "valid", time, accuracy, policy, path: chain.path }
    : { kind: "invalid", problems };
}

function invalid(...problems: readonly CertificateProblem[]): TimestampResult {
  return { kind: "invalid", problems };
}

function* checkContent(
  { info }: TimestampToken,
  stamped: Uint8Array,
  nonce: string | undefined,
): Iterable<CertificateProblem> {
  const algorithm = HASHES[info.imprintAlgorithm.oid];
  if (algorithm === undefined) {
    const message = `the digest in the timestamp is not accepted: ${info.imprintAlgorithm.oid}`;
    yield problemOf(WEAK_ALGORITHM, message);
  } else if (Buffer.compare(hash(algorithm, stamped, "buffer"), info.imprint) !== 0) {
    yield problemOf(MISMATCH, "the timestamp is not of this signature");
  }
  if (nonce !== undefined && info.nonce !== nonce) {
    yield problemOf(MISMATCH, "the timestamp answers another request");
  }
}

/** What does not parse is of no use; what it is missing for will be said. */
function embedded({ certificates }: TimestampToken): readonly Certificate[] {
  return certificates.flatMap((der) => {
    const result = parseCertificate(der);
    return result.kind === "certificate" ? [result.certificate] : [];
  });
}

function isNamed(certificate: Certificate, { id }: SignerInfo): boolean {
  return id.kind === "key"
    ? certificate.subjectKeyId === Buffer.from(id.keyId).toString("hex")
    : Buffer.compare(certificate.issuer.der, id.issuer) === 0 &&
        certificate.serial === serialText(id.serial);
}

/** As certificates show theirs. */
function serialText(serial: Uint8Array): string {
  return Buffer.from(serial[0] === 0 && serial.length > 1 ? serial.subarray(1) : serial).toString(
    "hex",
  );
}

/** RFC 3161, section 2.3: one purpose, and critical. */
function* checkPurpose(signer: Certificate): Iterable<CertificateProblem> {
  const extension = signer.extensions.find(({ oid }) => oid === EXTENSION.extendedKeyUsage);
  const purposes = signer.extendedKeyUsage ?? [];
  if (purposes.length > 0 && (purposes.length > 1 || extension?.critical !== true)) {
    const message = `the certificate of authority ${nameOf(signer)} is not marked as one for timestamps alone`;
    yield problemOf(WRONG_PURPOSE, message, signer);
  }
}
