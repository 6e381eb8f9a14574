/**
 * What all archive-like formats have in common: members with names, kinds and links, and anomalies that
 * their readers met. Formats that are a special case of an archive extend this model, so that the
 * `archive/…` rules judge them too.
 */

import type { JsonValue } from "../kernel/rule.ts";
import type { Severity } from "../kernel/severity.ts";
import type { Implication } from "../kernel/verdict.ts";

export type EntryKind = "file" | "folder" | "symlink" | "hardlink" | "device" | "fifo" | "other";

/** What a Unix mode says a member is, where it is nothing that has content or leads to some (`S_IFMT`, POSIX). */
export function specialKind(mode: number): "device" | "fifo" | undefined {
  switch (mode & 0o170000) {
    case 0o020000:
    case 0o060000:
      return "device";
    case 0o010000:
    case 0o140000:
      return "fifo";
    default:
      return undefined;
  }
}

/** Whether a Unix mode is that of a symbolic link. */
export function isLinkMode(mode: number): boolean {
  return (mode & 0o170000) === 0o120000;
}

export interface ArchiveEntry {
  readonly name: string;
  /** Names that other readers would give it. */
  readonly otherNames: readonly string[];
  readonly kind: EntryKind;
  /** Where a link points, as written; undefined for what is no link. */
  readonly linkTarget: string | undefined;
  /** Unix mode; 0 where there is none. */
  readonly mode: number;
  /** As stated, unpacked; 0 where nothing tells. */
  readonly size: number;
  /** Bytes that it takes in the archive. */
  readonly packedSize: number;
  readonly offset: number;
  /** Names of the children that hold its content, most of the time one. */
  readonly children: readonly string[];
  /** Not in the directory that most readers use. */
  readonly hidden: boolean;
  /** Place in the directory: of two entries with one name, some readers take the one with the higher rank. */
  readonly rank: number;
}

/** Kinds are the ids of the rules that report them, without `archive/`. */
export type AnomalyKind =
  | "header-mismatch"
  | "hidden-entry"
  | "forged-encryption-flag"
  | "no-central-directory"
  | "multiple-directories"
  | "prefix-data"
  | "trailing-data"
  | "overlap"
  | "unsupported-method"
  | "encrypted";

/** One thing that is not as it should be, worded for a finding. */
export interface ArchiveAnomaly {
  readonly kind: AnomalyKind;
  readonly message: string;
  /** Its identity, without offsets. */
  readonly key: string;
  readonly offset?: number;
  readonly severity?: Severity;
  readonly implies?: Implication;
  readonly data?: Readonly<Record<string, JsonValue>>;
}

export interface ArchiveModel {
  /** `zip`, `tar` … */
  readonly container: string;
  /** Size of the archive. */
  readonly size: number;
  readonly entries: readonly ArchiveEntry[];
  readonly anomalies: readonly ArchiveAnomaly[];
}

/** Collects anomalies, a limited number of each kind: past it they are only counted. */
export class AnomalyList {
  readonly list: ArchiveAnomaly[] = [];
  readonly #limit: number;
  readonly #counts = new Map<AnomalyKind, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds what `make` gives, which is not called past the limit. */
  add(kind: AnomalyKind, make: () => Omit<ArchiveAnomaly, "kind">): void {
    const count = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, count + 1);
    if (count < this.#limit) {
      this.list.push({ kind, ...make() });
    } else if (count === this.#limit) {
      this.list.push({
        kind,
        message: "there are more of this kind, which are not listed",
        key: "more",
      });
    }
  }
}

/** Gives every child of an archive a name of its own: `a.bin`, then `a.bin#2`. */
export class ChildNames {
  readonly #used = new Map<string, number>();

  take(name: string): string {
    const count = (this.#used.get(name) ?? 0) + 1;
    this.#used.set(name, count);
    if (count === 1) {
      return name;
    }
    // `a#2` may be the name of another member.
    const numbered = `${name}#${count}`;
    return this.#used.has(numbered) ? this.take(name) : this.take(numbered);
  }
}
