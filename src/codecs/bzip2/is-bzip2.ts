/** How bzip2 streams begin, and their parts. */

export const BLOCK_MAGIC = [0x314159, 0x265359] as const;
export const END_MAGIC = [0x177245, 0x385090] as const;
/** `BZh`, the level, and the magic of a block or of the end. */
export const SHORTEST_HEADER = 10;

export function same(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** Whether a stream begins here that has at least one block or a proper end. */
export function isBzip2(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < SHORTEST_HEADER || !/^BZh[1-9]$/.test(view.toString("latin1", 0, 4))) {
    return false;
  }
  const magic = [view.readUIntBE(4, 3), view.readUIntBE(7, 3)] as const;
  return same(magic, BLOCK_MAGIC) || same(magic, END_MAGIC);
}
