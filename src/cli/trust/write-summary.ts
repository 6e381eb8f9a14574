/**
 * A decision as a claim that others can verify: a verification summary (SLSA VSA 1.0) about the model, signed by whoever
 * runs the policy, with the digests of all bundles that counted.
 */

import { basename } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import { VSA_TYPE } from "../../provenance/attestations/namespace.ts";
import { signAttestation } from "../../provenance/attestations/sign-attestation.ts";
import type { Statement } from "../../provenance/attestations/statement.ts";
import type { Decision } from "../../provenance/trust/decision.ts";
import type { Evidence } from "../../provenance/trust/evidence.ts";
import { VERSION } from "../../scan/version.ts";
import { appendClaim } from "../../store/claims-file/append-claim.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { openSigner } from "../provenance/open-signer.ts";
import type { LoadedPolicy } from "./load-policy.ts";

const VERIFIER = "urn:weighbridge:trust";

export interface Summarized {
  readonly decision: Decision;
  readonly evidence: Evidence;
  readonly loaded: LoadedPolicy;
  /** Of the model. */
  readonly name: string;
}

/** Throws `AppError` USAGE where a summary is wanted and nobody signs it, before anything is read. */
export function checkSummary(given: Arguments): void {
  const signs = given.value("private-key") !== undefined || given.value("exec") !== undefined;
  if (signs !== (given.value("vsa") !== undefined)) {
    throw new AppError("USAGE", "a summary needs a file and a key: --vsa FILE --private-key FILE");
  }
}

/** Adds to the file of `--vsa`, where there is one. */
export async function writeSummary(
  given: Arguments,
  spec: CommandSpec,
  summarized: Summarized,
): Promise<void> {
  const file = given.value("vsa");
  if (file === undefined) {
    return;
  }
  const statement = summaryOf(summarized);
  const signer = await openSigner(given, spec);
  const { bundle } = await signAttestation(statement, { signer });
  await appendClaim(file, bundle);
}

function summaryOf({ decision, evidence, loaded, name }: Summarized): Statement {
  const { root, dirHash1 } = evidence.model.digests;
  if (root === undefined) {
    throw new AppError("USAGE", "there is nothing to say a summary of: the model has no digest");
  }
  const isAllowed = decision.effect === "allow" || decision.effect === "warn";
  return {
    subject: [{ name, digest: { sha256: root, ...(dirHash1 === undefined ? {} : { dirHash1 }) } }],
    predicateType: VSA_TYPE,
    predicate: {
      verifier: { id: VERIFIER, version: { weighbridge: VERSION } },
      timeVerified: decision.at,
      resourceUri: decision.model,
      policy: {
        uri: loaded.policy.name ?? basename(loaded.path),
        digest: { sha256: loaded.digest },
      },
      inputAttestations: decision.used.map((sha256) => ({ digest: { sha256 } })),
      verificationResult: isAllowed ? "PASSED" : "FAILED",
      verifiedLevels: [],
    },
  };
}
