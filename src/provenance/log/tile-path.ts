/** Names of the files of a log: C2SP tlog-tiles. Tiles have height 8, so 256 hashes. */

export const TILE_WIDTH = 256;
export const CHECKPOINT_PATH = "checkpoint";

/** The level of entry bundles, which are numbered as the tiles of leaf hashes are. */
export const ENTRIES = "entries";

/** A tile, or the bundle of the entries below one. */
export interface Tile {
  readonly level: number | typeof ENTRIES;
  readonly index: number;
  /** Hashes or entries in it, 1 to 256. */
  readonly width: number;
}

export function tilePath({ level, index, width }: Tile): string {
  const suffix = width === TILE_WIDTH ? "" : `.p/${width}`;
  return `tile/${level}/${indexPath(index)}${suffix}`;
}

function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  return (padded.match(/\d{3}/g) ?? [])
    .map((group, place, groups) => (place === groups.length - 1 ? group : `x${group}`))
    .join("/");
}

const PATH =
  /^tile\/(entries|0|[1-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Gives nothing for what is no name of a tile, or not the only one. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level = "", groups = "", partial] = PATH.exec(path) ?? [];
  if (level === "") {
    return undefined;
  }
  const tile: Tile = {
    level: level === ENTRIES ? ENTRIES : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, "")),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  return tilePath(tile) === path ? tile : undefined;
}

/** Hashes that a tree of `size` leaves has at a level of tiles: complete subtrees of 256^level leaves. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The width that a tile has in a tree of `size` leaves; 0 where the tree has no such tile. */
export function widthIn(level: Tile["level"], index: number, size: number): number {
  const all = hashesAt(level === ENTRIES ? 0 : level, size);
  return Math.min(TILE_WIDTH, Math.max(0, all - index * TILE_WIDTH));
}

/** Tiles and bundles that a tree of `older` leaves has in part and one of `newer` as a whole. */
export function completedTiles(older: number, newer: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(level, older) > 0; level += 1) {
    const index = Math.floor(hashesAt(level, older) / TILE_WIDTH);
    const isOpen = hashesAt(level, older) % TILE_WIDTH > 0;
    if (isOpen && widthIn(level, index, newer) === TILE_WIDTH) {
      tiles.push({ level, index, width: TILE_WIDTH });
    }
  }
  return tiles.flatMap((tile) => (tile.level === 0 ? [tile, { ...tile, level: ENTRIES }] : [tile]));
}
