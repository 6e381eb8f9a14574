/** Whom the caller trusts: a public key, or whoever has a certificate from one of some roots. Nothing else counts. */

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { quote } from "../../kernel/text.ts";
import type { Bundle } from "./bundle.ts";
import { PAYLOAD_TYPE } from "./bundle.ts";
import { checkSignature } from "./check-signature.ts";
import { curveOf, describeKey, keyFingerprint } from "./keys.ts";
import { aboutSignature } from "./problem.ts";
import type { Problem } from "./problem.ts";
import {
  KEY_HINT_MISMATCH,
  KEY_UNSUPPORTED,
  LEGACY_PAE,
  METHOD_MISMATCH,
  SCHEMA,
  SIGNATURE_INVALID,
} from "./rules.ts";

/** Who signed, as far as the signature proves it. */
export type SignerIdentity =
  | { readonly kind: "key"; readonly curve: string; readonly fingerprint: string }
  | {
      readonly kind: "certificate";
      readonly curve: string;
      readonly subject: string;
      readonly issuer: string;
      /** SHA-256 of the certificate, in hexadecimal. */
      readonly fingerprint: string;
      /** The root that the path ends at. */
      readonly root: string;
    }
  /** Somebody who logged in to sign, without a key that anybody keeps. */
  | {
      readonly kind: "identity";
      readonly identity: string;
      /** Whose word it is. */
      readonly issuer: string;
      /** What else the certificate says, such as `sourceRepository`. */
      readonly claims: Readonly<Record<string, string>>;
      /** Where the signature was published. */
      readonly logEntries: readonly { readonly log: string; readonly index: string }[];
    };

/** For which time certificates were checked; a bare key has no times. */
export interface TimeBasis {
  readonly kind: "now" | "timestamp";
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Who stamped it. */
  readonly authority?: string;
}

export interface TrustedTime {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly basis: TimeBasis;
  readonly problems: readonly Problem[];
}

export interface TrustOutcome {
  /** Set where the signature holds and is by somebody who is trusted. */
  readonly signer?: SignerIdentity;
  readonly time?: TimeBasis;
  readonly problems: readonly Problem[];
}

export interface CertificateOutcome {
  /** The signer's certificate as it was read; its key is what the signature is checked with. */
  readonly key: KeyObject | undefined;
  readonly identity?: Omit<Extract<SignerIdentity, { kind: "certificate" }>, "kind" | "curve">;
  readonly time?: TimeBasis;
  readonly problems: readonly Problem[];
}

export interface KeylessOutcome {
  /** Set where all of the bundle holds: its signature is checked with the rest. */
  readonly signer?: Extract<SignerIdentity, { kind: "identity" }>;
  readonly time?: TimeBasis;
  readonly problems: readonly Problem[];
}

export type Trust =
  | {
      readonly kind: "key";
      readonly key: KeyObject;
      readonly timeOf?: (bundle: Bundle) => TrustedTime;
    }
  /** Judges the certificates of a bundle. */
  | { readonly kind: "certificate"; judge(bundle: Bundle): CertificateOutcome }
  /** Judges the bundle as a whole. */
  | { readonly kind: "sigstore"; judge(bundle: Bundle): KeylessOutcome };

const METHODS = {
  key: "with a bare key",
  certificate: "with a certificate",
  sigstore: "keyless, through Sigstore",
} as const;

const WANTED = {
  key: "the public key that was given",
  certificate: "the certificates that were given",
  sigstore: "the identity that was given",
} as const;

/** Checks who signed a bundle. Throws nothing because of content. */
export function judgeSigner(
  bundle: Bundle,
  trust: Trust,
  compat: "legacy" | "strict",
): TrustOutcome {
  const problems = typeProblems(bundle);
  if (bundle.material.kind !== trust.kind) {
    const message = `it was signed ${METHODS[bundle.material.kind]}, so ${WANTED[trust.kind]} cannot verify it`;
    return { problems: [aboutSignature(METHOD_MISMATCH, message), ...problems] };
  }
  if (trust.kind === "key") {
    const outcome = judgeKey(trust.key, bundle, compat);
    const time = trust.timeOf?.(bundle);
    return {
      ...outcome,
      // A key has no dates: only a time that somebody vouches for says anything.
      ...(time?.basis.kind === "timestamp" ? { time: time.basis } : {}),
      problems: [...outcome.problems, ...(time?.problems ?? []), ...problems],
    };
  }
  if (trust.kind === "sigstore") {
    const outcome = trust.judge(bundle);
    return { ...outcome, problems: [...outcome.problems, ...problems] };
  }
  const { key, identity, time, problems: found } = trust.judge(bundle);
  const signed = key === undefined ? [] : signatureProblems(key, bundle, compat);
  const all = [...found, ...signed, ...problems];
  const curve = key === undefined ? undefined : curveOf(key)?.name;
  const isTrusted = identity !== undefined && !signed.some(({ rule }) => rule !== LEGACY_PAE);
  return {
    ...(isTrusted && curve !== undefined
      ? { signer: { kind: "certificate", curve, ...identity } }
      : {}),
    ...(time === undefined ? {} : { time }),
    problems: all,
  };
}

function typeProblems({ envelope }: Bundle): Problem[] {
  const { payloadType } = envelope;
  return payloadType === PAYLOAD_TYPE
    ? []
    : [
        aboutSignature(
          SCHEMA,
          `what was signed is of the type ${quote(payloadType)}, and no statement`,
        ),
      ];
}

function judgeKey(key: KeyObject, bundle: Bundle, compat: "legacy" | "strict"): TrustOutcome {
  const fingerprint = keyFingerprint(key);
  const problems = signatureProblems(key, bundle, compat);
  const named = namedKey(bundle);
  if (named !== undefined && named !== fingerprint) {
    const message = `it was signed with the key ${named}, and the one that was given is ${fingerprint}`;
    problems.push(aboutSignature(KEY_HINT_MISMATCH, message, { named, given: fingerprint }));
  }
  const curve = curveOf(key);
  const isHeld = !problems.some(({ rule }) => rule !== LEGACY_PAE);
  return {
    ...(isHeld && curve !== undefined
      ? { signer: { kind: "key", curve: curve.name, fingerprint } }
      : {}),
    problems,
  };
}

function signatureProblems(key: KeyObject, bundle: Bundle, compat: "legacy" | "strict"): Problem[] {
  switch (checkSignature(key, bundle.envelope, compat)) {
    case "valid":
      return [];
    case "legacy":
      return [
        aboutSignature(
          LEGACY_PAE,
          "it was signed by a release of the reference before 1.0, which encoded it wrongly",
        ),
      ];
    case "unsupported":
      return [
        aboutSignature(
          KEY_UNSUPPORTED,
          `${describeKey(key)} cannot verify models: P-256, P-384 or P-521 can`,
        ),
      ];
    default:
      return [
        aboutSignature(
          SIGNATURE_INVALID,
          "the signature was not made with the trusted key over this statement",
        ),
      ];
  }
}

/** Which key a bundle says that it was signed with, where that can be compared. */
function namedKey({ material }: Bundle): string | undefined {
  if (material.kind !== "key") {
    return undefined;
  }
  if (material.hint !== undefined) {
    return material.hint;
  }
  if (material.rawKey === undefined) {
    return undefined;
  }
  try {
    return keyFingerprint(createPublicKey(Buffer.from(material.rawKey)));
  } catch {
    return undefined;
  }
}
