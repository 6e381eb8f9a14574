/** Copies a log's published files, derived again on the way: the checkpoint last, so that a copy is never half a log. */

import { Buffer } from "node:buffer";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { LogSource, TileStorage } from "../../kernel/tile-storage.ts";
import { evidencePath } from "./append-event.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { decodeEntry } from "./entry.ts";
import { KEY_PATH } from "./init-log.ts";
import { checkKept } from "./kept-checkpoint.ts";
import { sameHash } from "./merkle.ts";
import { formatNote } from "./note.ts";
import { discardPartial } from "./open-log.ts";
import { judgeCheckpoint } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { invalid } from "./refuse.ts";
import { RightEdge } from "./right-edge.ts";
import { CHECKPOINT_PATH, TILE_WIDTH } from "./tile-path.ts";
import { TreeReader } from "./tree-reader.ts";

export interface ExportOptions {
  /** The newest one, which the policy accepts. */
  readonly checkpoint: Checkpoint;
  readonly policy: Policy;
  readonly evidence: boolean;
}

/**
 * Brings a copy up to date. Gives the number of files that were written. Throws `AppError` LOG_FORKED where the log
 * does not begin with what the copy has, and LOG_INVALID where its entries do not give its checkpoint; the copy's own
 * checkpoint is then as it was.
 */
export async function exportLog(
  source: LogSource,
  target: TileStorage,
  { checkpoint, policy, evidence }: ExportOptions,
): Promise<number> {
  return await target.exclusively(async () => {
    const tree = new TreeReader(source, checkpoint.size);
    const start = await startOf(target, { checkpoint, policy, tree });
    let files = 0;
    // Bundles are read from the last one that the copy may have in part.
    const edge = RightEdge.empty();
    for (let bundle = 0; bundle * TILE_WIDTH < checkpoint.size; bundle += 1) {
      const isNew = (bundle + 1) * TILE_WIDTH > start;
      for (const entry of await tree.bundle(bundle)) {
        for (const { path, bytes } of edge.append(entry)) {
          files += isNew ? await put(target, path, bytes) : 0;
        }
        files += evidence ? await copyEvidence(source, target, entry) : 0;
      }
    }
    for (const { path, bytes } of edge.partialFiles()) {
      files += await put(target, path, bytes);
    }
    if (!sameHash(edge.root(), checkpoint.root)) {
      throw invalid(`the entries of ${quote(source.name)} do not give its checkpoint`);
    }
    await target.sync();
    const key = await source.read(KEY_PATH);
    if (key !== undefined) {
      await target.replace(KEY_PATH, key);
    }
    await target.replace(CHECKPOINT_PATH, Buffer.from(formatNote(checkpoint.note)));
    await discardPartial(target, start, checkpoint.size);
    return files + 1;
  });
}

/** Entries that the copy has already. */
async function startOf(
  target: TileStorage,
  { checkpoint, policy, tree }: { checkpoint: Checkpoint; policy: Policy; tree: TreeReader },
): Promise<number> {
  if ((await target.secrets.read("key")) !== undefined) {
    throw new AppError("USAGE", `${quote(target.name)} is a log of its own, and no copy`);
  }
  const bytes = await target.read(CHECKPOINT_PATH);
  if (bytes === undefined) {
    return 0;
  }
  const kept = parseCheckpoint(bytes, `the checkpoint of ${quote(target.name)}`);
  judgeCheckpoint(kept, policy);
  await checkKept(kept, checkpoint, tree);
  return kept.size;
}

async function put(target: TileStorage, path: string, bytes: Uint8Array): Promise<number> {
  await target.write(path, bytes);
  return 1;
}

async function copyEvidence(
  source: LogSource,
  target: TileStorage,
  entry: Uint8Array,
): Promise<number> {
  let files = 0;
  for (const { sha256 } of decodeEntry(entry)?.evidence ?? []) {
    const path = evidencePath(sha256);
    const bytes = (await target.read(path)) === undefined ? await source.read(path) : undefined;
    files += bytes === undefined ? 0 : await put(target, path, bytes);
  }
  return files;
}
