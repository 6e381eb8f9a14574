/** What no part of an archive accounts for: scanned as files of their own, and reported. */

import type { Ledger, Range } from "../bytes/ledger.ts";
import type { RandomSource } from "../kernel/source.ts";
import { formatBytes } from "../kernel/text.ts";
import type { AnomalyList, ChildNames } from "./archive.ts";
import type { Child } from "./format.ts";
import { sliceChild } from "./slice-child.ts";

/** Children for all gaps of the ledger of an archive that takes the bytes `archive`. */
export function archiveGaps(
  source: RandomSource,
  ledger: Ledger,
  archive: Range,
  { anomalies, names }: { readonly anomalies: AnomalyList; readonly names: ChildNames },
): Child[] {
  const children: Child[] = [];
  for (const gap of ledger.gaps()) {
    for (const piece of split(gap, [archive.start, archive.end])) {
      const { kind, role, name, where } = placeOf(piece.start, archive);
      const message = `${formatBytes(piece.end - piece.start)} ${where}`;
      anomalies.add(kind, () => ({ message, key: role, offset: piece.start }));
      children.push(sliceChild(source, role, names.take(name), piece));
    }
  }
  return children;
}

/** Cuts a gap at the archive's own edges: what lies on either side is not the same. */
function split(gap: Range, edges: readonly number[]): Range[] {
  const inner = edges.filter((edge) => edge > gap.start && edge < gap.end);
  const points = [gap.start, ...inner, gap.end];
  return points.slice(1).map((end, index) => ({ start: points[index] ?? 0, end }));
}

function placeOf(at: number, { start, end }: Range) {
  if (at < start) {
    const where = "lie before the archive";
    return { kind: "prefix-data", role: "prefix", name: "(prefix)", where } as const;
  }
  return at >= end
    ? ({
        kind: "trailing-data",
        role: "trailing",
        name: "(trailing)",
        where: "follow the archive",
      } as const)
    : ({
        kind: "trailing-data",
        role: "hidden",
        name: "(gap)",
        where: "belong to no member",
      } as const);
}
