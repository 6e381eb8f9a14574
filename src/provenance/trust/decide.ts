/**
 * What a policy says of a model: the first rule that matches decides, unless it says that later ones are asked as well;
 * then the worst of them does. Where no rule matches, whoever the path was delegated to is asked, and never about
 * anything else. What no rule matches is denied.
 */

import { deny } from "./accept-policy.ts";
import type { AcceptedPolicy } from "./accept-policy.ts";
import { EFFECTS } from "./decision.ts";
import type { Decision, Reason, TrustEvent } from "./decision.ts";
import type { Evidence } from "./evidence.ts";
import { judgeClaims } from "./judge-claims.ts";
import { judgeLineage } from "./judge-lineage.ts";
import { judgePin } from "./judge-pin.ts";
import type { Memory } from "./judge-pin.ts";
import { judgeSignatures } from "./judge-signatures.ts";
import type { Judging } from "./judgement.ts";
import { parseReference, patternTakes } from "./model-reference.ts";
import type { ModelReference } from "./model-reference.ts";
import type { Delegation, Place, Policy, Revocation, Rule } from "./policy.ts";
import { modelRevocation } from "./revoked.ts";
import { REVOKED } from "./model-rules.ts";
import {
  BAD_REFERENCE,
  CLOCK_BEHIND,
  DELEGATION,
  DELEGATION_SCOPE,
  FULFILLED,
  NO_RULE,
  SKIPPED,
} from "./policy-rules.ts";

/** Delegations of delegations. */
const MAX_DELEGATIONS = 4;
/** Clocks differ by this much. */
const TOLERANCE = 5 * 60_000;

interface Question {
  readonly evidence: Evidence;
  readonly references: readonly (ModelReference & { readonly text: string })[];
  readonly memory: Memory;
  readonly now: number;
}

interface Outcome {
  readonly reasons: Reason[];
  readonly used: Set<string>;
  readonly events: TrustEvent[];
  /** The last rule that was asked. */
  rule?: Rule;
}

/** Decides. Pure: the same policy, evidence and memory give the same decision. Never throws because of evidence. */
export function decide(accepted: AcceptedPolicy, evidence: Evidence, memory: Memory): Decision {
  const { policy } = accepted;
  const outcome: Outcome = { reasons: [...accepted.problems], used: new Set(), events: [] };
  const now = trustedNow(evidence, memory);
  if (now > evidence.now + TOLERANCE) {
    outcome.reasons.push(clockReason(policy.place, now));
  }
  const references = evidence.model.references.flatMap((text) => {
    const parsed = parseReference(text);
    return parsed === undefined ? [] : [{ ...parsed, text }];
  });
  if (references.length < Math.max(1, evidence.model.references.length)) {
    outcome.reasons.push(referenceReason(policy.place));
  } else if (accepted.problems.every(({ effect }) => effect === "warn")) {
    consult(accepted, { evidence, references, memory, now }, [], outcome, 0);
    if (outcome.rule === undefined && !outcome.reasons.some(({ effect }) => effect === "deny")) {
      outcome.reasons.push(noRule(policy.place, references[0]?.text ?? ""));
    }
  }
  return decisionOf(policy, evidence, outcome, now);
}

/** Whether a rule that is final was asked, or a delegation that takes the model. */
function consult(
  { policy, delegated }: AcceptedPolicy,
  question: Question,
  above: readonly Revocation[],
  outcome: Outcome,
  depth: number,
): void {
  const revocations = [...above, ...policy.revocations];
  const revoked = modelRevocation(question.evidence.model, revocations);
  if (revoked !== undefined) {
    outcome.reasons.push(revokedModel(revoked));
    return;
  }
  for (const rule of policy.rules) {
    const model = matchedBy(rule.match, question);
    if (model !== undefined) {
      outcome.rule = rule;
      judgeRule(
        { rule, policy, revocations, model, evidence: question.evidence, now: question.now },
        question.memory,
        outcome,
      );
      if (rule.final) {
        return;
      }
    }
  }
  for (const delegation of policy.delegations) {
    const next = delegated.get(delegation.name);
    if (matchedBy(delegation.paths, question) === undefined) {
      outcome.reasons.push(...outOfScope(next, question, delegation.name));
    } else {
      const problem = delegationProblem(delegation, next, question.now, depth);
      outcome.reasons.push(...(problem === undefined ? [] : [problem]), ...(next?.problems ?? []));
      const isSound =
        problem === undefined && next?.problems.every(({ effect }) => effect === "warn");
      if (next !== undefined && isSound === true) {
        consult(next, question, revocations, outcome, depth + 1);
      }
      return;
    }
  }
}

