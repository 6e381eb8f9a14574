/** What a disk image of ISO 9660 is made of: volumes, each with a tree of its own over the same sectors. */

import type { Range } from "../../bytes/ledger.ts";

export const SECTOR = 2048;
/** Behind the system area, which belongs to whoever boots from the disk. */
export const FIRST_DESCRIPTOR = 16 * SECTOR;

export interface IsoRecord {
  /** With the folders that it lies in, as this tree calls them. */
  readonly path: string;
  readonly tree: "primary" | "joliet";
  readonly isFolder: boolean;
  readonly data: Range;
  readonly offset: number;
  /** Of Rock Ridge; 0 where it is not used. */
  readonly mode: number;
  readonly linkTarget: string | undefined;
  /** Whether the two byte orders in which numbers are written give different ones. */
  readonly differs: boolean;
  /** Whether it goes on in another record, or is packed: its bytes are not the file as it will be seen. */
  readonly isPartial: boolean;
}

export interface IsoImage {
  readonly records: readonly IsoRecord[];
  /** Descriptors, path tables and folders. */
  readonly understood: readonly Range[];
  /** As the volumes state it. */
  readonly end: number;
  readonly problems: readonly ("truncated" | "limit" | "damaged")[];
}

/** Whether the sector behind the system area describes a volume. */
export function isIso(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString(
    "latin1",
    FIRST_DESCRIPTOR,
    FIRST_DESCRIPTOR + 7,
  );
  return text.length === 7 && text.charCodeAt(0) <= 3 && text.slice(1) === "CD001\u0001";
}
