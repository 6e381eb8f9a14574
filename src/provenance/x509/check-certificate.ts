/**
 * What one certificate must be, for its place on a path (RFC 5280, sections 4.2.1 and 6.1.4). Conditions that span
 * a path (signatures, path lengths) are in `search-paths.ts` and `validate-path.ts`.
 */

import type { Certificate } from "./certificate.ts";
import { EKU, EXTENSION } from "./oids.ts";
import { nameOf, problemOf } from "./problem.ts";
import type { CertificateProblem } from "./problem.ts";
import {
  CONSTRAINTS,
  CRITICAL_EXTENSION,
  EXPIRED,
  IS_A_CA,
  NO_CODE_SIGNING,
  NO_DIGITAL_SIGNATURE,
  NOT_A_CA,
  NOT_YET_VALID,
  WEAK_ALGORITHM,
  WRONG_PURPOSE,
} from "./rules.ts";
import { timeText } from "./time.ts";
import { algorithmName, keyObjection, signatureScheme } from "./verify-signature.ts";

export interface Purpose {
  /** Milliseconds since 1970 at which everything has to be valid. */
  readonly at: number;
  /** Purposes of which the leaf has to name one. */
  readonly eku: readonly string[];
}

/** `leaf` signs content, `ca` issues certificates. */
export type Role = "leaf" | "ca";

const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.subjectKeyId,
  EXTENSION.authorityKeyId,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.extendedKeyUsage,
  // Policies only name what was promised; nobody asks for one here.
  EXTENSION.certificatePolicies,
]);

const CONSTRAINING: Readonly<Record<string, string>> = {
  [EXTENSION.nameConstraints]: "name constraints",
  [EXTENSION.policyMappings]: "policy mappings",
  [EXTENSION.policyConstraints]: "policy constraints",
  [EXTENSION.inhibitAnyPolicy]: "a limit on policies",
};

/** All that is wrong with a certificate in its role. `isAnchor`: the caller trusts it by itself. */
export function checkCertificate(
  certificate: Certificate,
  role: Role,
  purpose: Purpose,
  isAnchor: boolean,
): readonly CertificateProblem[] {
  return [
    ...checkTime(certificate, purpose.at),
    ...checkAlgorithms(certificate, isAnchor),
    ...checkExtensions(certificate),
    ...(role === "ca" ? checkCa(certificate, purpose) : checkLeaf(certificate, purpose, isAnchor)),
  ];
}

function* checkTime(certificate: Certificate, at: number): Iterable<CertificateProblem> {
  const { notBefore, notAfter } = certificate;
  // The last second belongs to it as a whole.
  if (at >= notAfter + 1000) {
    const message = `certificate ${nameOf(certificate)} expired on ${timeText(notAfter)}, and is needed at ${timeText(at)}`;
    yield problemOf(EXPIRED, message, certificate);
  }
  if (at < notBefore) {
    const message = `certificate ${nameOf(certificate)} is valid from ${timeText(notBefore)}, and is needed at ${timeText(at)}`;
    yield problemOf(NOT_YET_VALID, message, certificate);
  }
}

function* checkAlgorithms(
  certificate: Certificate,
  isAnchor: boolean,
): Iterable<CertificateProblem> {
  const { publicKey, signatureAlgorithm } = certificate;
  const objection = keyObjection(publicKey.algorithm);
  if (objection !== undefined) {
    const message = `the key of certificate ${nameOf(certificate)} is not accepted: ${objection}`;
    yield problemOf(WEAK_ALGORITHM, message, certificate);
  }
  // Nobody relies on the signature of what is trusted by itself.
  if (!isAnchor && signatureScheme(signatureAlgorithm) === undefined) {
    const message = `certificate ${nameOf(certificate)} is signed in a way that is not accepted: ${algorithmName(signatureAlgorithm)}`;
    yield problemOf(WEAK_ALGORITHM, message, certificate);
  }
}

function* checkExtensions(certificate: Certificate): Iterable<CertificateProblem> {
  for (const { oid, critical } of certificate.extensions) {
    const constraint = CONSTRAINING[oid];
    if (constraint !== undefined) {
      const message = `certificate ${nameOf(certificate)} has ${constraint}, which are not evaluated here`;
      yield problemOf(CONSTRAINTS, message, certificate);
    } else if (critical && !UNDERSTOOD.has(oid)) {
      const message = `certificate ${nameOf(certificate)} has the critical extension ${oid}, which is not known here`;
      yield problemOf(CRITICAL_EXTENSION, message, certificate);
    }
  }
}

function* checkCa(certificate: Certificate, { eku }: Purpose): Iterable<CertificateProblem> {
  const { basicConstraints, keyUsage, extendedKeyUsage } = certificate;
  if (basicConstraints?.ca !== true) {
    const message = `certificate ${nameOf(certificate)} is not of an authority, and one below it is signed with its key`;
    yield problemOf(NOT_A_CA, message, certificate);
  }
  // Without the extension a key may be used for everything: roots that people make by hand have none.
  if (keyUsage?.includes("keyCertSign") === false) {
    const message = `the key of certificate ${nameOf(certificate)} may not sign certificates, and one below it is signed with it`;
    yield problemOf(NOT_A_CA, message, certificate);
  }
  const purposes = [...eku, EKU.any];
  if (extendedKeyUsage !== undefined && !extendedKeyUsage.some((each) => purposes.includes(each))) {
    const message = `authority ${nameOf(certificate)} is restricted to other purposes: ${extendedKeyUsage.join(", ")}`;
    yield problemOf(WRONG_PURPOSE, message, certificate);
  }
}

function* checkLeaf(
  certificate: Certificate,
  { eku }: Purpose,
  isAnchor: boolean,
): Iterable<CertificateProblem> {
  const { basicConstraints, keyUsage, extendedKeyUsage } = certificate;
  // What is marked as an authority and may not sign certificates is none: such leaves are in wide use for models.
  const mayIssue = basicConstraints?.ca === true && keyUsage?.includes("keyCertSign") !== false;
  if (!isAnchor && mayIssue) {
    const message = `the signer's certificate ${nameOf(certificate)} is one of an authority`;
    yield problemOf(IS_A_CA, message, certificate);
  }
  const mayBeMissing = isAnchor && keyUsage === undefined;
  if (!mayBeMissing && keyUsage?.includes("digitalSignature") !== true) {
    const message = `the key of certificate ${nameOf(certificate)} is not meant for signatures`;
    yield problemOf(NO_DIGITAL_SIGNATURE, message, certificate);
  }
  if (extendedKeyUsage?.some((each) => eku.includes(each)) !== true) {
    const isCode = eku.includes(EKU.codeSigning);
    const meant =
      extendedKeyUsage === undefined ? "names no purpose" : "is meant for other purposes";
    const message = `the signer's certificate ${nameOf(certificate)} ${meant}: it is not one for ${isCode ? "code signing" : eku.join(" or ")}`;
    yield problemOf(isCode ? NO_CODE_SIGNING : WRONG_PURPOSE, message, certificate);
  }
}
