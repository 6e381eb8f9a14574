/** A decision for machines (`weighbridge.trust-decision/v1`, assets/schemas/trust-decision-v1.schema.json). */

import type { Problem } from "../../provenance/oms/problem.ts";
import type { Decision, Reason } from "../../provenance/trust/decision.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import { VERSION } from "../../scan/version.ts";
import { findingOf } from "../provenance/findings.ts";

export function decisionJson(decision: Decision, problems: readonly Problem[]): string {
  const { effect, model, policy, decidedBy, reasons, used, events, at } = decision;
  return `${jsonText(
    {
      schema: "weighbridge.trust-decision/v1",
      tool: { name: "weighbridge", version: VERSION },
      model,
      policy: { name: policy.name ?? null, version: policy.version },
      decision: effect,
      at,
      decidedBy: reasonJson(decidedBy),
      reasons: reasons.map(reasonJson),
      used,
      events,
      findings: problems.map((problem) => {
        const { rule, severity, implies, message, fingerprint } = findingOf(problem, model);
        return { rule, severity, implies, message, fingerprint };
      }),
    },
    0,
  )}\n`;
}

function reasonJson({ rule, effect, place, message, remedy }: Reason) {
  return {
    rule,
    effect,
    message,
    remedy,
    document: place.document,
    line: place.line,
    path: place.path,
  };
}
