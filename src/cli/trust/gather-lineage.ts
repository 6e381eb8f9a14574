/** How a model was made, by the claims of those whom a policy knows. Walked only where a rule asks for it. */

import { traceLineage } from "../../provenance/lineage/trace.ts";
import type { Lineage, LineageNode } from "../../provenance/lineage/lineage.ts";
import type { ClaimEvidence, Evidence, LineageEvidence } from "../../provenance/trust/evidence.ts";
import { mismatchOf } from "../../provenance/trust/match-signer.ts";
import type { LoadedPolicy } from "./load-policy.ts";

interface Traced {
  readonly name: string;
  readonly digests: Evidence["model"]["digests"];
}

const GAPS: ReadonlySet<string> = new Set(["lineage/gap", "lineage/unsigned-step"]);

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
  const lineage = traceLineage({ name, digest }, known);
  const problems = lineage.problems.map(({ rule, evidence }) => ({
    isGap: GAPS.has(rule.id),
    message: evidence.message,
  }));
  return {
    depth: depthOf(lineage),
    gaps: problems.filter(({ isGap }) => isGap).map(({ message }) => message),
    conflicts: problems.filter(({ isGap }) => !isGap).map(({ message }) => message),
    baseModels: lineage.nodes.filter(({ role }) => role === "base-model").map((node) => node.name),
  };
}

function asksLineage({ policy, delegated }: LoadedPolicy): boolean {
  return policy.rules.some(({ lineage }) => lineage !== undefined) || delegated.some(asksLineage);
}

/** To the policy at the top: whom a delegation knows must not answer for what it was not given. */
function isKnown(signer: ClaimEvidence["signer"], { policy }: LoadedPolicy): boolean {
  return [...policy.authorities.values()].some(
    (authority) => mismatchOf(signer, authority) === undefined,
  );
}

/** Steps of making along the longest way; nodes are listed before what they were made from. */
function depthOf({ nodes }: Lineage): number {
  const depths = new Map<number, number>();
  const walk = (node: LineageNode, path: ReadonlySet<number>): number => {
    const known = depths.get(node.id);
    if (known !== undefined || path.has(node.id)) {
      return known ?? 0;
    }
    const inside = new Set([...path, node.id]);
    const below = node.steps.flatMap(({ inputs }) =>
      inputs.flatMap((input) => nodes[input.node] ?? []),
    );
    const depth =
      node.state === "made" ? 1 + Math.max(0, ...below.map((each) => walk(each, inside))) : 0;
    depths.set(node.id, depth);
    return depth;
  };
  const [model] = nodes;
  return model === undefined ? 0 : walk(model, new Set());
}
