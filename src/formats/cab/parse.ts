/** Reads a cabinet: its files as members, and whatever no file accounts for. */

import { Ledger } from "../../bytes/ledger.ts";
import { readCab } from "../../codecs/cab/read-cab.ts";
import type { Cab, CabFile } from "../../codecs/cab/read-cab.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { ArchiveModel } from "../archive.ts";
import type { ParseContext, Parsed, ParseIssue } from "../format.ts";
import { parseListedArchive } from "../listed-archive.ts";
import type { ListedMember } from "../listed-archive.ts";

export function parseCab(
  source: RandomSource,
  { governor }: ParseContext,
): Promise<Parsed<ArchiveModel>> {
  const cab = readCab(source, governor);
  const ledger = new Ledger(source.size);
  for (const { start, end } of cab.understood) {
    ledger.understood(start, end);
  }
  for (const { data } of cab.folders) {
    ledger.understood(data.start, data.end);
  }
  const archive = {
    container: "cab",
    members: cab.files.map(memberOf),
    issues: issuesOf(cab, source.size),
    range: { start: 0, end: Math.min(cab.end, source.size) },
    encrypted: false,
  };
  return Promise.resolve(parseListedArchive(source, archive, ledger, governor));
}

function memberOf({ name, size, offset, folder, split }: CabFile): ListedMember {
  return {
    name,
    kind: "file",
    linkTarget: undefined,
    mode: 0,
    size,
    offset,
    access: split || folder === undefined ? "split" : "packed",
    packed: undefined,
    expected: { size, crc: undefined },
  };
}

function issuesOf({ folders, files, damaged, hasOtherVolumes, end }: Cab, size: number) {
  const issues: ParseIssue[] = [];
  if (damaged) {
    issues.push({ kind: "damaged", message: "the list of files ends early" });
  }
  if (end > size) {
    issues.push({ kind: "truncated", message: "the file ends inside of the cabinet" });
  }
  if (hasOtherVolumes || files.some(({ split }) => split)) {
    issues.push({ kind: "unsupported", message: "the cabinet is one of several" });
  }
  const byFolder = Map.groupBy(files, ({ folder }) => folder);
  for (const folder of folders) {
    if (!folder.whole) {
      issues.push({
        kind: "truncated",
        message: "the file ends inside of the data",
        offset: folder.data.start,
      });
    }
    const rest = folder.size - coveredOf(byFolder.get(folder) ?? []);
    if (rest > 0 && folder.whole) {
      const message = `${rest} bytes of what is packed belong to no file and were not read`;
      issues.push({ kind: "damaged", message, offset: folder.data.start });
    }
  }
  return issues;
}

/** Bytes of a folder's content that files take. */
function coveredOf(files: readonly CabFile[]): number {
  let covered = 0;
  let end = 0;
  for (const { start, size } of files.toSorted((a, b) => a.start - b.start)) {
    covered += Math.max(0, start + size - Math.max(start, end));
    end = Math.max(end, start + size);
  }
  return covered;
}
