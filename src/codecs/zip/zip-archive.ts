/**
 * What a zip file is made of, as data: members, directories, bytes that belong to nothing, and every
 * point in which readers could disagree. What of it is harmful is for others to say.
 */

import type { CentralEntry } from "./central-directory.ts";
import type { DirectoryClaim } from "./end-record.ts";
import type { LocalHeader } from "./local-header.ts";

/** A member: one local header with its data, however many directory entries point to it. */
export interface ZipEntry {
  /** As the directory has it; as the local header has it where no directory names the member. */
  readonly name: string;
  /**
   * `directory`: named by the directory that CPython reads. `other`: by another one in the same file.
   * `hidden`: by none; only readers that go by local headers see it.
   */
  readonly origin: "directory" | "other" | "hidden";
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** As stated; the data is `[dataStart, dataEnd)`. */
  readonly compressedSize: number;
  /** Undefined where only a descriptor could tell. */
  readonly size: number | undefined;
  readonly offset: number;
  readonly dataStart: number;
  readonly dataEnd: number;
  /** After the data descriptor. */
  readonly end: number;
  /**
   * `whole`; `cut`: its data would reach past the end of the file or into what follows it;
   * `broken`: the directory points to something that is no local header, so there is no data;
   * `open`: nothing tells where the data ends.
   */
  readonly state: "whole" | "cut" | "broken" | "open";
  /** Bits of `DIFFERS`. */
  readonly differs: number;
  readonly central: CentralEntry | undefined;
  /** Kept where it differs from the directory or stands alone. */
  readonly local: LocalHeader | undefined;
  /** Set where the directory alone was read: where the data lies is worked out from what follows it. */
  readonly isUnread?: true;
}

export interface ZipDirectory {
  readonly claim: DirectoryClaim;
  /** Number of headers that are there. */
  readonly found: number;
  /** Number of them within the size that the end record states. */
  readonly withinSize: number;
  /** After the last header. */
  readonly end: number;
}

/**
 * Bytes that belong to no record: before, between and after them. `archive` is a whole archive of its
 * own, with directory and end record, such as the parts of a PyTorch distributed checkpoint.
 */
export interface ZipGap {
  readonly kind: "prefix" | "gap" | "trailing" | "comment" | "archive";
  readonly start: number;
  readonly end: number;
}

export type ZipProblem =
  /** Two end records, or two fields of one, lead to different directories. */
  | { readonly kind: "directories"; readonly offset: number; readonly count: number }
  /** The fields of an end record contradict its ZIP64 record; only one of the two leads somewhere. */
  | { readonly kind: "zip64-end"; readonly offset: number }
  /** An end record after the one in use, or in its comment, that leads nowhere. */
  | { readonly kind: "dead-end-record"; readonly offset: number }
  /** More or fewer headers than the end record counts or covers. */
  | {
      readonly kind: "count";
      readonly offset: number;
      readonly stated: number;
      readonly found: number;
      readonly withinSize: number;
    }
  /** The comment is announced longer than the file is. */
  | { readonly kind: "comment-cut"; readonly offset: number }
  | { readonly kind: "split"; readonly offset: number }
  /** Several directory entries for one local header. */
  | {
      readonly kind: "alias";
      readonly offset: number;
      readonly name: string;
      readonly first: string;
    }
  /** Ranges of two records share bytes. */
  | {
      readonly kind: "overlap";
      readonly offset: number;
      readonly name: string;
      readonly first: string;
    }
  /** The budget of entries ran out. */
  | { readonly kind: "limit"; readonly offset: number };

export interface ZipArchive {
  /** The one that CPython reads first; then others. Empty: only local headers are there. */
  readonly directories: readonly ZipDirectory[];
  /** In the order of the file. */
  readonly entries: readonly ZipEntry[];
  /** In the order of the file; runs of zeros are not among them. */
  readonly gaps: readonly ZipGap[];
  readonly problems: readonly ZipProblem[];
  /** Whether the bytes end in the middle of a record. */
  readonly truncated: boolean;
  /** Archive comment, of the directory that CPython reads. */
  readonly comment: string;
}
