/**
 * What a log says of one model: from its newest entry along `prev` to its first, each shown to be in the tree. The
 * links are the writer's; an entry that they leave out is found and named, too.
 */

import { Buffer } from "node:buffer";

import { canonicalJson } from "./canonical-json.ts";
import type { LogEntry } from "./entry.ts";
import { decodeEntry } from "./entry.ts";
import { hashLeaf, verifyInclusion } from "./merkle.ts";
import type { TreeHead } from "./merkle.ts";
import { invalid } from "./refuse.ts";
import { TILE_WIDTH } from "./tile-path.ts";
import type { TreeReader } from "./tree-reader.ts";

export interface HistoryItem {
  readonly index: number;
  readonly entry: LogEntry;
  /** Whether the entries after it lead here by their links. */
  readonly linked: boolean;
}

/** A part of `subject` that a model can be found by. */
export type SubjectKey = (subject: LogEntry["subject"]) => boolean;

/** Index of the newest entry about each of these subjects. */
export async function findLatest(
  tree: TreeReader,
  names: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const latest = new Map<string, number>();
  // Most entries are about something else, and reading JSON costs more than looking for a name in it.
  const needles = [...names].map((name) => Buffer.from(canonicalJson(name)));
  const mayMatch = (bytes: Uint8Array): boolean =>
    needles.some((needle) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(needle),
    );
  for await (const { index, entry } of newestFirst(tree, mayMatch)) {
    const { name } = entry.subject;
    if (names.has(name) && !latest.has(name)) {
      latest.set(name, index);
      if (latest.size === names.size) {
        break;
      }
    }
  }
  return latest;
}

/**
 * The entries about a model, the newest first. Throws `AppError` LOG_INVALID for an entry that the tree does not have.
 *
 * @param head what the tree gives, out of a checkpoint that is trusted.
 */
export async function* history(
  tree: TreeReader,
  head: TreeHead,
  matches: SubjectKey,
): AsyncGenerator<HistoryItem, void, void> {
  /** Where the links lead next, for each subject that has come up. */
  const next = new Map<string, number | undefined>();
  for await (const { index, entry, bytes } of newestFirst(tree)) {
    const { name } = entry.subject;
    if (matches(entry.subject)) {
      const leaf = hashLeaf(bytes);
      const proof = await tree.inclusion(index);
      if (!verifyInclusion({ leaf, index, size: head.size, root: head.root }, proof)) {
        throw invalid(`entry ${index} is not the one that was logged`);
      }
      const linked = !next.has(name) || next.get(name) === index;
      if (linked) {
        next.set(name, entry.prev);
      }
      yield { index, entry, linked };
    }
  }
}

async function* newestFirst(
  tree: TreeReader,
  mayMatch: (bytes: Uint8Array) => boolean = () => true,
): AsyncGenerator<{ index: number; entry: LogEntry; bytes: Uint8Array }, void, void> {
  for (let bundle = Math.ceil(tree.size / TILE_WIDTH) - 1; bundle >= 0; bundle -= 1) {
    const entries = await tree.bundle(bundle);
    for (const [at, bytes] of [...entries.entries()].reverse()) {
      const entry = mayMatch(bytes) ? decodeEntry(bytes) : undefined;
      if (entry !== undefined) {
        yield { index: bundle * TILE_WIDTH + at, entry, bytes };
      }
    }
  }
}
