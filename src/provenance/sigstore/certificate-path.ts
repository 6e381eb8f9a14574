/**
 * The path from the signer's certificate to an authority of the trusted root, at every verified time: a second look,
 * since the library checks neither what keys may be used for nor extensions that it does not know.
 */

import type { Certificate } from "../x509/certificate.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { validatePath } from "../x509/validate-path.ts";
import type { TrustedRoot } from "./library.ts";

/** Gives half a sentence about what is wrong; nothing where a path holds at each of the times. */
export function checkCertificatePath(
  leaf: Certificate,
  root: TrustedRoot,
  times: readonly Date[],
): string | undefined {
  for (const time of times) {
    const anchors = anchorsAt(root, time);
    const result = validatePath(leaf, { intermediates: [], anchors, at: time.getTime() });
    if (result.kind === "invalid") {
      return result.problems.map(({ message }) => message).join("; ");
    }
  }
  return times.length === 0 ? "no time is known at which it should have been valid" : undefined;
}

function anchorsAt({ certificateAuthorities }: TrustedRoot, time: Date): readonly Certificate[] {
  return certificateAuthorities
    .filter(({ validFor: { start, end } = {} }) => {
      return start !== undefined && start <= time && (end === undefined || time <= end);
    })
    .flatMap(({ certChain }) => certChain?.certificates ?? [])
    .flatMap(({ rawBytes }) => {
      const parsed = parseCertificate(rawBytes);
      return parsed.kind === "certificate" ? [parsed.certificate] : [];
    });
}
