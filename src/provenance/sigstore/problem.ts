/** Something that a keyless verification has to say: which rule, and what made it fire. */

import type { Evidence, RuleInfo } from "../../kernel/rule.ts";

export interface SigstoreProblem {
  readonly rule: RuleInfo;
  readonly evidence: Evidence;
}

/** @param message a sentence without a period; strings out of the bundle are quoted. */
export function problemOf(rule: RuleInfo, message: string): SigstoreProblem {
  return { rule, evidence: { message, key: rule.id } };
}
