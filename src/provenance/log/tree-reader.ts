/**
 * Reads the tree of one size out of a log's tiles: hashes of any range of leaves, proofs and entries. What is read is
 * as good as the place it comes from: callers compare the root with a checkpoint that they trust.
 */

import { quote } from "../../kernel/text.ts";
import type { LogSource } from "../../kernel/tile-storage.ts";
import { decodeBundle, MAX_ENTRY } from "./entry-bundle.ts";
import { EMPTY_ROOT, foldPeaks, HASH_SIZE, rootOf } from "./merkle.ts";
import { invalid } from "./refuse.ts";
import { ENTRIES, TILE_WIDTH, tilePath, widthIn } from "./tile-path.ts";
import type { Tile } from "./tile-path.ts";
import { consistencyRanges, inclusionRanges } from "./tree-ranges.ts";
import type { LeafRange } from "./tree-ranges.ts";

/** Tiles that are kept, of 8 KiB each: the way up from a leaf has 7 at most, and neighbors share it. */
const KEPT = 256;

export class TreeReader {
  readonly size: number;
  readonly #source: LogSource;
  readonly #tiles = new Map<string, readonly Uint8Array[]>();

  constructor(source: LogSource, size: number) {
    this.#source = source;
    this.size = size;
  }

  async root(): Promise<Uint8Array> {
    return this.size === 0 ? EMPTY_ROOT : await this.hashOf({ start: 0, end: this.size });
  }

  /** The proof that the entry at `index` is in the tree, from its sibling up. */
  async inclusion(index: number): Promise<Uint8Array[]> {
    return await this.#hashes(inclusionRanges(index, this.size));
  }

  /** The proof that the tree begins with the first `older` leaves; empty for none of them. */
  async consistency(older: number): Promise<Uint8Array[]> {
    return older === 0 ? [] : await this.#hashes(consistencyRanges(older, this.size));
  }

  /** The root above a range that RFC 6962 has as a subtree: it starts at a multiple of its size rounded up to a power of two. */
  async hashOf({ start, end }: LeafRange): Promise<Uint8Array> {
    const peaks: Uint8Array[] = [];
    for (let at = start; at < end;) {
      // Rounding may take the logarithm of a huge size for the next whole one.
      const guess = Math.floor(Math.log2(end - at));
      const height = 2 ** guess > end - at ? guess - 1 : guess;
      peaks.push(await this.#complete(height, at / 2 ** height));
      at += 2 ** height;
    }
    return foldPeaks(peaks);
  }

  /** The hashes of a tile, as many as it has in this tree. */
  async tile(level: number, index: number): Promise<readonly Uint8Array[]> {
    const key = `${level}/${index}`;
    const kept = this.#tiles.get(key);
    if (kept !== undefined) {
      return kept;
    }
    const width = widthIn(level, index, this.size);
    const { path, bytes } = await this.#read({ level, index, width });
    if (bytes.length % HASH_SIZE !== 0 || bytes.length < width * HASH_SIZE) {
      throw invalid(
        `${path} of ${quote(this.#source.name)} is damaged: it has ${bytes.length} bytes`,
      );
    }
    const hashes = Array.from({ length: width }, (_, at) =>
      bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE),
    );
    if (this.#tiles.size >= KEPT) {
      this.#tiles.clear();
    }
    this.#tiles.set(key, hashes);
    return hashes;
  }

  /** The entries of a bundle, as many as it has in this tree. */
  async bundle(index: number): Promise<Uint8Array[]> {
    const width = widthIn(ENTRIES, index, this.size);
    const { path, bytes } = await this.#read({ level: ENTRIES, index, width });
    const entries = decodeBundle(bytes, width);
    if (entries === undefined) {
      throw invalid(
        `${path} of ${quote(this.#source.name)} is damaged: it is no bundle of ${width}`,
      );
    }
    return entries;
  }

  /** One entry, which is below the size. */
  async entry(index: number): Promise<Uint8Array> {
    const entries = await this.bundle(Math.floor(index / TILE_WIDTH));
    return entries[index % TILE_WIDTH] ?? new Uint8Array();
  }

  async #hashes(ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
    const hashes: Uint8Array[] = [];
    for (const range of ranges) {
      hashes.push(await this.hashOf(range));
    }
    return hashes;
  }

  /** The hash of a complete subtree of 2^height leaves. */
  async #complete(height: number, index: number): Promise<Uint8Array> {
    const inTile = height % 8;
    const first = index * 2 ** inTile;
    const tile = await this.tile((height - inTile) / 8, Math.floor(first / TILE_WIDTH));
    const at = first % TILE_WIDTH;
    return rootOf(tile.slice(at, at + 2 ** inTile));
  }

  /** A partial tile may be gone once the full one is there. */
  async #read(tile: Tile): Promise<{ path: string; bytes: Uint8Array }> {
    const full = { ...tile, width: TILE_WIDTH };
    for (const path of new Set([tilePath(tile), tilePath(full)])) {
      const bytes = await this.#source.read(path);
      if (bytes !== undefined && bytes.length > TILE_WIDTH * (2 + MAX_ENTRY)) {
        throw invalid(`${path} of ${quote(this.#source.name)} is larger than any such file`);
      }
      if (bytes !== undefined) {
        return { path, bytes };
      }
    }
    throw invalid(
      `${quote(this.#source.name)} has no ${tilePath(tile)}, which a log of ${this.size} entries has`,
    );
  }
}
