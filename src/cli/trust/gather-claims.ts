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

/** Where a decision is made, `--log` is where it goes, and claims come from `--claims-log`. */
function fromClaimsLog(given: Arguments): Arguments {
  const source = (option: string): string => (option === "log" ? "claims-log" : option);
  return {
    positionals: given.positionals,
    has: (option) => given.has(source(option)),
    value: (option) => given.value(source(option)),
    values: (option) => given.values(source(option)),
  };
}

/** Throws `AppError` for places of claims that are not there. */
export async function gatherClaims(
  given: Arguments,
  model: ModelTarget,
  identify: Identify,
): Promise<GatheredClaims> {
  const collected = await collectClaims(fromClaimsLog(given), model);
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
