/**
 * Sorts what walking a gap finds into whole archives, hidden members, padding, and bytes that belong
 * to nothing.
 */

import type { HeaderWindow } from "../../bytes/header-window.ts";
import type { Ledger } from "../../bytes/ledger.ts";
import { claimsOf } from "./end-record.ts";
import type { EndRecord } from "./end-record.ts";
import type { Segment } from "./gap-walk.ts";
import { hiddenMember } from "./locate-members.ts";
import type { ZipEntry, ZipGap } from "./zip-archive.ts";

type EntrySegment = Segment & { readonly kind: "entry" };

export interface SortedGap {
  readonly hidden: ZipEntry[];
  readonly gaps: ZipGap[];
}

/**
 * @param segments what `[start, end)` consists of; where they stop early, the rest belongs to nothing.
 * @param kindOf what bytes at a place are called.
 * @param ledger learns of headers and padding.
 */
export function sortGap(
  window: HeaderWindow,
  segments: Iterable<Segment>,
  { start, end }: { readonly start: number; readonly end: number },
  kindOf: (start: number, end: number) => ZipGap["kind"],
  ledger: Ledger,
): SortedGap {
  const sorter = new GapSorter(kindOf, ledger);
  let at = start;
  for (const segment of segments) {
    sorter.add(segment, window);
    at = segment.end;
  }
  if (at < end) {
    sorter.add({ kind: "junk", start: at, end, isZero: false }, window);
  }
  return sorter.finish();
}

class GapSorter {
  readonly #kindOf: (start: number, end: number) => ZipGap["kind"];
  readonly #ledger: Ledger;
  readonly #hidden: ZipEntry[] = [];
  readonly #gaps: ZipGap[] = [];
  /** Segments that may turn out to be an archive when its end record comes. */
  #pending: Segment[] = [];
  /** Where directories among them start. */
  readonly #directories = new Set<number>();

  constructor(kindOf: (start: number, end: number) => ZipGap["kind"], ledger: Ledger) {
    this.#kindOf = kindOf;
    this.#ledger = ledger;
  }

  add(segment: Segment, window: HeaderWindow): void {
    if (segment.kind === "junk") {
      this.#flush();
      this.#settle(segment);
      return;
    }
    this.#pending.push(segment);
    if (segment.kind === "directory") {
      this.#directories.add(segment.start);
    } else if (segment.kind === "end") {
      this.#closeArchive(segment.record, window);
      this.#flush();
    }
  }

  finish(): SortedGap {
    this.#flush();
    return { hidden: this.#hidden, gaps: this.#gaps };
  }

  /** Whether the pending segments are one whole archive whose offsets count from its own first byte. */
  #closeArchive(record: EndRecord, window: HeaderWindow): void {
    const start = this.#pending[0]?.start ?? record.offset;
    const isWhole =
      record.announcedEnd <= window.size &&
      claimsOf(record).some((claim) => claim.base === start && this.#directories.has(claim.start));
    if (isWhole) {
      this.#pending = [];
      this.#gaps.push({ kind: "archive", start, end: record.offset + 22 });
    }
  }

  #flush(): void {
    for (const segment of this.#pending) {
      this.#settle(segment);
    }
    this.#pending = [];
    this.#directories.clear();
  }

  #settle(segment: Segment): void {
    if (segment.kind === "entry") {
      this.#hide(segment);
    } else if (segment.kind === "record" || (segment.kind === "junk" && segment.isZero)) {
      this.#ledger.understood(segment.start, segment.end);
    } else {
      this.#addGap(segment.start, segment.end);
    }
  }

  #hide({ header, dataEnd, end, cut, open }: EntrySegment): void {
    this.#ledger.understood(header.offset, header.dataStart);
    if (end > dataEnd) {
      this.#ledger.understood(dataEnd, end);
    }
    const state = cut ? "cut" : "whole";
    this.#hidden.push(hiddenMember(header, { dataEnd, end, state: open && !cut ? "open" : state }));
  }

  #addGap(start: number, end: number): void {
    const kind = this.#kindOf(start, end);
    const last = this.#gaps.at(-1);
    if (last !== undefined && last.end === start && last.kind === kind) {
      this.#gaps[this.#gaps.length - 1] = { kind, start: last.start, end };
    } else {
      this.#gaps.push({ kind, start, end });
    }
  }
}
