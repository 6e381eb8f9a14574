/**
 * Archives whose list of members is read here, and whose packed contents are left to the library: stored members are
 * slices, the rest is unpacked, and what is encrypted or in another volume is reported.
 */

import type { Governor } from "../bytes/governor.ts";
import type { Ledger, Range } from "../bytes/ledger.ts";
import type { RandomSource } from "../kernel/source.ts";
import { quote } from "../kernel/text.ts";
import { archiveGaps } from "./archive-gaps.ts";
import { AnomalyList, ChildNames } from "./archive.ts";
import type { ArchiveEntry, ArchiveModel } from "./archive.ts";
import type { Child, Parsed, ParseIssue } from "./format.ts";
import { LibraryContents } from "./library-contents.ts";
import type { ExpectedContent } from "./library-contents.ts";
import { sliceChild } from "./slice-child.ts";

/** A member as its archive lists it. */
export interface ListedMember extends Pick<
  ArchiveEntry,
  "name" | "kind" | "linkTarget" | "mode" | "size" | "offset"
> {
  /** `none` for folders and links; `split` where a part of it lies in another volume. */
  readonly access: "none" | "stored" | "packed" | "encrypted" | "split";
  /** Its bytes in the archive, where they are its own. */
  readonly packed: Range | undefined;
  readonly otherNames?: readonly string[];
  /** Of a packed content, where they are stated. */
  readonly expected?: ExpectedContent;
  /** Whether the archive describes it twice, and not the same. */
  readonly differs?: boolean;
  /** What opening it reports, whatever is in it. */
  readonly issues?: readonly ParseIssue[];
}

export interface ListedArchive {
  readonly container: string;
  /** In the order of the archive: all that the library counts, too. */
  readonly members: readonly ListedMember[];
  readonly issues: readonly ParseIssue[];
  readonly range: Range;
  /** Whether the list itself is encrypted. */
  readonly encrypted: boolean;
}

const ANYTHING: ExpectedContent = { size: undefined, crc: undefined };

/** Makes members and children of what was listed. The ledger has what the list accounts for. */
export function parseListedArchive(
  source: RandomSource,
  archive: ListedArchive,
  ledger: Ledger,
  governor: Governor,
): Parsed<ArchiveModel> {
  const { container, range } = archive;
  const issues: ParseIssue[] = [...archive.issues];
  const isWithin = governor.take("entries", archive.members.length);
  if (!isWithin) {
    issues.push({ kind: "limit", message: "there are more members than the limit allows" });
  }
  const members = isWithin ? archive.members : [];
  const anomalies = new AnomalyList(governor.limits.findings);
  const names = new ChildNames();
  const wanted = members.map(({ access, expected = ANYTHING }) =>
    access === "packed" ? expected : undefined,
  );
  const contents = new LibraryContents(source, range, wanted);
  const children: Child[] = [];
  const entries = members.map((member, rank): ArchiveEntry => {
    const child = childOf(source, contents, member, { rank, name: names.take(member.name) });
    if (child !== undefined) {
      children.push(child);
    }
    if (member.packed !== undefined) {
      ledger.understood(member.packed.start, member.packed.end);
    }
    describe(member, anomalies);
    return entryOf(member, rank, child);
  });
  if (archive.encrypted) {
    const message = "the list of members is encrypted, and so are they";
    anomalies.add("encrypted", () => ({ message, key: "directory", offset: range.start }));
  }
  children.push(...archiveGaps(source, ledger, range, { anomalies, names }));
  return {
    model: { container, size: source.size, entries, anomalies: anomalies.list },
    issues,
    ledger,
    children,
    facts: { archive: { container, members: entries.length } },
  };
}

function describe({ name, offset, access, differs }: ListedMember, anomalies: AnomalyList): void {
  if (access === "encrypted") {
    anomalies.add("encrypted", () => ({
      message: `${quote(name)} is encrypted`,
      key: name,
      offset,
    }));
  }
  if (differs === true) {
    anomalies.add("header-mismatch", () => ({
      message: `${quote(name)}: its place or its size is written twice, and not the same`,
      key: name,
      offset,
    }));
  }
}

function entryOf(member: ListedMember, rank: number, child: Child | undefined): ArchiveEntry {
  const { name, kind, linkTarget, mode, size, offset, packed } = member;
  return {
    name,
    otherNames: member.otherNames ?? [],
    kind,
    linkTarget,
    mode,
    size,
    packedSize: packed === undefined ? size : packed.end - packed.start,
    offset,
    children: child === undefined ? [] : [child.name],
    hidden: false,
    rank,
  };
}

const ISSUES: Readonly<Record<ListedMember["access"], readonly ParseIssue[]>> = {
  none: [],
  stored: [],
  packed: [],
  encrypted: [{ kind: "encrypted", message: "the member is encrypted" }],
  split: [{ kind: "unsupported", message: "a part of the member lies in another volume" }],
};

function childOf(
  source: RandomSource,
  contents: LibraryContents,
  { access, size, packed, issues: own = [] }: ListedMember,
  { rank, name }: { readonly rank: number; readonly name: string },
): Child | undefined {
  const role = "member";
  if (access === "packed") {
    return { role, name, size, open: (governor) => contents.open(rank, name, governor) };
  }
  if (access === "none" || packed === undefined) {
    return undefined;
  }
  const child = sliceChild(source, role, name, packed);
  const issues = [...ISSUES[access], ...own];
  return {
    ...child,
    open: async (governor) => ({ ...(await child.open(governor)), issues }),
  };
}
