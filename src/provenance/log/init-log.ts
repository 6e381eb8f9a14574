/** Begins a log: a key, the empty tree, its first checkpoint. */

import { Buffer } from "node:buffer";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { TileStorage } from "../../kernel/tile-storage.ts";
import { readSigned, readSigners, writeSigned, writeSigners } from "./log-state.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { publishCheckpoint, signedCheckpoint } from "./open-log.ts";
import type { SignerKey } from "./signer-key.ts";
import { formatVerifierKey } from "./verifier-key.ts";

/** Where a log publishes its verifier key. */
export const KEY_PATH = "key.pub";

/**
 * Throws `AppError` USAGE where there is a log already, or something else. A beginning that was broken off is done
 * again, with the key that is given now.
 */
export async function initLog(storage: TileStorage, signer: SignerKey): Promise<void> {
  await storage.exclusively(async () => {
    const wasBegun = (await storage.secrets.read("key")) !== undefined;
    if (wasBegun && (await readSigned(storage, await readSigners(storage))) !== undefined) {
      throw new AppError("USAGE", `${quote(storage.name)} is a log already`);
    }
    for await (const path of storage.list()) {
      if (path !== KEY_PATH) {
        throw new AppError("USAGE", `${quote(storage.name)} is not empty: there is ${quote(path)}`);
      }
    }
    const origin = signer.verifier.name;
    const first = signedCheckpoint([signer], { origin, size: 0, root: EMPTY_ROOT });
    await writeSigners(storage, [signer]);
    await publishKey(storage, signer);
    await writeSigned(storage, first);
    await publishCheckpoint(storage, first);
  });
}

export async function publishKey(storage: TileStorage, { verifier }: SignerKey): Promise<void> {
  await storage.replace(KEY_PATH, Buffer.from(`${formatVerifierKey(verifier)}\n`));
}
