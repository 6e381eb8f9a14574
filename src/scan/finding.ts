/** From a rule and its evidence to a finding with a stable fingerprint. */

import { sha256 } from "../bytes/hash.ts";
import { memberLocator, offsetLocator, withoutOffsets } from "../kernel/locator.ts";
import type { Finding } from "../kernel/report.ts";
import type { Evidence, RuleInfo } from "../kernel/rule.ts";
import { impliedVerdict, verdictRank } from "../kernel/verdict.ts";
import type { Implication } from "../kernel/verdict.ts";

/**
 * Makes a finding. A fingerprint covers rule, path, locator without offsets and the evidence's key,
 * never the digest: the same problem in the next upload is the same finding.
 *
 * @param locator of the artifact that the rule judged.
 */
export function makeFinding(rule: RuleInfo, evidence: Evidence, locator: string): Finding {
  const inside = evidence.member === undefined ? locator : memberLocator(locator, evidence.member);
  const implies = bounded(evidence.implies ?? rule.implies, rule.implies);
  return {
    rule: rule.id,
    severity: evidence.severity ?? rule.severity,
    confidence: evidence.confidence ?? rule.confidence,
    trigger: evidence.trigger ?? rule.trigger,
    implies,
    message: evidence.message,
    locator: evidence.offset === undefined ? inside : offsetLocator(inside, evidence.offset),
    evidence: evidence.data ?? {},
    fingerprint: sha256(JSON.stringify([rule.id, withoutOffsets(inside), evidence.key])).slice(
      0,
      32,
    ),
  };
}

/** A rule may say less than it declares and never more. */
function bounded(wanted: Implication, declared: Implication): Implication {
  return verdictRank(impliedVerdict(wanted)) <= verdictRank(impliedVerdict(declared))
    ? wanted
    : declared;
}
