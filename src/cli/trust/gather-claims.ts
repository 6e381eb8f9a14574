/** The claims about a model whose signatures hold by the keys and roots of a policy. */

import type { Problem } from "../../provenance/oms/problem.ts";
import type { ClaimEvidence } from "../../provenance/trust/evidence.ts";
import type { Arguments } from "../command.ts";
import type { ModelTarget } from "../provenance/model-target.ts";
import type { LoadedPolicy } from "./load-policy.ts";

export interface GatheredClaims {
  readonly claims: readonly ClaimEvidence[];
  readonly problems: readonly Problem[];
}

export async function gatherClaims(
  _given: Arguments,
  _model: ModelTarget,
  _loaded: LoadedPolicy,
  _now: number,
): Promise<GatheredClaims> {
  return await Promise.resolve({ claims: [], problems: [] });
}
