/** How a model was made, by the claims of those whom a policy knows. Walked only where a rule asks for it. */

import { traceLineage } from "../../provenance/lineage/trace.ts";
import { summarizeLineage } from "../../provenance/lineage/summarize.ts";
import type { ClaimEvidence, Evidence, LineageEvidence } from "../../provenance/trust/evidence.ts";
import { mismatchOf } from "../../provenance/trust/match-signer.ts";
import type { LoadedPolicy } from "./load-policy.ts";

interface Traced {
  readonly name: string;
  readonly digests: Evidence["model"]["digests"];
}

export function lineageFor(
  loaded: LoadedPolicy,
  { name, digests: { root, dirHash1 } }: Traced,
  claims: readonly ClaimEvidence[],
): LineageEvidence | undefined {
  if (!asksLineage(loaded) || root === undefined) {
    return undefined;
  }
  const digest = { sha256: root, ...(dirHash1 === undefined ? {} : { dirHash1 }) };
  const known = claims.map(({ signer, logged: _logged, ...claim }) =>
    isKnown(signer, loaded)
      ? { ...claim, signer: { kind: signer.kind, id: signer.id } }
      : { ...claim, stranger: signer.id },
  );
  return summarizeLineage(traceLineage({ name, digest }, known));
}

function asksLineage({ policy, delegated }: LoadedPolicy): boolean {
  return policy.rules.some(({ lineage }) => lineage !== undefined) || delegated.some(asksLineage);
}

/** Whether a signer is an authority of the policy at the top: whom a delegation knows must not answer for what it was not given. */
export function isKnown(signer: ClaimEvidence["signer"], { policy }: LoadedPolicy): boolean {
  return [...policy.authorities.values()].some(
    (authority) => mismatchOf(signer, authority) === undefined,
  );
}