function delegationProblem(
  { name, expires, place }: Delegation,
  next: AcceptedPolicy | undefined,
  now: number,
  depth: number,
): Reason | undefined {
  if (now >= expires) {
    const since = new Date(expires).toISOString().slice(0, 10);
    const message = `the delegation ${name} expired on ${since}`;
    return deny(DELEGATION, place, message, "a delegation with a later end");
  }
  if (next === undefined || depth >= MAX_DELEGATIONS) {
    const message =
      next === undefined
        ? `the policy of the delegation ${name} is not there`
        : `delegations lie more than ${MAX_DELEGATIONS} deep in one another`;
    return deny(
      DELEGATION,
      place,
      message,
      "a policy that can be read, signed by whom it was delegated to",
    );
  }
  return undefined;
}

function judgeRule(judging: Judging, memory: Memory, outcome: Outcome): void {
  const { rule } = judging;
  if (rule.level === "skip") {
    outcome.reasons.push({
      rule: SKIPPED.id,
      effect: "allow",
      place: rule.place,
      message: "nothing was looked at: the level of the rule is skip",
      remedy: "another level",
    });
    return;
  }
  const signatures = judgeSignatures(judging);
  const claims = rule.attestations.map((required) => judgeClaims(judging, required));
  const pin = judgePin(judging, signatures.counted, memory);
  const reasons = [
    ...signatures.reasons,
    ...claims.flatMap((judged) => judged.reasons),
    ...judgeLineage(judging),
    ...pin.reasons,
  ];
  outcome.reasons.push(...reasons);
  outcome.events.push(...pin.events);
  for (const { digest } of [...signatures.counted, ...claims.flatMap(({ counted }) => counted)]) {
    outcome.used.add(digest);
  }
  if (reasons.length === 0) {
    const name = rule.name === undefined ? "the rule" : `the rule ${rule.name}`;
    outcome.reasons.push({
      rule: FULFILLED.id,
      effect: "allow",
      place: rule.place,
      message: `all that ${name} requires is there`,
      remedy: "evidence that is missing, revoked or too old",
    });
  }
}

/** Never before anything that is proved to have happened, so that setting a clock back gains nothing. */
function trustedNow({ now, signatures, claims }: Evidence, { latest }: Memory): number {
  let result = Math.max(now, latest);
  for (const { time } of [...signatures, ...claims]) {
    const at = time === undefined ? Number.NaN : Date.parse(time);
    result = at > result ? at : result;
  }
  return result;
}

function matchedBy(patterns: Rule["match"], { references }: Question): string | undefined {
  return references.find((reference) =>
    patterns.some((pattern) => patternTakes(pattern, reference)),
  )?.text;
}

/** Rules of a delegation about models that it was not given: told, and never asked. */
function outOfScope(next: AcceptedPolicy | undefined, question: Question, name: string): Reason[] {
  const rule = next?.policy.rules.find(({ match }) => matchedBy(match, question) !== undefined);
  return rule === undefined
    ? []
    : [
        {
          rule: DELEGATION_SCOPE.id,
          effect: "warn",
          place: rule.place,
          message: `a rule of the delegation ${name} speaks of a model that lies outside of its paths, and was not asked`,
          remedy: "paths of the delegation that take the model",
        },
      ];
}

function decisionOf(
  { name, version }: Policy,
  { model }: Evidence,
  { reasons, used, events }: Outcome,
  now: number,
): Decision {
  const sorted = EFFECTS.flatMap((each) => reasons.filter((reason) => reason.effect === each));
  const [decidedBy] = sorted;
  if (decidedBy === undefined) {
    throw new Error("internal error: a decision without a reason");
  }
  const { effect } = decidedBy;
  return {
    effect,
    model: model.references[0] ?? "",
    policy: { name, version: version.value },
    decidedBy,
    reasons: sorted,
    used: [...used].sort(),
    events:
      effect === "deny" || effect === "hold"
        ? events.filter(({ kind }) => kind !== "pinned")
        : events,
    at: new Date(now).toISOString(),
  };
}

function clockReason(place: Place, now: number): Reason {
  return {
    rule: CLOCK_BEHIND.id,
    effect: "warn",
    place,
    message: `the local clock is behind ${new Date(now).toISOString()}, which is proved to have been`,
    remedy: "a clock that is right",
  };
}

function referenceReason(place: Place): Reason {
  const message = "what the model is called is no reference that all readers take for the same";
  const remedy = "a name such as hf:org/name@revision, without controls, . and .. in it";
  return deny(BAD_REFERENCE, place, message, remedy);
}

function noRule(place: Place, model: string): Reason {
  return deny(NO_RULE, place, `no rule matches ${model}`, "a rule whose match takes the model");
}

function revokedModel({ reason, place }: Revocation): Reason {
  const message = `the model itself was revoked: ${reason}`;
  return deny(REVOKED, place, message, "another version of the model");
}
