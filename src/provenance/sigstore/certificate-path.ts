/**
 * The paths from the signer's certificate, and from those of timestamp authorities, to the trusted root: a second look,
 * since the library checks neither what keys may be used for nor extensions that it does not know, nor that a
 * timestamp names the certificate that signed it (RFC 3161, RFC 5816).
 */

import { verifyTimestamp } from "../timestamp/verify-timestamp.ts";
import type { Certificate } from "../x509/certificate.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { validatePath } from "../x509/validate-path.ts";
import type { TrustedRoot } from "./library.ts";

type Authorities = TrustedRoot["certificateAuthorities"];

/** Gives half a sentence about what is wrong; nothing where a path holds at each of the times. */
export function checkCertificatePath(
  leaf: Certificate,
  { certificateAuthorities }: TrustedRoot,
  times: readonly Date[],
): string | undefined {
  for (const time of times) {
    const anchors = certificatesAt(certificateAuthorities, time);
    const result = validatePath(leaf, { intermediates: [], anchors, at: time.getTime() });
    if (result.kind === "invalid") {
      return result.problems.map(({ message }) => message).join("; ");
    }
  }
  return times.length === 0 ? "no time is known at which it should have been valid" : undefined;
}

/** The same for a timestamp over a signature. @param stated the time in it. */
export function checkTimestamp(
  timestamp: Uint8Array,
  signature: Uint8Array,
  { timestampAuthorities }: TrustedRoot,
  stated: Date,
): string | undefined {
  const roots = certificatesAt(timestampAuthorities, stated);
  const result = verifyTimestamp(timestamp, signature, { roots });
  return result.kind === "valid"
    ? undefined
    : result.problems.map(({ message }) => message).join("; ");
}

function certificatesAt(authorities: Authorities, time: Date): readonly Certificate[] {
  return authorities
    .filter(({ validFor: { start, end } = {} }) => {
      return start !== undefined && start <= time && (end === undefined || time <= end);
    })
    .flatMap(({ certChain }) => certChain?.certificates ?? [])
    .flatMap(({ rawBytes }) => {
      const parsed = parseCertificate(rawBytes);
      return parsed.kind === "certificate" ? [parsed.certificate] : [];
    });
}
