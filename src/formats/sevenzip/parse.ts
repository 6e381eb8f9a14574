/** Reads a 7z archive: every member as a child, and everything else that is in there. */

import { Ledger } from "../../bytes/ledger.ts";
import type { Range } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { formatBytes } from "../../kernel/text.ts";
import { AnomalyList } from "../archive.ts";
import type { ParseContext, Parsed, ParseIssue } from "../format.ts";
import { findArchive, HEAD } from "./detect.ts";
import { SevenZipMembers } from "./members.ts";
import { readSevenZip } from "./read-archive.ts";
import type { SevenZipModel } from "./sevenzip-model.ts";

export async function parseSevenZip(
  source: RandomSource,
  { governor }: ParseContext,
): Promise<Parsed<SevenZipModel>> {
  const ledger = new Ledger(source.size);
  const start = findArchive(readRange(source, 0, HEAD)) ?? 0;
  const archive = await readSevenZip(source, start, governor, ledger);
  const issues: ParseIssue[] = [...archive.issues];
  const anomalies = new AnomalyList(governor.limits.findings);
  const members = new SevenZipMembers(source, governor, ledger, anomalies);
  if (governor.take("entries", archive.files.length)) {
    await members.addAll(archive);
  } else {
    issues.push({ kind: "limit", message: "there are more members than the limit allows" });
  }
  if (archive.encrypted) {
    const message = "the directory is encrypted, and so are all members";
    anomalies.add("encrypted", () => ({ message, key: "directory", offset: start }));
  }
  addGaps(members, anomalies, ledger, { start, end: archive.end });
  const model: SevenZipModel = {
    container: "7z",
    size: source.size,
    entries: members.entries,
    anomalies: anomalies.list,
  };
  issues.push(...members.issues);
  const facts = { archive: { container: "7z", members: members.entries.length } };
  return { model, issues, ledger, children: members.children, facts };
}

/** What no part of the archive accounts for is scanned as files of their own. */
function addGaps(
  members: SevenZipMembers,
  anomalies: AnomalyList,
  ledger: Ledger,
  { start, end }: Range,
): void {
  for (const gap of ledger.gaps()) {
    for (const piece of split(gap, [start, end])) {
      const { kind, role, where } = placeOf(piece.start, start, end);
      const message = `${formatBytes(piece.end - piece.start)} ${where}`;
      anomalies.add(kind, () => ({ message, key: role, offset: piece.start }));
      members.addSlice(role, `(${role === "hidden" ? "gap" : role})`, piece.start, piece.end);
    }
  }
}

/** Cuts a gap at the archive's own edges: what lies on either side is not the same. */
function split(gap: Range, edges: readonly number[]): Range[] {
  const points = [
    gap.start,
    ...edges.filter((edge) => edge > gap.start && edge < gap.end),
    gap.end,
  ];
  return points.slice(1).map((end, index) => ({ start: points[index] ?? 0, end }));
}

function placeOf(at: number, start: number, end: number) {
  if (at < start) {
    return { kind: "prefix-data", role: "prefix", where: "lie before the archive" } as const;
  }
  return at >= end
    ? ({ kind: "trailing-data", role: "trailing", where: "follow the archive" } as const)
    : ({ kind: "trailing-data", role: "hidden", where: "belong to no member" } as const);
}
