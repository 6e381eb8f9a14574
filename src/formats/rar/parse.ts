/** Reads a RAR archive of either format: its files as members, and whatever no file accounts for. */

import { Ledger } from "../../bytes/ledger.ts";
import { hasBytes, readRange } from "../../bytes/read.ts";
import type { RarArchive, RarMember } from "../../codecs/rar/rar-archive.ts";
import { RAR5_SIGNATURE } from "../../codecs/rar/signatures.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { specialKind } from "../archive.ts";
import type { ArchiveModel, EntryKind } from "../archive.ts";
import type { ParseContext, Parsed, ParseIssue } from "../format.ts";
import { parseListedArchive } from "../listed-archive.ts";
import type { ListedMember } from "../listed-archive.ts";

const LONGEST_LINK = 4096;

export async function parseRar(
  source: RandomSource,
  { governor }: ParseContext,
): Promise<Parsed<ArchiveModel>> {
  const most = governor.left("entries");
  const isRar5 = hasBytes(readRange(source, 0, RAR5_SIGNATURE.length), 0, RAR5_SIGNATURE);
  const rar = isRar5
    ? (await import("../../codecs/rar/read-rar5.ts")).readRar5(source, most)
    : (await import("../../codecs/rar/read-rar4.ts")).readRar4(source, most);
  const ledger = new Ledger(source.size);
  for (const { start, end } of rar.understood) {
    ledger.understood(start, end);
  }
  const archive = {
    container: "rar",
    members: rar.members.map((member) => listed(source, member)),
    issues: issuesOf(rar),
    range: { start: 0, end: Math.min(rar.end, source.size) },
    encrypted: rar.isEncrypted,
  };
  return parseListedArchive(source, archive, ledger, governor);
}

function listed(source: RandomSource, member: RarMember): ListedMember {
  const { name, offset, data, size, crc, mode } = member;
  const kind = kindOf(member);
  return {
    name,
    kind,
    linkTarget: member.link === undefined ? undefined : targetOf(source, member),
    mode: mode & 0o7777,
    size: size ?? 0,
    offset,
    access: accessOf(member),
    packed: data,
    expected: { size, crc },
  };
}

/** RAR 5 has the target of a link in its header, RAR 4 as its content. */
function targetOf(source: RandomSource, { link, isStored, data }: RarMember): string | undefined {
  if (link === undefined || link.target !== "") {
    return link?.target;
  }
  return isStored && data.end - data.start <= LONGEST_LINK
    ? Buffer.from(readRange(source, data.start, data.end)).toString("utf8")
    : undefined;
}

function accessOf(member: RarMember): ListedMember["access"] {
  if (member.isFolder || (member.link !== undefined && member.data.end === member.data.start)) {
    return "none";
  }
  if (member.isEncrypted) {
    return "encrypted";
  }
  if (member.isSplit) {
    return "split";
  }
  return member.isStored ? "stored" : "packed";
}

function kindOf({ isFolder, link, mode }: RarMember): EntryKind {
  if (isFolder) {
    return "folder";
  }
  return specialKind(mode) ?? link?.kind ?? "file";
}

const PROBLEMS = {
  damaged: "a header is damaged",
  truncated: "the file ends inside of the archive",
  limit: "there are more members than the limit allows",
} as const;

function issuesOf({ problem, isVolume, isEncrypted, end }: RarArchive): ParseIssue[] {
  const issues: ParseIssue[] = [];
  if (problem !== undefined) {
    issues.push({ kind: problem, message: PROBLEMS[problem], offset: end });
  }
  if (isEncrypted) {
    issues.push({
      kind: "encrypted",
      message: "the headers are encrypted: not even names can be read",
    });
  }
  if (isVolume) {
    issues.push({ kind: "unsupported", message: "the archive is one volume of several" });
  }
  return issues;
}
