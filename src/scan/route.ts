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

/**
 * The formats to read with, in registry order. Those that only name content are asked where nobody else is
 * sure, and loaded then.
 */
export async function route(
  formats: readonly FormatModule[],
  head: Uint8Array,
  tail: Uint8Array,
  hint: DetectionHint,
): Promise<readonly Routed[]> {
  const found: Routed[] = [];
  for (const format of formats) {
    if (format.identifiesOnly !== true) {
      const match = format.detect(head, tail, hint);
      // Nearly all know at once, and waiting for each would take longer than asking them.
      add(found, format, typeof match === "string" ? match : await match);
    }
  }
  const readers = withoutRefined(found);
  if (readers.some(({ match }) => RANK[match] >= RANK.likely)) {
    return readers;
  }
  const all = [...readers];
  for (const format of formats) {
    if (format.identifiesOnly === true) {
      const named: Routed[] = [];
      add(named, format, await format.detect(head, tail, hint));
      all.push(...named.filter(({ match }) => match === "certain" || readers.length === 0));
    }
  }
  return all;
}

function add(found: Routed[], format: FormatModule, match: Match): void {
  if (match !== "none") {
    found.push({ format, match });
  }
}

function withoutRefined(matches: readonly Routed[]): readonly Routed[] {
  const refined = new Set<string>();
  for (const { format, match } of matches) {
    if (format.refines !== undefined && RANK[match] >= RANK.likely) {
      refined.add(format.refines);
    }
  }
  return refined.size === 0 ? matches : matches.filter(({ format }) => !refined.has(format.id));
}

/** Whether two readings are two opinions about one file, rather than one seen twice. */
export function isPolyglot(routed: readonly Routed[]): boolean {
  return routed.filter(({ match }) => RANK[match] >= RANK.likely).length > 1;
}
