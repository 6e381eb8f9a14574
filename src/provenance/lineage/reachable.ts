/**
 * Which claims a lineage can come to, whoever signed them. Signatures cost far more than anything else here, so that
 * only those of these claims are verified; all others still help to say what was probably meant.
 */

import { indexArtifacts } from "./artifact-index.ts";
import type { Claim } from "./lineage.ts";
import { readStep } from "./read-step.ts";
import type { TracedModel } from "./trace.ts";

/** Linear in the number of claims and of what they name. */
export function reachableClaims(model: TracedModel, claims: readonly Claim[]): Set<Claim> {
  const index = indexArtifacts(claims, [model.digest]);
  const reached = new Set<Claim>();
  const waiting = [index.resolve(model.digest).key];
  const seen = new Set(waiting);
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    for (const claim of index.claimsOf(key)) {
      if (reached.has(claim)) {
        continue;
      }
      reached.add(claim);
      for (const { descriptor } of readStep(claim)?.inputs ?? []) {
        const next = index.resolve(descriptor.digest).key;
        if (!seen.has(next)) {
          seen.add(next);
          waiting.push(next);
        }
      }
    }
  }
  return reached;
}
