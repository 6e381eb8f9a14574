/**
 * The claims about a model against one requirement of a rule: of the right type, about this model and not one with the
 * same contents under other names, by a signer that counts, recent enough, and with a predicate that fulfills the
 * condition. A condition that fails is not fulfilled. What came nearest says why there are too few.
 */

import type { Answer } from "../../expressions/condition.ts";
import type { Reason } from "./decision.ts";
import type { ClaimEvidence, ModelUnderTest } from "./evidence.ts";
import { isFileOf } from "../attestations/match-digests.ts";
import { periodProblem, MISMATCHES } from "./judge-signatures.ts";
import { isEnforced, reasonOf } from "./judgement.ts";
import type { Failure, Judging } from "./judgement.ts";
import { describeSigner, mismatchOf, principalOf } from "./match-signer.ts";
import type { AttestationRequirement } from "./policy.ts";
import { revocationOf } from "./revoked.ts";
import {
  ATTESTATION_AGE,
  ATTESTATION_MISSING,
  CONDITION_FAILED,
  CONDITION_FALSE,
  KEY_PERIOD,
  OTHER_MODEL,
  REVOKED,
  ROOT_ONLY,
} from "./model-rules.ts";

export interface JudgedClaims {
  readonly counted: readonly ClaimEvidence[];
  readonly reasons: readonly Reason[];
}

/** How far a claim came. */
interface Missed {
  readonly stage: number;
  readonly failure: Failure;
}

export function judgeClaims(judging: Judging, required: AttestationRequirement): JudgedClaims {
  const counted: ClaimEvidence[] = [];
  const principals = new Set<string>();
  const tolerated: Failure[] = [];
  let nearest: Missed | undefined;
  for (const claim of judging.evidence.claims) {
    if (claim.statement.predicateType !== required.type) {
      continue;
    }
    const missed = judgeClaim(judging, required, claim, tolerated);
    if (missed === undefined) {
      counted.push(claim);
      principals.add(principalOf(claim.signer));
      if (!required.every && principals.size >= required.count) {
        break;
      }
    } else if (nearest === undefined || missed.stage > nearest.stage) {
      nearest = missed;
    }
  }
  const isMet =
    principals.size >= required.count && !(required.every && nearest?.stage === CONDITION_STAGE);
  const failures = isMet ? [] : [nearest?.failure ?? missing(required, principals.size)];
  return {
    counted,
    reasons: [...failures, ...tolerated.slice(0, MOST_TOLERATED)].map((failure) =>
      reasonOf(judging, failure),
    ),
  };
}

const CONDITION_STAGE = 5;
const MOST_TOLERATED = 10;

function judgeClaim(
  judging: Judging,
  required: AttestationRequirement,
  claim: ClaimEvidence,
  tolerated: Failure[],
): Missed | undefined {
  const subject = subjectFailure(judging, required, claim);
  if (subject !== undefined) {
    return subject;
  }
  const signer = signerFailure(judging, required, claim);
  if (signer !== undefined) {
    return { stage: 3, failure: signer };
  }
  const age = ageFailure(judging, required, claim);
  if (age !== undefined) {
    if (isEnforced(judging, "freshness")) {
      return { stage: 4, failure: age };
    }
    tolerated.push(age);
  }
  const condition = conditionFailure(judging, required, claim);
  return condition === undefined ? undefined : { stage: CONDITION_STAGE, failure: condition };
}

function subjectFailure(
  { evidence: { model }, rule }: Judging,
  required: AttestationRequirement,
  { statement, source }: ClaimEvidence,
): Missed | undefined {
  const matches = statement.subject.map(({ digest }) => matchSubject(digest, model));
  if (matches.includes("same") || (rule.allowRootOnly && matches.includes("unbound"))) {
    return undefined;
  }
  const shared = { aspect: "integrity", place: required.place } as const;
  if (matches.includes("renamed")) {
    const message = `${source} is about a model with the same contents under other names: dirHash1 differs`;
    const remedy = "a claim about this model, with its own dirHash1";
    return { stage: 2, failure: { ...shared, info: OTHER_MODEL, message, remedy } };
  }
  if (matches.includes("unbound")) {
    const message = `${source} names the model by its root alone, which other names of files share`;
    const remedy = "a claim with dirHash1 beside the root, or allowRootOnly in the rule";
    return { stage: 2, failure: { ...shared, info: ROOT_ONLY, message, remedy } };
  }
  const failure = { ...missing(required, 0), message: `${source} is about another artifact` };
  return { stage: 1, failure };
}

/**
 * Whether a digest set is of the model. A root and the SHA-256 of a file are different things under one name: a file
 * of digests has the root of the model that they are of.
 */
