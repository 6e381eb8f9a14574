/**
 * The `archive/…` rules: over names and links of the members, over sizes, and over the anomalies that
 * the readers of the archive formats met.
 */

import type { Evidence, Rule, RuleInfo } from "../kernel/rule.ts";
import { formatBytes, quote } from "../kernel/text.ts";
import { duplicates } from "./archive-duplicates.ts";
import { LinkMap } from "./archive-links.ts";
import type { LinkEnd } from "./archive-links.ts";
import { nameProblem } from "./archive-names.ts";
import type { NameProblem } from "./archive-names.ts";
import { ARCHIVE_RULE_INFO } from "./archive-rule-info.ts";
import type { AnomalyKind, ArchiveEntry, ArchiveModel } from "./archive.ts";

type ArchiveRule = Rule<ArchiveModel>;

const NAME_PROBLEMS: Readonly<
  Record<NameProblem, { what: string; severity?: Evidence["severity"] }>
> = {
  absolute: { what: "is an absolute path" },
  drive: { what: "names a Windows drive" },
  "drive-relative": { what: "names a drive on Windows", severity: "low" },
  "network-path": { what: "is a network path" },
  parent: { what: "climbs out of the folder it is unpacked in" },
  nul: { what: "has a NUL in it, where some readers end it" },
  encoded: { what: "has an encoded `..` or separator in it", severity: "medium" },
  "inner-parent": { what: "has `..` in it", severity: "medium" },
  stripped: { what: "ends in a dot or a blank that Windows strips", severity: "medium" },
  "device-name": { what: "is the name of a device on Windows", severity: "low" },
};

const pathTraversal: ArchiveRule = {
  ...ARCHIVE_RULE_INFO.pathTraversal,
  *evaluate({ entries }) {
    for (const entry of entries) {
      for (const name of [entry.name, ...entry.otherNames]) {
        const problem = nameProblem(name);
        if (problem !== undefined) {
          const { what, severity } = NAME_PROBLEMS[problem];
          yield {
            message: `the name ${quote(name)} ${what}`,
            key: `${problem}:${name}`,
            offset: entry.offset,
            ...(severity === undefined ? {} : { severity }),
            // Arrays are called `aux` and `W:0` by people who never saw Windows.
            ...(severity === "low" ? { implies: "none" as const } : {}),
          };
        }
      }
    }
  },
};

const linkEscape: ArchiveRule = {
  ...ARCHIVE_RULE_INFO.linkEscape,
  *evaluate({ entries }) {
    const links = new LinkMap();
    for (const { kind, name, linkTarget } of entries) {
      if (kind === "symlink" && linkTarget !== undefined) {
        links.add(name, linkTarget);
      }
    }
    for (const entry of entries) {
      const evidence = linkEvidence(entry, links);
      if (evidence !== undefined) {
        yield evidence;
      }
    }
  },
};

function linkEvidence(entry: ArchiveEntry, links: LinkMap): Evidence | undefined {
  const { name, linkTarget, kind, offset } = entry;
  if (linkTarget !== undefined) {
    const end = kind === "hardlink" ? links.resolve(linkTarget) : links.follow(name, linkTarget);
    const message = `the ${kind === "hardlink" ? "hard" : "symbolic"} link ${quote(name)} points to ${quote(linkTarget)}`;
    const key = `${kind}:${name}:${linkTarget}`;
    return { message: `${message}${SUFFIX[end]}`, key, offset, ...weight(end) };
  }
  const through = links.size === 0 ? undefined : links.through(name);
  return through === undefined
    ? undefined
    : {
        message: `${quote(name)} is unpacked through a symbolic link${SUFFIX[through]}`,
        key: `through:${name}`,
        offset,
        ...(through === "outside" ? {} : { severity: "medium" as const }),
      };
}

const SUFFIX: Readonly<Record<LinkEnd, string>> = {
  inside: ", inside the archive",
  outside: ", outside of the folder it is unpacked in",
  loop: ", in a circle",
};

function weight(end: LinkEnd): Pick<Evidence, "severity" | "implies"> {
  switch (end) {
    case "outside":
      return {};
    case "loop":
      return { severity: "medium" };
    default:
      return { severity: "info", implies: "none" };
  }
}

const specialFile: ArchiveRule = {
  ...ARCHIVE_RULE_INFO.specialFile,
  *evaluate({ entries }) {
    for (const { kind, mode, name, offset } of entries) {
      const what = specialKind(kind, mode);
      if (what !== undefined) {
        yield { message: `${quote(name)} is ${what}`, key: `${what}:${name}`, offset };
      }
    }
  },
};

function specialKind(kind: ArchiveEntry["kind"], mode: number): string | undefined {
  if (kind === "device") {
    return "a device";
  }
  if (kind === "fifo") {
    return "a FIFO or a socket";
  }
  if (kind === "file" && (mode & 0o6000) !== 0) {
    return "set to run with its owner's rights";
  }
  return undefined;
}

const duplicateEntry: ArchiveRule = {
  ...ARCHIVE_RULE_INFO.duplicateEntry,
  *evaluate(model) {
    yield* duplicates(model);
  },
};

const RATIO = 100;
const LARGE = 64 * 1024 * 1024;

const expansion: ArchiveRule = {
  ...ARCHIVE_RULE_INFO.expansion,
  *evaluate({ entries, size }) {
    let total = 0;
    for (const entry of entries) {
      total += entry.size;
      if (entry.size > LARGE && entry.size > RATIO * entry.packedSize) {
        const sizes = `${formatBytes(entry.packedSize)} unpack to ${formatBytes(entry.size)}`;
        yield { message: `${quote(entry.name)}: ${sizes}`, key: entry.name, offset: entry.offset };
      }
    }
    if (total > LARGE && total > RATIO * size) {
      yield { message: `${formatBytes(size)} unpack to ${formatBytes(total)}`, key: "total" };
    }
  },
};

/** A rule that reports what the reader of the archive noticed. */
function anomalyRule(kind: AnomalyKind, info: RuleInfo): ArchiveRule {
  return {
    ...info,
    *evaluate({ anomalies }) {
      for (const { kind: found, ...evidence } of anomalies) {
        if (found === kind) {
          yield evidence;
        }
      }
    },
  };
}

export const archiveRules: readonly ArchiveRule[] = [
  pathTraversal,
  linkEscape,
  specialFile,
  anomalyRule("header-mismatch", ARCHIVE_RULE_INFO.headerMismatch),
  anomalyRule("hidden-entry", ARCHIVE_RULE_INFO.hiddenEntry),
  duplicateEntry,
  anomalyRule("forged-encryption-flag", ARCHIVE_RULE_INFO.forgedEncryptionFlag),
  anomalyRule("no-central-directory", ARCHIVE_RULE_INFO.noCentralDirectory),
  anomalyRule("multiple-directories", ARCHIVE_RULE_INFO.multipleDirectories),
  anomalyRule("prefix-data", ARCHIVE_RULE_INFO.prefixData),
  anomalyRule("trailing-data", ARCHIVE_RULE_INFO.trailingData),
  anomalyRule("overlap", ARCHIVE_RULE_INFO.overlap),
  expansion,
  anomalyRule("unsupported-method", ARCHIVE_RULE_INFO.unsupportedMethod),
  anomalyRule("encrypted", ARCHIVE_RULE_INFO.encrypted),
];
