/**
 * Routing: which formats read an artifact. Bytes decide. Every format that a real loader could take
 * the bytes for gives a reading; a refinement replaces the format that it refines; formats that only
 * name the content speak when nobody who understands it does.
 */

import type { DetectionHint, FormatModule, Match } from "../formats/format.ts";

const RANK: Record<Match, number> = { none: 0, possible: 1, likely: 2, certain: 3 };

export interface Routed {
  readonly format: FormatModule;
  readonly match: Match;
}

/** The formats to read with, in registry order. */
export function route(
  formats: readonly FormatModule[],
  head: Uint8Array,
  tail: Uint8Array,
  hint: DetectionHint,
): Routed[] {
  const matches: Routed[] = [];
  for (const format of formats) {
    const match = format.detect(head, tail, hint);
    if (match !== "none") {
      matches.push({ format, match });
    }
  }
  if (matches.length < 2) {
    return matches;
  }
  const refined = new Set<string>();
  for (const { format, match } of matches) {
    if (format.refines !== undefined && RANK[match] >= RANK.likely) {
      refined.add(format.refines);
    }
  }
  const readers = matches.filter(({ format }) => !refined.has(format.id));
  const understanding = readers.filter(({ format }) => format.identifiesOnly !== true);
  const sure = understanding.some(({ match }) => RANK[match] >= RANK.likely);
  return readers.filter(
    ({ format, match }) =>
      format.identifiesOnly !== true ||
      understanding.length === 0 ||
      (match === "certain" && !sure) ||
      (match === "certain" && format.id !== "content"),
  );
}

/** Whether two readings are two opinions about one file, rather than one seen twice. */
export function isPolyglot(routed: readonly Routed[]): boolean {
  return routed.filter(({ match }) => RANK[match] >= RANK.likely).length > 1;
}
