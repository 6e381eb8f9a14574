/** A log as a command is given it: a folder or an address. */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { LogSource } from "../../kernel/tile-storage.ts";
import { parseCheckpoint } from "../../provenance/log/checkpoint.ts";
import type { Checkpoint } from "../../provenance/log/checkpoint.ts";
import { KEY_PATH } from "../../provenance/log/init-log.ts";
import { judgeCheckpoint, policyOfKeys } from "../../provenance/log/policy.ts";
import type { Judgement, Policy } from "../../provenance/log/policy.ts";
import { CHECKPOINT_PATH } from "../../provenance/log/tile-path.ts";
import { parseVerifierKey } from "../../provenance/log/verifier-key.ts";
import type { Arguments } from "../command.ts";
import { givenPolicy } from "./files.ts";

export interface OpenPlace {
  readonly source: LogSource;
  readonly close: () => Promise<void>;
}

/** Opens a folder, or an address on the web. Throws `AppError`. */
export async function openPlace(place: string, signal?: AbortSignal): Promise<OpenPlace> {
  if (!/^https?:\/\//i.test(place)) {
    const { tileFolder } = await import("../../store/tile-folder/tile-folder.ts");
    return { source: tileFolder(place), close: () => Promise.resolve() };
  }
  const { networkSettings } = await import("../config/network.ts");
  const { openHttpClient } = await import("../../sources/http/open-http-client.ts");
  const { remoteLog } = await import("../../sources/tlog/remote-log.ts");
  const client = openHttpClient(networkSettings());
  return { source: remoteLog(client, place, signal), close: () => client.close() };
}

/** The policy that is given; for a folder without one, the key that lies in it, which is only as good as the folder. */
export async function policyFor(given: Arguments, source: LogSource): Promise<Policy> {
  const policy = givenPolicy(given);
  if (policy !== undefined) {
    return policy;
  }
  const bytes = "list" in source ? await source.read(KEY_PATH) : undefined;
  if (bytes === undefined) {
    throw new AppError("USAGE", `it is not said whose log ${quote(source.name)} has to be`, {
      hint: "give --key KEY (a verifier key or its file) or --policy FILE, and not from the log itself",
    });
  }
  return policyOfKeys([parseVerifierKey(Buffer.from(bytes).toString("utf8").trim())]);
}

/** The newest checkpoint, which the policy accepts. Throws `AppError` LOG_INVALID otherwise. */
export async function newestCheckpoint(
  source: LogSource,
  policy: Policy,
): Promise<{ readonly checkpoint: Checkpoint; readonly judgement: Judgement }> {
  const bytes = await source.read(CHECKPOINT_PATH);
  if (bytes === undefined) {
    throw new AppError("SOURCE_NOT_FOUND", `${quote(source.name)} is no log: it has no checkpoint`);
  }
  const checkpoint = parseCheckpoint(bytes, `the checkpoint of ${quote(source.name)}`);
  return { checkpoint, judgement: judgeCheckpoint(checkpoint, policy) };
}

/** The positional arguments, as many as a command takes. Throws `AppError` USAGE. */
export function positionals(
  given: Arguments,
  command: string,
  names: readonly string[],
): readonly string[] {
  if (given.positionals.length !== names.length) {
    throw new AppError("USAGE", `${command} takes ${names.join(" ")}`, {
      hint: `weighbridge ${command} --help`,
    });
  }
  return given.positionals;
}
