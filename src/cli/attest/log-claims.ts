/**
 * The claims that a log has entries of. The checkpoint has to be one that is trusted, every entry has to be in its tree,
 * and a document has to be the one that its entry names: evidence that merely lies in the log's folder is no part of it.
 */

import { sha256 as sha256Of } from "../../bytes/hash.ts";
import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import { readAttestation } from "../../provenance/attestations/read-attestation.ts";
import type { Attestation } from "../../provenance/attestations/read-attestation.ts";
import { evidencePath } from "../../provenance/log/append-event.ts";
import { history } from "../../provenance/log/history.ts";
import { parsePolicy } from "../../provenance/log/policy.ts";
import { TreeReader } from "../../provenance/log/tree-reader.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import type { Arguments } from "../command.ts";
import { readInput } from "../log/files.ts";
import { newestCheckpoint, openPlace, policyFor } from "../log/place.ts";
import type { CollectedClaims } from "./collect-claims.ts";

/** Every bundle names its envelope like that. */
const MARK = "dsseEnvelope";

/** Throws `AppError` for a log that is not there, that nobody who is trusted signs, or that is not what was signed. */
export async function claimsOfLog(given: Arguments, place: string): Promise<CollectedClaims> {
  const { source, close } = await openPlace(place);
  try {
    const path = given.value("log-policy");
    const policy =
      path === undefined
        ? await policyFor(NO_KEYS, source)
        : parsePolicy(readInput(path), `the policy ${quote(path)}`);
    const { checkpoint, judgement } = await newestCheckpoint(source, policy);
    if (!judgement.quorum) {
      throw new AppError(
        "USAGE",
        `the witnesses that the policy asks for have not cosigned ${place}`,
      );
    }
    const tree = new TreeReader(source, checkpoint.size);
    const attestations = new Map<string, Attestation>();
    const problems: Problem[] = [];
    for await (const { index, entry } of history(tree, checkpoint, () => true)) {
      for (const { sha256 } of entry.evidence ?? []) {
        const bytes = attestations.has(sha256)
          ? undefined
          : await source.read(evidencePath(sha256));
        if (bytes === undefined || !Buffer.from(bytes).includes(MARK)) {
          continue;
        }
        const name = `${place}#${index}`;
        if (sha256Of(bytes) !== sha256) {
          throw new AppError("USAGE", `${name} names evidence that is no longer what was logged`, {
            hint: `weighbridge log audit ${place}`,
          });
        }
        const read = readAttestation(bytes, name);
        if (read.kind === "attestation") {
          attestations.set(sha256, read.attestation);
          problems.push(...read.attestation.problems);
        } else {
          problems.push(...read.problems);
        }
      }
    }
    return { attestations: [...attestations.values()], problems };
  } finally {
    await close();
  }
}

/** `--key` is about the signers of claims here. */
const NO_KEYS: Arguments = {
  positionals: [],
  has: () => false,
  value: () => undefined,
  values: () => [],
};
