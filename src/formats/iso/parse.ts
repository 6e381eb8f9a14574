/** Reads a disk image: what any of its trees names as members, and whatever none of them accounts for. */

import { HeaderWindow } from "../../bytes/header-window.ts";
import { Ledger } from "../../bytes/ledger.ts";
import { SECTOR } from "../../codecs/iso/iso-image.ts";
import type { IsoImage, IsoRecord } from "../../codecs/iso/iso-image.ts";
import { readIso } from "../../codecs/iso/read-iso.ts";
import { isZero } from "../../codecs/zip/gap-walk.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { specialKind } from "../archive.ts";
import type { ArchiveModel, EntryKind } from "../archive.ts";
import type { ParseContext, Parsed, ParseIssue } from "../format.ts";
import { parseListedArchive } from "../listed-archive.ts";
import type { ListedMember } from "../listed-archive.ts";

export function parseIso(
  source: RandomSource,
  { governor }: ParseContext,
): Promise<Parsed<ArchiveModel>> {
  const image = readIso(source, governor);
  const ledger = new Ledger(source.size);
  const end = Math.min(Math.max(image.end, SECTOR), source.size);
  for (const { start, end: to } of image.understood) {
    ledger.understood(start, to);
  }
  const members = membersOf(image);
  for (const { packed } of members) {
    ledger.understood(packed?.start ?? 0, packed?.end ?? 0);
  }
  const window = new HeaderWindow(source);
  for (const gap of ledger.gaps()) {
    // Files begin with sectors, and images end with some of them; a gap behind the image is no padding.
    const to = Math.min(gap.end, end);
    if (gap.start < to && isZero(window, gap.start, to)) {
      ledger.understood(gap.start, to);
    }
  }
  const archive = {
    container: "iso",
    members,
    issues: issuesOf(image),
    range: { start: 0, end },
    encrypted: false,
  };
  return Promise.resolve(parseListedArchive(source, archive, ledger, governor));
}

/** One member for all names that the trees give to the same bytes. */
function membersOf({ records }: IsoImage): ListedMember[] {
  const groups = new Map<string, IsoRecord[]>();
  for (const record of records) {
    const { data, path, isFolder } = record;
    const isShared = !isFolder && data.end > data.start;
    const key = isShared ? `${data.start}:${data.end}` : `name:${path}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [record]);
    } else {
      group.push(record);
    }
  }
  return [...groups.values()].map(memberOf);
}

function memberOf(records: readonly IsoRecord[]): ListedMember {
  const record = records.find(({ tree }) => tree === "joliet") ?? records[0];
  const { path = "", data = { start: 0, end: 0 }, offset = 0 } = record ?? {};
  // Only Rock Ridge has modes, and only in its own tree.
  const mode = records.find((other) => other.mode !== 0)?.mode ?? 0;
  const { linkTarget } = record ?? {};
  const hasData = record !== undefined && !record.isFolder && data.end > data.start;
  const others = new Set(records.map((other) => other.path));
  others.delete(path);
  const isPartial = records.some((other) => other.isPartial);
  return {
    name: path,
    otherNames: [...others],
    kind: kindOf(record, mode),
    linkTarget,
    mode: mode & 0o7777,
    size: hasData ? data.end - data.start : 0,
    offset,
    access: hasData ? "stored" : "none",
    packed: hasData ? data : undefined,
    differs: records.some((other) => other.differs),
    issues: isPartial ? [PARTIAL] : [],
  };
}

const PARTIAL: ParseIssue = {
  kind: "unsupported",
  message: "the member is packed or in pieces, and was scanned as it lies there",
};

function kindOf(record: IsoRecord | undefined, mode: number): EntryKind {
  if (record?.linkTarget !== undefined) {
    return "symlink";
  }
  return specialKind(mode) ?? (record?.isFolder === true ? "folder" : "file");
}

const PROBLEMS = {
  truncated: "the file ends inside of the image",
  damaged: "a descriptor or a folder is damaged",
  limit: "there are more members than the limit allows",
} as const;

function issuesOf({ problems }: IsoImage): ParseIssue[] {
  return problems.map((kind) => ({ kind, message: PROBLEMS[kind] }));
}
