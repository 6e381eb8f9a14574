/** The claims about a model whose signatures hold by the keys and roots of a policy. Those of strangers say nothing. */

import type { Problem } from "../../provenance/oms/problem.ts";
import type { ClaimEvidence } from "../../provenance/trust/evidence.ts";
import { collectClaims } from "../attest/collect-claims.ts";
import type { Arguments } from "../command.ts";
import type { ModelTarget } from "../provenance/model-target.ts";
import type { Identify } from "./policy-signers.ts";

export interface GatheredClaims {
  readonly claims: readonly ClaimEvidence[];
  readonly problems: readonly Problem[];
}

/** Throws `AppError` for places of claims that are not there. */
export async function gatherClaims(
  given: Arguments,
  model: ModelTarget,
  identify: Identify,
): Promise<GatheredClaims> {
  // `--log` is where the decision goes.
  const collected = await collectClaims(given, model, given.values("claims-log"));
  const claims: ClaimEvidence[] = [];
  const problems: Problem[] = [...collected.problems];
  for (const {
    bundle,
    bytes,
    statement,
    source,
    digest,
    problems: own,
  } of collected.attestations) {
    if (own.length > 0) {
      continue;
    }
    const found = identify(bundle, bytes, "strict");
    if (found.kind === "identified") {
      const { trust: _trust, ...identified } = found.identified;
      claims.push({ ...identified, statement, source, digest });
    }
  }
  return { claims, problems };
}
