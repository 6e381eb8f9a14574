/**
 * Derives a log's tree again from its entries: every bundle against the tile of its leaf hashes, every tile against the
 * hash above it, the top against a root.
 */

import { AppError } from "../../kernel/errors.ts";
import type { LogSource } from "../../kernel/tile-storage.ts";
import { hashLeaf, rootOf, sameHash } from "./merkle.ts";
import type { TreeHead } from "./merkle.ts";
import { ENTRIES, hashesAt, TILE_WIDTH, tilePath, widthIn } from "./tile-path.ts";
import { TreeReader } from "./tree-reader.ts";

/** A file of a log that is not what the others say. */
export interface LogProblem {
  readonly path: string;
  readonly message: string;
}

export interface RederiveOptions {
  /** The first bundle that is read; earlier leaves are covered by the hashes above them. */
  readonly firstBundle?: number;
  /** Hears how many entries were read so far. */
  readonly onProgress?: (entries: number) => void;
}

/** Gives what does not fit, file by file, in the order of the log; nothing where all of it gives this root. */
export async function* rederive(
  source: LogSource,
  head: TreeHead,
  { firstBundle = 0, onProgress }: RederiveOptions = {},
): AsyncGenerator<LogProblem, void, void> {
  const tree = new TreeReader(source, head.size);
  const bundles = Math.ceil(head.size / TILE_WIDTH);
  for (let index = firstBundle; index < bundles; index += 1) {
    const width = widthIn(ENTRIES, index, head.size);
    const path = tilePath({ level: ENTRIES, index, width });
    yield* attempt(path, () => checkBundle(tree, index, path));
    onProgress?.(Math.min(head.size, (index + 1) * TILE_WIDTH));
  }
  for (let level = 1; hashesAt(level, head.size) > 0; level += 1) {
    const first = level === 1 ? Math.min(firstBundle, hashesAt(level, head.size)) : 0;
    for (let below = first; below < hashesAt(level, head.size); below += 1) {
      const path = tilePath({ level: level - 1, index: below, width: TILE_WIDTH });
      yield* attempt(path, () => checkTile(tree, level, below));
    }
  }
  yield* attempt("checkpoint", async () => {
    const isRoot = sameHash(await tree.root(), head.root);
    return isRoot ? undefined : `the ${head.size} entries do not give the root that was signed`;
  });
}

/** Bundles that are read again whenever a log is opened: those of its last 65,536 entries. */
export function recentBundles(size: number): number {
  return Math.max(0, Math.ceil(size / TILE_WIDTH) - TILE_WIDTH);
}

async function checkBundle(
  tree: TreeReader,
  index: number,
  path: string,
): Promise<string | undefined> {
  const entries = await tree.bundle(index);
  const hashes = await tree.tile(0, index);
  for (const [at, entry] of entries.entries()) {
    const expected = hashes[at];
    if (expected === undefined || !sameHash(hashLeaf(entry), expected)) {
      const number = index * TILE_WIDTH + at;
      return `entry ${number} in ${path} is not the one that was logged`;
    }
  }
  return undefined;
}

async function checkTile(
  tree: TreeReader,
  level: number,
  below: number,
): Promise<string | undefined> {
  const above = await tree.tile(level, Math.floor(below / TILE_WIDTH));
  const expected = above[below % TILE_WIDTH];
  const found = rootOf(await tree.tile(level - 1, below));
  return expected !== undefined && sameHash(found, expected)
    ? undefined
    : `its hashes do not give the one above them`;
}

async function* attempt(
  path: string,
  check: () => Promise<string | undefined>,
): AsyncGenerator<LogProblem, void, void> {
  try {
    const message = await check();
    if (message !== undefined) {
      yield { path, message };
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "LOG_INVALID") {
      throw error;
    }
    yield { path, message: error.message };
  }
}