function matchSubject(
  digest: Readonly<Record<string, string>>,
  { digests: { root, dirHash1, file } }: ModelUnderTest,
): "same" | "renamed" | "unbound" | "other" {
  const { sha256, dirHash1: named } = digest;
  if (named === undefined) {
    if ((file !== undefined && sha256 === file) || isFileOf(digest, { sha256: root ?? "" })) {
      return "same";
    }
    return root !== undefined && sha256 === root ? "unbound" : "other";
  }
  if (sha256 !== undefined && sha256 !== root) {
    return "other";
  }
  if (named === dirHash1) {
    return "same";
  }
  return sha256 === root && root !== undefined ? "renamed" : "other";
}

function signerFailure(
  judging: Judging,
  required: AttestationRequirement,
  claim: ClaimEvidence,
): Failure | undefined {
  const revocation = revocationOf(claim, judging.revocations);
  if (revocation !== undefined && isEnforced(judging, "revocation")) {
    return {
      info: REVOKED,
      aspect: "revocation",
      place: revocation.place,
      message: `${claim.source} was revoked: ${revocation.reason}`,
      remedy: "a claim by a signer that is not revoked",
    };
  }
  const failures = required.by.map((name) => authorityFailure(judging, required, claim, name));
  return failures.includes(undefined)
    ? undefined
    : (failures.find((failure) => failure !== undefined && failure.info !== ATTESTATION_MISSING) ??
        failures[0]);
}

function authorityFailure(
  judging: Judging,
  required: AttestationRequirement,
  claim: ClaimEvidence,
  name: string,
): Failure | undefined {
  const authority = judging.policy.authorities.get(name);
  const mismatch = authority === undefined ? undefined : mismatchOf(claim.signer, authority);
  const remedy = `a claim of the type ${required.type} by ${required.by.join(" or ")}`;
  if (authority === undefined || mismatch?.kind === "stranger") {
    const message = `${claim.source} is by ${describeSigner(claim.signer)}, and ${required.by.join(" or ")} has to make it`;
    return {
      info: ATTESTATION_MISSING,
      aspect: "authenticity",
      place: required.place,
      message,
      remedy,
    };
  }
  if (mismatch !== undefined) {
    const message = `who made ${claim.source} is not ${name}: ${mismatch.detail}`;
    const info = MISMATCHES[mismatch.kind];
    return { info, aspect: "authenticity", place: authority.place, message, remedy };
  }
  const period = periodProblem(judging, claim.time, authority);
  return period === undefined || !isEnforced(judging, "freshness")
    ? undefined
    : {
        info: KEY_PERIOD,
        aspect: "freshness",
        place: authority.place,
        message: `${name} counts ${period}`,
        remedy,
      };
}

function ageFailure(
  { now }: Judging,
  { maxAge, place }: AttestationRequirement,
  { source, time }: ClaimEvidence,
): Failure | undefined {
  if (maxAge === undefined || (time !== undefined && now - Date.parse(time) <= maxAge)) {
    return undefined;
  }
  const message =
    time === undefined
      ? `nothing proves when ${source} was made`
      : `${source} was made at ${time}, which is too long ago`;
  const remedy =
    time === undefined ? "a claim with a timestamp or in a log" : "a claim that was made since";
  return { info: ATTESTATION_AGE, aspect: "freshness", place, message, remedy };
}

function conditionFailure(
  { evidence, model, now }: Judging,
  { where, wherePlace, place }: AttestationRequirement,
  { statement, signer, source }: ClaimEvidence,
): Failure | undefined {
  if (where === undefined) {
    return undefined;
  }
  const answer: Answer = where.evaluate({
    predicate: statement.predicate,
    subject: statement.subject,
    signer,
    model: evidence.model.references[0] ?? model,
    now: new Date(now),
  });
  const shared = { aspect: "authenticity", place: wherePlace ?? place } as const;
  if (answer.kind === "failed") {
    const message = `the condition cannot be answered for ${source}: ${answer.problem.message}`;
    const remedy = "a claim that has what the condition asks about; has() asks whether it is there";
    return { ...shared, info: CONDITION_FAILED, message, remedy };
  }
  const message = `${source} does not fulfill the condition`;
  const remedy = `a claim that fulfills ${where.source.trim()}`;
  return answer.value ? undefined : { ...shared, info: CONDITION_FALSE, message, remedy };
}

function missing({ type, by, count, place }: AttestationRequirement, found: number): Failure {
  const wanted = count === 1 ? "no claim" : `${found} of ${count} claims`;
  return {
    info: ATTESTATION_MISSING,
    aspect: "authenticity",
    place,
    message: `there is ${wanted} of the type ${type} by ${by.join(" or ")}`,
    remedy: `a claim of this type by ${by.join(" or ")} beside the model`,
  };
}
