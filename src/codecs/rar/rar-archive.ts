/** What a RAR archive is made of, in both of its formats. */

import type { HeaderWindow } from "../../bytes/header-window.ts";
import type { Range } from "../../bytes/ledger.ts";

export interface RarMember {
  readonly name: string;
  readonly offset: number;
  readonly data: Range;
  /** Unpacked, as stated. */
  readonly size: number | undefined;
  /** Of the content. */
  readonly crc: number | undefined;
  readonly mode: number;
  readonly isFolder: boolean;
  readonly isEncrypted: boolean;
  readonly isStored: boolean;
  /** Whether a part of it lies in another volume. */
  readonly isSplit: boolean;
  readonly link: { readonly kind: "symlink" | "hardlink"; readonly target: string } | undefined;
}

export interface RarArchive {
  readonly members: readonly RarMember[];
  /** Headers. Data of members has its own ledger, data of services has no meaning here. */
  readonly understood: readonly Range[];
  /** Behind the last block. */
  readonly end: number;
  readonly isVolume: boolean;
  /** Whether headers are encrypted: there is nothing to read then. */
  readonly isEncrypted: boolean;
  readonly problem: "damaged" | "truncated" | "limit" | undefined;
}

/** Collects what the readers of both formats find. */
export interface RarBuilder {
  readonly members: RarMember[];
  readonly understood: Range[];
  end: number;
  isVolume: boolean;
  isEncrypted: boolean;
  problem: RarArchive["problem"];
}

export function rarBuilder(start: number): RarBuilder {
  return {
    members: [],
    understood: [{ start: 0, end: start }],
    end: start,
    isVolume: false,
    isEncrypted: false,
    problem: undefined,
  };
}

/** Larger headers hold no member that could be created. */
export const MOST_HEADER = 2 * 1024 * 1024;

/** The bytes `[start, end)`, valid until the next call; none where the file ends before. */
export function headerBytes(window: HeaderWindow, start: number, end: number): Uint8Array {
  const index = window.load(start, end - start);
  return index === -1 ? new Uint8Array() : window.bytes.subarray(index, index + end - start);
}
