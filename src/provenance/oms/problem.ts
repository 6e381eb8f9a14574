/** Something that a verification or a signer has to say: which rule, and what made it fire. */

import type { Evidence, JsonValue, RuleInfo } from "../../kernel/rule.ts";

export interface Problem {
  readonly rule: RuleInfo;
  readonly evidence: Evidence;
  /** The file of the model that it is about; missing where it is about the signature. */
  readonly path?: string;
}

/** About the signature. The key is the message's fixed part, so that a fingerprint survives other names. */
export function aboutSignature(
  rule: RuleInfo,
  message: string,
  data?: Readonly<Record<string, JsonValue>>,
): Problem {
  return {
    rule,
    evidence: { message, key: rule.id, ...(data === undefined ? {} : { data }) },
  };
}

/** About one file of the model. */
export function aboutFile(
  rule: RuleInfo,
  path: string,
  message: string,
  data?: Readonly<Record<string, JsonValue>>,
): Problem {
  return {
    rule,
    path,
    evidence: { message, key: path, ...(data === undefined ? {} : { data }) },
  };
}

/** The same, told without weighing: what the caller asked to be let pass. */
export function asNote(problem: Problem): Problem {
  return {
    ...problem,
    evidence: { ...problem.evidence, implies: "none", severity: "info" },
  };
}

/** Whether it makes a verification fail. */
export function fails({ rule, evidence }: Problem): boolean {
  return (evidence.implies ?? rule.implies) !== "none";
}
