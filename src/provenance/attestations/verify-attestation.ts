/**
 * Who signed an attestation, judged by whom the caller trusts: some keys, some roots, keyless identities. A claim by
 * anybody else is no failure, since anybody may claim anything; a signature by a trusted signer that does not hold is.
 */

import type { KeyObject } from "node:crypto";

import type { Bundle } from "../oms/bundle.ts";
import { keyFingerprint } from "../oms/keys.ts";
import type { Problem } from "../oms/problem.ts";
import { SIGNATURE_INVALID } from "../oms/rules.ts";
import { judgeSigner } from "../oms/trust.ts";
import type {
  KeylessOutcome,
  SignerIdentity,
  TimeBasis,
  Trust,
  TrustedTime,
} from "../oms/trust.ts";
import { attestationSigner } from "./attestation-signer.ts";
import { at } from "./read-attestation.ts";
import type { Attestation } from "./read-attestation.ts";
import type { VerifiedAttestation } from "./verified-attestation.ts";

/** Whom the caller trusts; all of them count alike. */
export interface AttestationTrust {
  readonly keys: readonly KeyObject[];
  /** When a bundle was signed, as far as a timestamp proves it; certificates bring their own. */
  readonly timeOf?: (bundle: Bundle) => TrustedTime;
  /** Judges certificates by the caller's roots. */
  readonly certificates?: Extract<Trust, { kind: "certificate" }>;
  /** Judges bundles that were signed through Sigstore. */
  readonly keyless?: (bundle: Bundle, bytes: Uint8Array) => KeylessOutcome;
}

export type AttestationOutcome =
  | { readonly kind: "trusted"; readonly verified: VerifiedAttestation }
  /** `who` as far as the bundle says, which proves nothing; `detail` is half a sentence. */
  | { readonly kind: "stranger"; readonly who: string; readonly detail: string }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** Says whether a claim is by somebody who is trusted. Throws nothing because of content. */
export type JudgeAttestation = (attestation: Attestation) => AttestationOutcome;

/** Judges one. Throws nothing because of content. */
export function verifyAttestation(
  attestation: Attestation,
  trust: AttestationTrust,
): AttestationOutcome {
  const { problems, bundle } = attestation;
  if (problems.length > 0) {
    return { kind: "invalid", problems };
  }
  switch (bundle.material.kind) {
    case "key":
      return verifyKey(attestation, trust);
    case "certificate":
      return verifyCertificate(attestation, trust.certificates);
    default:
      return verifyKeyless(attestation, trust.keyless);
  }
}

function verifyKey(
  attestation: Attestation,
  { keys, timeOf }: AttestationTrust,
): AttestationOutcome {
  const { bundle } = attestation;
  const hint = bundle.material.kind === "key" ? bundle.material.hint : undefined;
  const who = hint === undefined ? "a key" : `the key ${hint}`;
  const candidates = hint === undefined ? keys : keys.filter((key) => keyFingerprint(key) === hint);
  for (const key of candidates) {
    const trust = { kind: "key", key, ...(timeOf === undefined ? {} : { timeOf }) } as const;
    const { signer, time, problems } = judgeSigner(bundle, trust, "strict");
    if (signer !== undefined) {
      return trusted(attestation, signer, time);
    }
    // A bundle that names the key has to hold with it; one that names none may be by any other.
    if (hint !== undefined) {
      return { kind: "invalid", problems: problems.map((each) => at(attestation.source, each)) };
    }
  }
  return { kind: "stranger", who, detail: "none of the trusted keys made its signature" };
}

function verifyCertificate(
  attestation: Attestation,
  trust: Extract<Trust, { kind: "certificate" }> | undefined,
): AttestationOutcome {
  if (trust === undefined) {
    return { kind: "stranger", who: "a certificate", detail: "no root of certificates is trusted" };
  }
  const { signer, time, problems } = judgeSigner(attestation.bundle, trust, "strict");
  if (signer !== undefined) {
    return trusted(attestation, signer, time);
  }
  if (problems.some(({ rule }) => rule === SIGNATURE_INVALID)) {
    return { kind: "invalid", problems: problems.map((each) => at(attestation.source, each)) };
  }
  const detail = problems[0]?.evidence.message ?? "its certificate is not trusted";
  return { kind: "stranger", who: "a certificate", detail };
}

function verifyKeyless(
  attestation: Attestation,
  judge: AttestationTrust["keyless"],
): AttestationOutcome {
  const who = "a keyless identity";
  if (judge === undefined) {
    return { kind: "stranger", who, detail: "no keyless identity is trusted" };
  }
  const { signer, time, problems } = judge(attestation.bundle, attestation.bytes);
  // Who it is can only be read off a bundle that holds as a whole, so any other is by nobody who is known.
  const detail = problems[0]?.evidence.message ?? "its identity is not trusted";
  return signer === undefined
    ? { kind: "stranger", who, detail }
    : trusted(attestation, signer, time);
}

function trusted(
  { statement, source, digest }: Attestation,
  identity: SignerIdentity,
  time: TimeBasis | undefined,
): AttestationOutcome {
  // A clock of today proves no time of signing; a timestamp does.
  const proved = time?.kind === "timestamp" ? { time: time.at } : {};
  const verified = { statement, signer: attestationSigner(identity), source, digest, ...proved };
  return { kind: "trusted", verified };
}
