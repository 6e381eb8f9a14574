/**
 * What is looked at before anything is verified: sizes that only cost time, certificates that have no business in a
 * bundle, and whether the bundle has the kind of signer that the caller asked for.
 */

import { isSelfIssued } from "../x509/issuer-graph.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { entriesOf } from "./library.ts";
import type { Bundle } from "./library.ts";
import { problemOf } from "./problem.ts";
import type { SigstoreProblem } from "./problem.ts";
import { CERTIFICATE, KEY_MISMATCH, MALFORMED } from "./rules.ts";

/** Far above what any signer makes. */
const MAX_ENTRIES = 16;
const MAX_CHECKPOINT = 64 * 1024;
const MAX_HASHES = 64;
const INDEX = /^\d{1,19}$/;

/** Gives what speaks against looking any further. */
export function shapeProblem(
  bundle: Bundle,
  signer: "identity" | "key",
): SigstoreProblem | undefined {
  return sizeProblem(bundle) ?? chainProblem(bundle) ?? kindProblem(bundle, signer);
}

/** Numbers and lists that would cost time before anything is verified. */
function sizeProblem(bundle: Bundle): SigstoreProblem | undefined {
  const entries = entriesOf(bundle);
  const timestamps = bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
  const odd =
    entries.length > MAX_ENTRIES ||
    timestamps.length > MAX_ENTRIES ||
    entries.some(
      ({ logIndex, integratedTime, inclusionProof: proof }) =>
        !INDEX.test(logIndex) ||
        !INDEX.test(integratedTime) ||
        (proof !== undefined &&
          (!INDEX.test(proof.logIndex) ||
            proof.hashes.length > MAX_HASHES ||
            (proof.checkpoint?.envelope.length ?? 0) > MAX_CHECKPOINT)),
    );
  return odd
    ? problemOf(MALFORMED, "the bundle's log entries or timestamps have sizes that no log gives")
    : undefined;
}

/** Early bundles may bring authorities along. A root of theirs would be one that nobody here has chosen. */
function chainProblem({ verificationMaterial: { content } }: Bundle): SigstoreProblem | undefined {
  const chain =
    content.$case === "x509CertificateChain" ? content.x509CertificateChain.certificates : [];
  if (chain.length > MAX_ENTRIES) {
    return problemOf(MALFORMED, "the bundle has more certificates than any path is long");
  }
  for (const { rawBytes } of chain) {
    const parsed = parseCertificate(rawBytes);
    if (parsed.kind === "damaged") {
      return problemOf(MALFORMED, `a certificate cannot be read: ${parsed.problem}`);
    }
    if (isSelfIssued(parsed.certificate)) {
      return problemOf(CERTIFICATE, "the bundle brings a root of its own");
    }
  }
  return undefined;
}

function kindProblem(
  { verificationMaterial: { content } }: Bundle,
  kind: "identity" | "key",
): SigstoreProblem | undefined {
  const hasKey = content.$case === "publicKey";
  if (hasKey === (kind === "key")) {
    return undefined;
  }
  return problemOf(
    KEY_MISMATCH,
    hasKey
      ? "the bundle is signed with a key, and an identity was asked for"
      : "the bundle is signed by an identity, and a key was asked for",
  );
}
