/** What a log keeps to itself: its keys, and what it signed last, which is what published files are held against. */

import { Buffer } from "node:buffer";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { TileStorage } from "../../kernel/tile-storage.ts";
import { parseCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { formatNote } from "./note.ts";
import { forked, invalid } from "./refuse.ts";
import { formatSignerKey, parseSignerKey } from "./signer-key.ts";
import type { SignerKey } from "./signer-key.ts";

const SIGNED = "signed";
const KEY = "key";
const HALTED = "halted";

/** The keys that sign, the log's own first; a second one while it is rotated. Throws where there is no log. */
export async function readSigners({ name, secrets }: TileStorage): Promise<SignerKey[]> {
  const bytes = await secrets.read(KEY);
  if (bytes === undefined) {
    throw new AppError("USAGE", `${quote(name)} is no log, or its private state is gone`, {
      hint: "weighbridge log init DIR --origin NAME begins one",
    });
  }
  const signers = text(bytes)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseSignerKey(line));
  if (signers.length === 0) {
    throw invalid(`the private key of ${quote(name)} is empty`);
  }
  return signers;
}

export async function writeSigners(
  { secrets }: TileStorage,
  signers: readonly SignerKey[],
): Promise<void> {
  const lines = signers.map((signer) => `${formatSignerKey(signer)}\n`);
  await secrets.replace(KEY, Buffer.from(lines.join("")));
}

/** The checkpoint that was signed last, which may not be published yet; nothing before the first one. */
export async function readSigned(
  { name, secrets }: TileStorage,
  signers: readonly SignerKey[],
): Promise<Checkpoint | undefined> {
  const bytes = await secrets.read(SIGNED);
  if (bytes === undefined) {
    return undefined;
  }
  const signed = parseCheckpoint(bytes, `the private state of ${quote(name)}`);
  verifyCheckpoint(
    signed,
    signers.map(({ verifier }) => verifier),
  );
  return signed;
}

/** Has to be on the disk before anybody sees the checkpoint. */
export async function writeSigned({ secrets }: TileStorage, { note }: Checkpoint): Promise<void> {
  await secrets.replace(SIGNED, Buffer.from(formatNote(note)));
}

/** Throws where the log was stopped because it contradicted itself. */
export async function refuseHalted({ name, secrets }: TileStorage): Promise<void> {
  const why = await secrets.read(HALTED);
  if (why !== undefined && why.length > 0) {
    throw forked(
      `${quote(name)} was stopped: ${text(why).trim()}`,
      "restore its newest copy, or begin a log with another origin; docs/log.md says how",
    );
  }
}

/** Nothing is signed any more until somebody has looked. */
export async function halt({ secrets }: TileStorage, why: string): Promise<void> {
  await secrets.replace(HALTED, Buffer.from(`${why}\n`));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
