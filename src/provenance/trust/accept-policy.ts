/**
 * Whether a policy may decide at all: it is signed by those who may sign it, is not expired, and is not an older one
 * than was seen before (as in TUF: whoever replays an old policy brings back signers that were removed since). A new
 * version has to be signed by those whom the old one names and by those whom it names itself.
 */

import { Buffer } from "node:buffer";
import { verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { RuleInfo } from "../../kernel/rule.ts";
import { pae } from "../dsse/pae.ts";
import type { Reason } from "./decision.ts";
import { keyFingerprint } from "./key-fingerprint.ts";
import type { Place, Policy } from "./policy.ts";
import type { PolicyEnvelope } from "./policy-envelope.ts";
import { POLICY_PAYLOAD_TYPE } from "./policy-envelope.ts";
import { POLICY_EXPIRED, POLICY_ROLLBACK, POLICY_SIGNATURE } from "./policy-rules.ts";

/** A policy that was read, what is wrong with it, and what it delegated by the names of the delegations. */
export interface AcceptedPolicy {
  readonly policy: Policy;
  readonly problems: readonly Reason[];
  readonly delegated: ReadonlyMap<string, AcceptedPolicy>;
}

/** Keys, and how many different ones of them have to sign. */
export interface Signers {
  readonly keys: readonly KeyObject[];
  readonly threshold: number;
}

/** What was kept of a policy when it last decided. */
export interface SeenPolicy {
  readonly version: number;
  /** SHA-256 of its bytes. */
  readonly digest: string;
}

export interface Candidate {
  readonly policy: Policy;
  /** The document as it lies there, and its SHA-256. */
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly envelope: PolicyEnvelope | undefined;
  /** All of them have to have signed: those that the caller trusts, those of the version before, its own. */
  readonly signers: readonly Signers[];
  readonly seen: SeenPolicy | undefined;
  /** Milliseconds; never before what is proved to have happened. */
  readonly now: number;
}

/** What keeps a policy from deciding; nothing where it may. */
export function policyProblems(candidate: Candidate): Reason[] {
  const { policy, seen, now, digest } = candidate;
  const problems = signatureProblems(candidate);
  if (now >= policy.expires.value) {
    const since = new Date(policy.expires.value).toISOString().slice(0, 10);
    problems.push(
      deny(
        POLICY_EXPIRED,
        policy.expires.place,
        `the policy expired on ${since}`,
        "a new version of the policy",
      ),
    );
  }
  const { value: version, place } = policy.version;
  if (seen !== undefined && version < seen.version) {
    const message = `the policy is version ${version}, and version ${seen.version} was seen before`;
    problems.push(deny(POLICY_ROLLBACK, place, message, `version ${seen.version} or a later one`));
  } else if (seen?.version === version && seen.digest !== digest && candidate.signers.length > 0) {
    const message = `version ${version} was seen before with other contents`;
    problems.push(deny(POLICY_ROLLBACK, place, message, "a higher version for what was changed"));
  }
  return problems;
}

function signatureProblems({ policy, bytes, envelope, signers }: Candidate): Reason[] {
  const { place } = policy.signedBy ?? policy;
  const remedy = "weighbridge trust sign, by those who may sign the policy";
  if (signers.length === 0) {
    return [];
  }
  if (envelope === undefined) {
    return [deny(POLICY_SIGNATURE, place, "the policy is not signed, and has to be", remedy)];
  }
  if (Buffer.compare(envelope.payload, bytes) !== 0) {
    const message = "the policy is not what was signed: its text and its signature differ";
    return [deny(POLICY_SIGNATURE, place, message, remedy)];
  }
  return signers.flatMap((required) => {
    const found = countSigners(envelope, required.keys);
    const message = `${required.threshold} of those who may sign the policy have to, and ${found} did`;
    return found >= required.threshold ? [] : [deny(POLICY_SIGNATURE, place, message, remedy)];
  });
}

/** How many different keys signed. */
function countSigners({ payload, signatures }: PolicyEnvelope, keys: readonly KeyObject[]): number {
  const bytes = pae(POLICY_PAYLOAD_TYPE, payload);
  const distinct = new Map(keys.map((key) => [keyFingerprint(key), key]));
  return [...distinct.values()].filter((key) =>
    signatures.some((signature) => holds(key, bytes, signature)),
  ).length;
}

const DIGESTS: Readonly<Record<string, string>> = {
  prime256v1: "sha256",
  secp384r1: "sha384",
  secp521r1: "sha512",
};

function holds(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  const digest = DIGESTS[key.asymmetricKeyDetails?.namedCurve ?? ""];
  try {
    return (
      (digest !== undefined || key.asymmetricKeyType === "ed25519") &&
      verify(digest ?? null, bytes, { key, dsaEncoding: "der" }, signature)
    );
  } catch {
    // OpenSSL throws for some encodings of a signature instead of refusing them.
    return false;
  }
}

export function deny(info: RuleInfo, place: Place, message: string, remedy: string): Reason {
  return { rule: info.id, effect: "deny", place, message, remedy };
}
