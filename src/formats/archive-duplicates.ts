/** Members that share a name, as readers and file systems compare names. */

import type { Evidence } from "../kernel/rule.ts";
import { quote } from "../kernel/text.ts";
import { canonicalName } from "./archive-names.ts";
import type { ArchiveEntry, ArchiveModel } from "./archive.ts";

/** One piece of evidence for each name that comes more than once. */
export function* duplicates({ entries, container }: ArchiveModel): Generator<Evidence, void, void> {
  const first = new Map<string, ArchiveEntry>();
  const folded = new Map<string, ArchiveEntry>();
  const groups = new Map<ArchiveEntry, ArchiveEntry[]>();
  for (const entry of entries) {
    if (entry.hidden || entry.kind === "folder") {
      continue;
    }
    const name = canonicalName(entry.name);
    const same = first.get(name);
    if (same !== undefined) {
      const group = groups.get(same);
      if (group === undefined) {
        groups.set(same, [same, entry]);
      } else {
        group.push(entry);
      }
      continue;
    }
    first.set(name, entry);
    const lower = name.toLowerCase();
    const alike = folded.get(lower);
    if (alike === undefined) {
      folded.set(lower, entry);
    } else {
      yield caseEvidence(alike, entry);
    }
  }
  for (const group of groups.values()) {
    yield groupEvidence(group, container);
  }
}

function caseEvidence(one: ArchiveEntry, other: ArchiveEntry): Evidence {
  return {
    message: `${quote(one.name)} and ${quote(other.name)} are one file where case does not count`,
    key: `case:${one.name}`,
    offset: other.offset,
    severity: "low",
    implies: "none",
  };
}

function groupEvidence(group: readonly ArchiveEntry[], container: string): Evidence {
  const ranked = group.toSorted((a, b) => a.rank - b.rank);
  const name = ranked[0]?.name ?? "";
  const data = {
    first: ranked[0]?.children[0] ?? name,
    last: ranked.at(-1)?.children[0] ?? name,
    count: group.length,
  };
  const offset = ranked.at(-1)?.offset ?? 0;
  const message = `${group.length} members are called ${quote(name)}`;
  if (container === "zip") {
    const choice = `Python takes the last of them (${quote(data.last)}), other readers the first (${quote(data.first)})`;
    return { message: `${message}; ${choice}`, key: name, offset, data };
  }
  // Appending a newer version is what tar is made for, and every reader unpacks them in order.
  return { message, key: name, offset, data, severity: "low", implies: "none" };
}
