/**
 * The ledger of a reading: which bytes were understood, which are inert, and, by subtraction, which
 * nobody can vouch for. Ranges may come in any order and may overlap; each byte counts once, and
 * `understood` wins over `inert`.
 */

import type { Coverage } from "../kernel/coverage.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

export class Ledger {
  readonly size: number;
  readonly #understood: Range[] = [];
  readonly #inert: Range[] = [];
  #read = 0;

  constructor(size: number) {
    this.size = size;
  }

  understood(start: number, end: number): void {
    push(this.#understood, start, Math.min(end, this.size));
  }

  inert(start: number, end: number): void {
    push(this.#inert, start, Math.min(end, this.size));
  }

  /** Counts bytes that were really read. */
  read(bytes: number): void {
    this.#read += bytes;
  }

  /** What is neither understood nor inert, in order. */
  gaps(): Range[] {
    const gaps: Range[] = [];
    let at = 0;
    for (const range of merge([...this.#understood, ...this.#inert])) {
      if (range.start > at) {
        gaps.push({ start: at, end: range.start });
      }
      at = range.end;
    }
    if (at < this.size) {
      gaps.push({ start: at, end: this.size });
    }
    return gaps;
  }

  coverage(): Coverage {
    const understood = total(merge(this.#understood));
    const accounted = total(merge([...this.#understood, ...this.#inert]));
    return {
      understood,
      inert: accounted - understood,
      unaccounted: this.size - accounted,
      read: Math.min(this.size, Math.max(this.#read, understood)),
    };
  }
}

/** Appends a range; the usual case, directly after the last one, grows that one. */
function push(ranges: Range[], start: number, end: number): void {
  if (end <= start) {
    return;
  }
  const last = ranges.at(-1);
  if (last !== undefined && last.end === start) {
    ranges[ranges.length - 1] = { start: last.start, end };
  } else {
    ranges.push({ start, end });
  }
}

/** Sorted ranges without overlap. */
export function merge(ranges: readonly Range[]): Range[] {
  const sorted = ranges.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const merged: Range[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) {
      if (range.end > last.end) {
        merged[merged.length - 1] = { start: last.start, end: range.end };
      }
    } else {
      merged.push(range);
    }
  }
  return merged;
}

function total(ranges: readonly Range[]): number {
  let sum = 0;
  for (const range of ranges) {
    sum += range.end - range.start;
  }
  return sum;
}
