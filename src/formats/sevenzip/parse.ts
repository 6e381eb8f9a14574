/** Reads a 7z archive: every member as a child, and everything else that is in there. */

import { Ledger } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { archiveGaps } from "../archive-gaps.ts";
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
  const names = members.names;
  const range = { start, end: archive.end };
  members.children.push(...archiveGaps(source, ledger, range, { anomalies, names }));
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
