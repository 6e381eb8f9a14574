/**
 * What a decoder tells about its work while it runs. A receiver may stop a decoder at any chunk, and
 * then this is all there is to know about it.
 */

import type { DecodeEnd } from "../kernel/source.ts";
import type { Range } from "./ledger.ts";

/** Something that the specification forbids and that did not stop the decoder. */
export interface DecodeNote {
  readonly message: string;
  /** Counted from where the decoder began. */
  readonly offset: number;
}

export interface DecodeProgress {
  /** Input bytes that are behind the decoder, counted from where it began. */
  consumed: number;
  /** Streams, members or frames that were begun. */
  streams: number;
  /** How many of those may be begun: some cost a thousand times their size. */
  readonly maxStreams: number;
  /** Whether the end of the last stream was found: what follows is no part of it. */
  atEnd: boolean;
  /** At most 16. */
  readonly notes: DecodeNote[];
  /** Where the format lets a writer put what it likes and readers skip it; at most 1,000. */
  readonly skipped: Range[];
}

const MAX_NOTES = 16;
export const MAX_SKIPPED = 1000;

export function decodeProgress(maxStreams = Number.POSITIVE_INFINITY): DecodeProgress {
  return { consumed: 0, streams: 0, maxStreams, atEnd: false, notes: [], skipped: [] };
}

export function addNote(progress: DecodeProgress, offset: number, message: string): void {
  if (progress.notes.length < MAX_NOTES) {
    progress.notes.push({ message, offset });
  }
}

export function addSkipped(progress: DecodeProgress, start: number, end: number): void {
  if (end > start && progress.skipped.length < MAX_SKIPPED) {
    progress.skipped.push({ start, end });
  }
}

/** Counts a stream that begins at `progress.consumed`; gives the end when there are too many. */
export function beginStream(progress: DecodeProgress): DecodeEnd | undefined {
  if (progress.streams >= progress.maxStreams) {
    return {
      status: "limit",
      consumed: progress.consumed,
      detail: `more than ${progress.maxStreams} streams follow one another`,
    };
  }
  progress.streams += 1;
  return undefined;
}
