/** A lineage in short, as policies and machines ask about it. */

import type { Lineage } from "./lineage.ts";
import { GAP, UNSIGNED_STEP } from "./rules.ts";

export interface LineageSummary {
  /** Steps of making that somebody who is trusted claims, along the longest way back. */
  readonly depth: number;
  /** Where the way ends though something came before, each half a sentence. */
  readonly gaps: readonly string[];
  /** What cannot be true, or cannot be told from what is not, each half a sentence. */
  readonly conflicts: readonly string[];
  /** What the base models go by: URIs, and names where there are none. */
  readonly baseModels: readonly string[];
}

const GAPS: ReadonlySet<string> = new Set([GAP.id, UNSIGNED_STEP.id]);

export function summarizeLineage(lineage: Lineage): LineageSummary {
  const { nodes, problems } = lineage;
  const messages = (isGap: boolean): string[] =>
    problems
      .filter(({ rule }) => GAPS.has(rule.id) === isGap)
      .map(({ evidence }) => evidence.message);
  return {
    depth: depthOf(lineage, 0, new Map()),
    gaps: messages(true),
    conflicts: messages(false),
    baseModels: [
      ...new Set(
        nodes.filter(({ role }) => role === "base-model").map(({ uri, name }) => uri ?? name),
      ),
    ],
  };
}

/** Recursion is as deep as lineages are walked; an artifact that is its own ancestor counts nothing the second time. */
function depthOf({ nodes, ...rest }: Lineage, id: number, known: Map<number, number>): number {
  const found = known.get(id);
  if (found !== undefined) {
    return found;
  }
  known.set(id, 0);
  let depth = 0;
  for (const { signer, inputs } of nodes[id]?.steps ?? []) {
    if (signer !== undefined) {
      const below = inputs.map(({ node }) => depthOf({ nodes, ...rest }, node, known));
      depth = Math.max(depth, 1 + Math.max(0, ...below));
    }
  }
  known.set(id, depth);
  return depth;
}
