/**
 * The right edge of a growing tree: at each level of tiles the hashes of the tile that is not full yet, and the
 * entries of the last bundle. It is all that appending needs, whatever the size of the log.
 */

import { Buffer } from "node:buffer";

import { encodeBundle } from "./entry-bundle.ts";
import { foldPeaks, hashLeaf, rootOf } from "./merkle.ts";
import { ENTRIES, hashesAt, TILE_WIDTH, tilePath } from "./tile-path.ts";
import type { TreeReader } from "./tree-reader.ts";

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export class RightEdge {
  #size: number;
  /** Hashes of the open tile of each level, the leaves' first. */
  readonly #levels: Uint8Array[][];
  #entries: Uint8Array[];
  /** Levels, and whether entries, that got more since `partialFiles`. */
  readonly #changed = new Set<number>();

  private constructor(size: number, levels: Uint8Array[][], entries: Uint8Array[]) {
    this.#size = size;
    this.#levels = levels;
    this.#entries = entries;
  }

  static empty(): RightEdge {
    return new RightEdge(0, [], []);
  }

  /** Reads it from the tiles of a log, for writing to it. */
  static async read(tree: TreeReader): Promise<RightEdge> {
    const edge = await RightEdge.readAt(tree, tree.size);
    if (tree.size % TILE_WIDTH > 0) {
      edge.#entries = await tree.bundle(Math.floor(tree.size / TILE_WIDTH));
    }
    return edge;
  }

  /** The edge that the tree had at a smaller size, for hashing on from there: bundles come out of it incomplete. */
  static async readAt(tree: TreeReader, size: number): Promise<RightEdge> {
    const levels: Uint8Array[][] = [];
    for (let level = 0; hashesAt(level, size) > 0; level += 1) {
      const all = hashesAt(level, size);
      const open = all % TILE_WIDTH;
      const tile = open === 0 ? [] : await tree.tile(level, (all - open) / TILE_WIDTH);
      levels.push(tile.slice(0, open));
    }
    return new RightEdge(size, levels, []);
  }

  get size(): number {
    return this.#size;
  }

  /** Appends an entry. Gives the files that it completes: the bundle first, then tiles from the leaves up. */
  append(entry: Uint8Array): NewFile[] {
    this.#entries.push(entry);
    this.#size += 1;
    const files: NewFile[] = [];
    let hash: Uint8Array = hashLeaf(entry);
    for (let level = 0; ; level += 1) {
      const open = (this.#levels[level] ??= []);
      open.push(hash);
      this.#changed.add(level);
      if (open.length < TILE_WIDTH) {
        return files;
      }
      const index = hashesAt(level, this.#size) / TILE_WIDTH - 1;
      if (level === 0) {
        files.push(file(ENTRIES, index, TILE_WIDTH, encodeBundle(this.#entries)));
        this.#entries = [];
      }
      files.push(file(level, index, TILE_WIDTH, Buffer.concat(open)));
      hash = rootOf(open);
      this.#levels[level] = [];
      this.#changed.delete(level);
    }
  }

  /** The open bundle and tiles that changed since the last call, in the order in which they are written. */
  partialFiles(): NewFile[] {
    const levels = [...this.#changed].sort((a, b) => a - b);
    this.#changed.clear();
    return levels.flatMap((level) => {
      const open = this.#levels[level] ?? [];
      const index = Math.floor(hashesAt(level, this.#size) / TILE_WIDTH);
      const tile = file(level, index, open.length, Buffer.concat(open));
      return level === 0
        ? [file(ENTRIES, index, open.length, encodeBundle(this.#entries)), tile]
        : [tile];
    });
  }

  root(): Uint8Array {
    const peaks: Uint8Array[] = [];
    for (const open of this.#levels) {
      // The parts of an open tile are complete subtrees, the largest first.
      for (let end = open.length; end > 0;) {
        const width = lowestPower(end);
        peaks.unshift(rootOf(open.slice(end - width, end)));
        end -= width;
      }
    }
    return foldPeaks(peaks);
  }
}

/** The largest power of two that divides a number up to 255. */
function lowestPower(value: number): number {
  return value & -value;
}

function file(
  level: number | typeof ENTRIES,
  index: number,
  width: number,
  bytes: Uint8Array,
): NewFile {
  return { path: tilePath({ level, index, width }), bytes };
}
