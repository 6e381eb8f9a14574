/**
 * Tar files as archives: structure from `codecs/tar`, members as children, disagreements worded. Formats
 * that are tar files with certain members (old PyTorch checkpoints, NeMo) start from this.
 */

import type { Governor } from "../bytes/governor.ts";
import { Ledger } from "../bytes/ledger.ts";
import { sliceSource } from "../bytes/slice-source.ts";
import { readTar } from "../codecs/tar/read-tar.ts";
import { TAR_DIFFERS } from "../codecs/tar/tar-archive.ts";
import type { TarArchive, TarEntry, TarProblem } from "../codecs/tar/tar-archive.ts";
import type { RandomSource } from "../kernel/source.ts";
import { formatBytes, quote } from "../kernel/text.ts";
import { AnomalyList, ChildNames } from "./archive.ts";
import type { ArchiveEntry, ArchiveModel, EntryKind } from "./archive.ts";
import type { Child, OpenedChild, Parsed, ParseIssue } from "./format.ts";

export interface TarMember extends ArchiveEntry {
  readonly entry: TarEntry;
}

export interface TarModel extends ArchiveModel {
  readonly container: "tar";
  /** In the order of the file. */
  readonly entries: readonly TarMember[];
  /** The structure as it was read. */
  readonly tar: TarArchive;
}

/** Reads a tar file. The result has every member with data as a child, and everything else that is in there. */
export function parseTarArchive(
  source: RandomSource,
  { governor }: { readonly governor: Governor },
): Promise<Parsed<TarModel>> {
  const ledger = new Ledger(source.size);
  const tar = readTar(source, governor, ledger);
  const names = new ChildNames();
  const children: Child[] = [];
  const entries = tar.entries.map((entry, rank): TarMember => {
    const hasData = entry.dataEnd > entry.dataStart || isFile(entry);
    const childNames = hasData ? [names.take(entry.name)] : [];
    for (const name of childNames) {
      const role = entry.afterEnd ? "hidden" : "member";
      const range = { start: entry.dataStart, end: entry.dataEnd };
      const issues: ParseIssue[] = entry.sparse ? [SPARSE] : [];
      children.push(new TarChild(source, role, name, range, issues));
    }
    return member(entry, rank, childNames);
  });
  for (const { kind, start, end } of tar.gaps) {
    const role = kind === "trailing" ? "trailing" : "hidden";
    children.push(new TarChild(source, role, names.take(`(${kind})`), { start, end }, []));
  }
  const anomalies = new AnomalyList(governor.limits.findings);
  describe(tar, anomalies);
  const model: TarModel = {
    container: "tar",
    size: source.size,
    entries,
    anomalies: anomalies.list,
    tar,
  };
  const facts = { archive: { container: "tar", members: entries.length } };
  return Promise.resolve({ model, issues: issuesOf(tar), ledger, children, facts });
}

const SPARSE: ParseIssue = {
  kind: "unsupported",
  message: "the member is sparse, and its pieces were scanned as they lie there",
};

class TarChild implements Child {
  readonly role: string;
  readonly name: string;
  readonly size: number;
  readonly range: { readonly start: number; readonly end: number };
  readonly #source: RandomSource;
  readonly #issues: readonly ParseIssue[];

  constructor(
    source: RandomSource,
    role: string,
    name: string,
    range: { readonly start: number; readonly end: number },
    issues: readonly ParseIssue[],
  ) {
    this.#source = source;
    this.#issues = issues;
    this.role = role;
    this.name = name;
    this.range = range;
    this.size = range.end - range.start;
  }

  open(): Promise<OpenedChild> {
    const { start, end } = this.range;
    const source = sliceSource(this.#source, start, end, this.name);
    return Promise.resolve({ source, issues: this.#issues });
  }
}

function isFile({ type }: TarEntry): boolean {
  return type === "0" || type === "7";
}

function member(entry: TarEntry, rank: number, children: readonly string[]): TarMember {
  const isLink = entry.type === "1" || entry.type === "2";
  return {
    entry,
    name: entry.name,
    otherNames: [],
    kind: KINDS[entry.type] ?? "file",
    linkTarget: isLink ? entry.linkName : undefined,
    mode: entry.mode & 0o7777,
    size: entry.dataEnd - entry.dataStart,
    packedSize: entry.dataEnd - entry.dataStart,
    offset: entry.offset,
    children,
    hidden: entry.afterEnd,
    rank,
  };
}

const KINDS: Readonly<Record<string, EntryKind>> = {
  "1": "hardlink",
  "2": "symlink",
  "3": "device",
  "4": "device",
  "5": "folder",
  "6": "fifo",
  D: "folder",
  V: "other",
};

function describe({ entries, gaps }: TarArchive, anomalies: AnomalyList): void {
  for (const entry of entries) {
    const { name, offset } = entry;
    if (entry.afterEnd) {
      const message = `${quote(name)} lies behind the end of the archive or behind damage, where many readers stop`;
      anomalies.add("hidden-entry", () => ({ message, key: name, offset }));
    }
    if (entry.differs !== 0) {
      const message = `${quote(name)}: ${differences(entry).join("; ")}`;
      anomalies.add("header-mismatch", () => ({
        message,
        key: `${name}:${entry.differs}`,
        offset,
      }));
    }
  }
  for (const { kind, start, end } of gaps) {
    const where = kind === "trailing" ? "follow the archive" : "lie between its members";
    const message = `${formatBytes(end - start)} ${where}`;
    anomalies.add("trailing-data", () => ({ message, key: kind, offset: start }));
  }
}

function differences({ differs }: TarEntry): string[] {
  const parts: string[] = [];
  if ((differs & TAR_DIFFERS.name) !== 0) {
    parts.push("its headers give it different names");
  }
  if ((differs & TAR_DIFFERS.linkName) !== 0) {
    parts.push("its headers give different link targets");
  }
  if ((differs & TAR_DIFFERS.size) !== 0) {
    parts.push("its extended header gives another size");
  }
  if ((differs & TAR_DIFFERS.data) !== 0) {
    parts.push("it is no file and states a size, which some readers skip");
  }
  return parts;
}

function issuesOf(tar: TarArchive): ParseIssue[] {
  const issues: ParseIssue[] = [];
  if (tar.truncated) {
    issues.push({ kind: "truncated", message: "the file ends inside of a member" });
  }
  // One issue for each kind: a hostile file has a million of them.
  const groups = new Map<string, { readonly issue: ParseIssue; count: number }>();
  for (const problem of tar.problems) {
    const issue = issueOf(problem);
    const group = groups.get(issue.message);
    if (group === undefined) {
      groups.set(issue.message, { issue, count: 1 });
    } else {
      group.count += 1;
    }
  }
  for (const { issue, count } of groups.values()) {
    const message = count === 1 ? issue.message : `${issue.message}, and ${count - 1} times more`;
    issues.push({ ...issue, message });
  }
  return issues;
}

function issueOf(problem: TarProblem): ParseIssue {
  const { offset } = problem;
  switch (problem.kind) {
    case "damaged":
      return { kind: "damaged", message: "a header is damaged", offset };
    case "no-end":
      return { kind: "deviation", message: "there is no end mark", offset };
    case "limit":
      return { kind: "limit", message: "there are more members than the limit allows", offset };
    default:
      return {
        kind: problem.harm,
        message: `an extended header is odd: ${problem.detail}`,
        offset,
      };
  }
}
