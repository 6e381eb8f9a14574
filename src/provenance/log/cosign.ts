/** Shows a log's checkpoint to the witnesses of a policy, before and after something is appended. */

import { AppError } from "../../kernel/errors.ts";
import type { WitnessTransport } from "../../kernel/tile-storage.ts";
import type { NoteSignature } from "./note.ts";
import type { OpenLog } from "./open-log.ts";
import { judgeCheckpoint } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { askWitness } from "./witness.ts";

export interface Cosigning {
  /** Names, in the policy, of the witnesses that cosigned. */
  readonly cosigned: readonly string[];
  /** Why others did not. */
  readonly problems: readonly string[];
  /** Whether they are enough for the policy. */
  readonly quorum: boolean;
}

/**
 * Asks every witness that has an address, and publishes the checkpoint with what they sign. A witness that cannot be
 * reached or refuses for a reason of its own is named; one that has seen another tree stops the log: throws `AppError`
 * LOG_FORKED.
 *
 * @param known entries that the witnesses are likely to hold.
 */
export async function cosign(
  log: OpenLog,
  policy: Policy,
  transport: WitnessTransport,
  known = log.checkpoint.size,
): Promise<Cosigning> {
  const { checkpoint, tree } = log;
  const signatures: NoteSignature[] = [];
  const cosigned: string[] = [];
  const problems: string[] = [];
  for (const witness of policy.witnesses.filter(({ url }) => url !== undefined)) {
    try {
      signatures.push(...(await askWitness({ checkpoint, tree }, witness, transport, known)));
      cosigned.push(witness.name);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "LOG_FORKED" || error.code === "ABORTED") {
        throw error;
      }
      problems.push(error.hint === undefined ? error.message : `${error.message}: ${error.hint}`);
    }
  }
  if (signatures.length > 0) {
    await log.addCosignatures(signatures);
  }
  return { cosigned, problems, quorum: judgeCheckpoint(log.checkpoint, policy).quorum };
}
