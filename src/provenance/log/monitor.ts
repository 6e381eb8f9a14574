/**
 * Watches a log of somebody else's: from the last checkpoint that was kept to the newest one, every entry is read, and
 * the new tree is derived from the old one and these entries. What fits is append-only; nothing has to be believed.
 */

import type { LogSource } from "../../kernel/tile-storage.ts";
import { quote } from "../../kernel/text.ts";
import { checkKept } from "./kept-checkpoint.ts";
import { decodeEntry } from "./entry.ts";
import type { LogEntry } from "./entry.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { sameHash } from "./merkle.ts";
import { forked, invalid } from "./refuse.ts";
import { RightEdge } from "./right-edge.ts";
import { ENTRIES, TILE_WIDTH, widthIn } from "./tile-path.ts";
import { TreeReader } from "./tree-reader.ts";

export interface NewEntry {
  readonly index: number;
  /** Missing where it is not an entry of ours. */
  readonly entry: LogEntry | undefined;
}

/**
 * The entries that came since `kept`, in order; at the end it is known that they, after what was kept, are the whole
 * of `now`. Throws `AppError` LOG_FORKED where they are not: what was given until then must not be acted upon.
 */
export async function* newEntries(
  source: LogSource,
  kept: Checkpoint | undefined,
  now: Checkpoint,
): AsyncGenerator<NewEntry, void, void> {
  const tree = new TreeReader(source, now.size);
  const start = kept?.size ?? 0;
  if (kept !== undefined) {
    await checkKept(kept, now, tree);
  }
  const edge = await edgeAt(source, tree, kept);
  for (let bundle = Math.floor(start / TILE_WIDTH); bundle * TILE_WIDTH < now.size; bundle += 1) {
    const entries = await tree.bundle(bundle);
    const width = widthIn(ENTRIES, bundle, now.size);
    for (let at = Math.max(0, start - bundle * TILE_WIDTH); at < width; at += 1) {
      const bytes = entries[at] ?? new Uint8Array();
      edge.append(bytes);
      yield { index: bundle * TILE_WIDTH + at, entry: decodeEntry(bytes) };
    }
  }
  if (!sameHash(edge.root(), now.root)) {
    throw forked(
      `the entries of ${quote(source.name)} do not give the root of its checkpoint (${now.size} entries)`,
      "keep the checkpoint: it is signed, and proves it; ask the log's operator",
    );
  }
}

/** The right edge of the tree that was kept, by the tiles of today, held against the root of then. */
async function edgeAt(
  source: LogSource,
  tree: TreeReader,
  kept: Checkpoint | undefined,
): Promise<RightEdge> {
  if (kept === undefined || kept.size === 0) {
    return RightEdge.empty();
  }
  const edge = await RightEdge.readAt(tree, kept.size);
  if (!sameHash(edge.root(), kept.root)) {
    throw invalid(
      `the tiles of ${quote(source.name)} are not those of the checkpoint that was kept`,
    );
  }
  return edge;
}
