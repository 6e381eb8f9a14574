/**
 * A log changes its key without a break: for a while both keys sign each checkpoint, so that whoever knows either can
 * verify it; then the old one stops. The log itself says when, in entries of type `key-changed`.
 */

import { Buffer } from "node:buffer";

import { AppError } from "../../kernel/errors.ts";
import { appendEvents } from "./append-event.ts";
import { decodeEntry } from "./entry.ts";
import { findLatest } from "./history.ts";
import { publishKey } from "./init-log.ts";
import { writeSigners } from "./log-state.ts";
import { withLog } from "./open-log.ts";
import type { OpenLog } from "./open-log.ts";
import { signerFromSeed } from "./signer-key.ts";
import type { SignerKey } from "./signer-key.ts";
import type { TileStorage } from "../../kernel/tile-storage.ts";
import { formatVerifierKey } from "./verifier-key.ts";

export interface Rotation {
  readonly old: SignerKey;
  readonly next: SignerKey;
  /** Of the entry that says so. */
  readonly index: number;
}

/** Where the next key is published while both sign. */
export const NEXT_KEY_PATH = "next-key.pub";

/**
 * Lets a new key sign beside the old one. A rotation that was broken off is taken up again with the key that it made.
 *
 * @param seed 32 bytes that nobody else knows.
 */
export async function beginRotation(
  storage: TileStorage,
  seed: Uint8Array,
  now: string,
): Promise<Rotation> {
  const { old, next } = await withLog(storage, async (log) => {
    const [current, waiting] = log.signers;
    const own = current ?? signerFromSeed(log.checkpoint.origin, seed);
    if (waiting !== undefined && (await isAnnounced(log, waiting))) {
      throw new AppError("USAGE", "both keys sign already", {
        hint: "weighbridge log rotate-key DIR --finish lets the old one stop",
      });
    }
    const added = waiting ?? signerFromSeed(own.verifier.name, seed);
    await writeSigners(storage, [own, added]);
    return { old: own, next: added };
  });
  // Opened again: now both sign.
  return await withLog(storage, async (log) => {
    await storage.replace(NEXT_KEY_PATH, Buffer.from(`${formatVerifierKey(next.verifier)}\n`));
    return { old, next, index: await announce(log, { old, next, now, state: "begun" }) };
  });
}

/** Lets the old key stop. */
export async function finishRotation(storage: TileStorage, now: string): Promise<Rotation> {
  const { old, next } = await withLog(storage, async (log) => {
    const [current, waiting] = log.signers;
    if (current === undefined || waiting === undefined) {
      throw new AppError("USAGE", "no second key signs", {
        hint: "weighbridge log rotate-key DIR begins with one",
      });
    }
    // Broken off before both had signed, the new key alone would not verify what was signed last.
    if (!(await isAnnounced(log, waiting))) {
      throw new AppError("USAGE", "the rotation was broken off when it began", {
        hint: "weighbridge log rotate-key DIR again takes it up",
      });
    }
    // What is signed already has to verify by the new key alone, and does: both signed it.
    await publishKey(storage, waiting);
    await storage.discard(NEXT_KEY_PATH);
    await writeSigners(storage, [waiting]);
    return { old: current, next: waiting };
  });
  return await withLog(storage, async (log) => ({
    old,
    next,
    index: await announce(log, { old, next, now, state: "finished" }),
  }));
}

async function announce(
  log: OpenLog,
  {
    old,
    next,
    now,
    state,
  }: { old: SignerKey; next: SignerKey; now: string; state: "begun" | "finished" },
): Promise<number> {
  const [appended] = await appendEvents(
    log,
    [
      {
        type: "key-changed",
        subject: { name: log.checkpoint.origin },
        actor: { kind: "key", id: formatVerifierKey(old.verifier) },
        result: { rotation: state, newKey: formatVerifierKey(next.verifier) },
      },
    ],
    now,
  );
  return appended?.index ?? 0;
}

/** Whether the newest entry about the log itself names this key. */
async function isAnnounced(
  { checkpoint, tree }: OpenLog,
  { verifier }: SignerKey,
): Promise<boolean> {
  const latest = await findLatest(tree, new Set([checkpoint.origin]));
  const index = latest.get(checkpoint.origin);
  const entry = index === undefined ? undefined : decodeEntry(await tree.entry(index));
  return entry?.result?.["newKey"] === formatVerifierKey(verifier);
}
