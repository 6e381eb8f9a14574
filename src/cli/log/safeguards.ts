/**
 * What a writer can be asked to do beside writing: hold the log against a checkpoint that is kept elsewhere, and show it
 * to witnesses. Both come first, before anything new is signed, and again afterwards.
 */

import { quote } from "../../kernel/text.ts";
import { cosign } from "../../provenance/log/cosign.ts";
import type { Cosigning } from "../../provenance/log/cosign.ts";
import { checkKept } from "../../provenance/log/kept-checkpoint.ts";
import { formatNote } from "../../provenance/log/note.ts";
import type { OpenLog } from "../../provenance/log/open-log.ts";
import { judgeCheckpoint } from "../../provenance/log/policy.ts";
import type { Policy } from "../../provenance/log/policy.ts";
import type { OptionSpec } from "../command.ts";
import { keptCheckpoint } from "./files.ts";

/** Milliseconds: other writers wait meanwhile, and a witness that is away is no reason to stop. */
const WITNESS_TIMEOUT = 10_000;

export interface Safeguards {
  /** Whose witnesses are asked. */
  readonly policy?: Policy | undefined;
  /** A file, better on another disk, that holds the newest checkpoint that was seen. */
  readonly kept?: string | undefined;
}

export const SAFEGUARD_OPTIONS: readonly OptionSpec[] = [
  {
    name: "policy",
    value: "FILE",
    help: "ask the witnesses of this policy (tlog-policy) to cosign",
  },
  {
    name: "kept",
    value: "FILE",
    help: "compare with the checkpoint in FILE first, and keep the new one there",
  },
];

/** Runs `work` between the two. Gives what it gives, and what the witnesses did where some were asked. */
export async function guarded<T>(
  log: OpenLog,
  { policy, kept }: Safeguards,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cosigning: Cosigning | undefined }> {
  const keys = log.signers.map(({ verifier }) => verifier);
  const known = kept === undefined ? undefined : keptCheckpoint(kept, keys);
  if (known !== undefined) {
    await checkKept(known, log.checkpoint, log.tree);
  }
  if (policy === undefined) {
    const result = await work();
    await keep(log, kept);
    return { result, cosigning: undefined };
  }
  // A policy about another log is a mistake that has to come up before something is written.
  judgeCheckpoint(log.checkpoint, policy);
  const { httpWitnesses } = await import("../../sources/tlog/http-witnesses.ts");
  const { networkSettings } = await import("../config/network.ts");
  const { openHttpClient } = await import("../../sources/http/open-http-client.ts");
  const settings = networkSettings();
  const timeout = Math.min(settings.timeout, WITNESS_TIMEOUT);
  const client = openHttpClient({ ...settings, timeout }, { retries: 1 });
  try {
    const transport = httpWitnesses(client);
    const { size } = log.checkpoint;
    const first = await cosign(log, policy, transport);
    const result = await work();
    const cosigning =
      log.checkpoint.size === size ? first : await cosign(log, policy, transport, size);
    await keep(log, kept);
    return { result, cosigning };
  } finally {
    await client.close();
  }
}

async function keep({ checkpoint }: OpenLog, path: string | undefined): Promise<void> {
  if (path !== undefined) {
    const { openOutputFile } = await import("../scan/output-file.ts");
    const file = openOutputFile(path);
    file.write(formatNote(checkpoint.note));
    file.finish();
  }
}

/** What the witnesses did, for people; nothing where none was asked. */
export function witnessLines(cosigning: Cosigning | undefined): string {
  if (cosigning === undefined) {
    return "";
  }
  const { cosigned, problems, quorum } = cosigning;
  const names = cosigned.length === 0 ? "nobody" : cosigned.map((name) => quote(name)).join(", ");
  const enough = quorum ? "enough for the policy" : "not enough for the policy";
  return [...problems, `cosigned by ${names}: ${enough}`].map((line) => `${line}\n`).join("");
}
