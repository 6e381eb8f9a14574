/** Judges claims by a trust policy: whoever is an authority of it is trusted. What its rules ask for is not looked at here. */

import { AppError } from "../../kernel/errors.ts";
import type { JudgeAttestation } from "../../provenance/attestations/verify-attestation.ts";
import { describeSigner } from "../../provenance/trust/match-signer.ts";
import type { Arguments } from "../command.ts";
import { readPublicKey } from "../provenance/read-keys.ts";
import { isKnown } from "../trust/gather-lineage.ts";
import { loadPolicy } from "../trust/load-policy.ts";
import { memoryPlace, readMemory } from "../trust/memory.ts";
import { findPolicy } from "../trust/policy-place.ts";
import { policySigners } from "../trust/policy-signers.ts";

/**
 * Nothing where there is no policy. Throws `AppError` for one that cannot be read, and for one that is not to be
 * believed: expired, older than one that was seen, not signed by whom it has to be.
 *
 * @param location where the model really is: a policy that comes with it counts only where it is named.
 */
export async function policyJudge(
  given: Arguments,
  location: string,
): Promise<JudgeAttestation | undefined> {
  const path = findPolicy(given.value("policy"), location);
  if (path === undefined) {
    return undefined;
  }
  const now = Date.now();
  const keys = given.values("policy-key").map(readPublicKey);
  const loaded = loadPolicy({ path, keys, memory: readMemory(memoryPlace(undefined)), now });
  const [problem] = loaded.accepted.problems;
  if (problem !== undefined) {
    throw new AppError("CONFIG_INVALID", `the policy ${path} is not believed: ${problem.message}`, {
      hint: `weighbridge trust lint ${path}`,
    });
  }
  const identify = await policySigners(loaded, now);
  return (attestation) => {
    const { bundle, bytes, statement, source, digest, problems } = attestation;
    if (problems.length > 0) {
      return { kind: "invalid", problems };
    }
    const found = identify(bundle, bytes, "strict");
    if (found.kind === "unknown") {
      const detail = found.problems[0]?.evidence.message ?? "no authority of the policy signed it";
      return { kind: "stranger", who: `somebody with a ${bundle.material.kind}`, detail };
    }
    const { signer, time } = found.identified;
    if (!isKnown(signer, loaded)) {
      const detail = "it is no authority of the policy";
      return { kind: "stranger", who: describeSigner(signer), detail };
    }
    const { kind, id, issuer } = signer;
    const by = { kind, id, ...(issuer === undefined ? {} : { issuer }) };
    const proved = time === undefined ? {} : { time };
    return { kind: "trusted", verified: { statement, signer: by, source, digest, ...proved } };
  };
}
