/**
 * Zip files as archives: structure from `codecs/zip`, members opened, disagreements worded. Formats that
 * are zip files with certain members (PyTorch, NumPy's npz, Keras …) start from this.
 */

import { Ledger } from "../bytes/ledger.ts";
import { readZip } from "../codecs/zip/read-zip.ts";
import type { Trusts } from "../codecs/zip/unread-member.ts";
import type { ZipArchive, ZipGap } from "../codecs/zip/zip-archive.ts";
import type { RandomSource } from "../kernel/source.ts";
import { AnomalyList } from "./archive.ts";
import type { ArchiveModel } from "./archive.ts";
import type { Parsed, ParseContext, ParseIssue } from "./format.ts";
import { describeZip } from "./zip-anomalies.ts";
import { zipIssues } from "./zip-issues.ts";
import { ZipMembers } from "./zip-members.ts";
import type { ZipMember } from "./zip-members.ts";

export interface ZipModel extends ArchiveModel {
  readonly container: "zip";
  /** In the order of the file. */
  readonly entries: readonly ZipMember[];
  /** The structure as it was read. */
  readonly zip: ZipArchive;
}

const ROLES: Readonly<Record<ZipGap["kind"], string>> = {
  prefix: "prefix",
  gap: "hidden",
  comment: "trailing",
  trailing: "trailing",
  archive: "archive",
};

/** What only the headers before the members tell. */
const NEED_HEADERS = ["archive/header-mismatch", "archive/hidden-entry"] as const;

/** A header before this much data lies far from the next one, and costs a read of its own. */
const FAR = 64 * 1024;

/**
 * Reads a zip file. The result has every member as a child, and everything else that is in there.
 *
 * @param trusts of which members a quick scan takes the directory's word until they are opened: of those whose
 *   headers lie far apart, and of these.
 */
export async function parseZipArchive(
  source: RandomSource,
  {
    governor,
    quick = false,
  }: Pick<ParseContext, "governor"> & Partial<Pick<ParseContext, "quick">>,
  trusts: Trusts = () => false,
): Promise<Parsed<ZipModel>> {
  const unread: Trusts = (central) => central.compressedSize >= FAR || trusts(central);
  const ledger = new Ledger(source.size);
  const zip = readZip(source, governor, ledger, quick ? unread : undefined);
  const anomalies = new AnomalyList(governor.limits.findings);
  const members = new ZipMembers(source, governor, anomalies);
  for (const entry of zip.entries) {
    await members.add(entry);
  }
  for (const { kind, start, end } of zip.gaps) {
    members.addSlice(ROLES[kind], `(${kind})`, start, end);
  }
  describeZip(zip, anomalies);
  const issues: ParseIssue[] = zipIssues(zip);
  const model: ZipModel = {
    container: "zip",
    size: source.size,
    entries: members.members,
    anomalies: anomalies.list,
    zip,
  };
  const isPartial = zip.entries.some(({ isUnread }) => isUnread === true);
  return {
    model,
    issues,
    ledger,
    children: members.children,
    facts: { archive: factsOf(model) },
    ...(isPartial ? { notRun: NEED_HEADERS } : {}),
  };
}

function factsOf({ entries, zip }: ZipModel): Readonly<Record<string, string | number>> {
  let size = 0;
  for (const entry of entries) {
    size += entry.size;
  }
  return { container: "zip", members: entries.length, directories: zip.directories.length, size };
}
