/** What judging one rule needs, and how a failure becomes a reason: by its kind and the level of the rule. */

import type { RuleInfo } from "../../kernel/rule.ts";
import type { Effect, Reason } from "./decision.ts";
import type { Evidence } from "./evidence.ts";
import type { Level, Place, Policy, Revocation, Rule } from "./policy.ts";

export interface Judging {
  readonly rule: Rule;
  readonly policy: Policy;
  readonly evidence: Evidence;
  /** Those of the policy and of all above it. */
  readonly revocations: readonly Revocation[];
  /** What the model is called, as the rule matched it. */
  readonly model: string;
  /** Milliseconds since 1970, never before what is proved to have happened. */
  readonly now: number;
}

/** What a requirement is about. */
export type Aspect = "integrity" | "authenticity" | "revocation" | "freshness" | "history";

/** What each level holds against a model; the rest is a warning. */
const ENFORCED: Readonly<Record<Level, readonly Aspect[]>> = {
  strict: ["integrity", "authenticity", "revocation", "freshness", "history"],
  permissive: ["integrity", "authenticity", "revocation"],
  audit: ["integrity"],
  skip: [],
};

export function isEnforced({ rule }: Judging, aspect: Aspect): boolean {
  return ENFORCED[rule.level].includes(aspect);
}

export interface Failure {
  readonly info: RuleInfo;
  readonly aspect: Aspect;
  readonly place: Place;
  readonly message: string;
  readonly remedy: string;
  /** Where the requirement has an effect of its own. */
  readonly effect?: Effect;
}

export function reasonOf(judging: Judging, failure: Failure): Reason {
  const { info, aspect, place, message, remedy } = failure;
  const effect = isEnforced(judging, aspect) ? (failure.effect ?? judging.rule.onFail) : "warn";
  return { rule: info.id, effect, place, message, remedy };
}
