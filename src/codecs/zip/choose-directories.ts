/**
 * Decides which of the directories that end records claim are really there. CPython takes the last
 * end record; others want its comment to fit, or follow other fields of it. Each directory that one of
 * them could end up with is read, except those of an archive that is a member of this one or lies
 * before it: that is an archive of its own.
 */

import type { HeaderWindow } from "../../bytes/header-window.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { readCentralDirectory } from "./central-directory.ts";
import type { CentralEntry } from "./central-directory.ts";
import { claimsOf, contradictsZip64, weigh } from "./end-record.ts";
import type { DirectoryClaim, EndRecord } from "./end-record.ts";
import { readLocalHeader } from "./local-header.ts";
import type { ZipDirectory, ZipProblem } from "./zip-archive.ts";

export interface LoadedDirectory extends ZipDirectory {
  readonly entries: readonly CentralEntry[];
  /** There are more entries than may be read. */
  readonly cut: boolean;
}

/** More are never read: every further one is a repetition of the same trick. */
const MOST = 8;

export interface Chosen {
  /** In order of preference. */
  readonly directories: LoadedDirectory[];
  readonly problems: ZipProblem[];
}

/**
 * Reads the directories of `records` (in the order of the file).
 *
 * @param grant asks for a number of entries and gives how many there may be.
 */
export function chooseDirectories(
  source: RandomSource,
  window: HeaderWindow,
  records: readonly EndRecord[],
  grant: (entries: number) => number,
): Chosen {
  const chosen: Chosen = { directories: [], problems: [] };
  const { directories, problems } = chosen;
  let isForeign: ((record: EndRecord) => boolean) | undefined;
  for (const record of records.toReversed()) {
    const [primary] = directories;
    if (primary !== undefined) {
      isForeign ??= foreignTest(window, primary);
      if (isForeign(record)) {
        continue;
      }
    }
    for (const claim of soundClaims(window, record, directories)) {
      if (directories.length < MOST) {
        directories.push(load(source, claim, grant, problems));
      }
    }
  }
  const [primary] = directories;
  if (directories.length > 1 && primary !== undefined) {
    problems.push({
      kind: "directories",
      offset: primary.claim.record.offset,
      count: directories.length,
    });
  } else if (primary !== undefined && contradictsZip64(primary.claim.record)) {
    problems.push({ kind: "zip64-end", offset: primary.claim.record.offset });
  }
  reportDeadEnds(records, primary, problems);
  return chosen;
}

/** The claims of a record that lead to a directory which is not known yet. */
function soundClaims(
  window: HeaderWindow,
  record: EndRecord,
  known: readonly LoadedDirectory[],
): DirectoryClaim[] {
  const strong: DirectoryClaim[] = [];
  let weak: DirectoryClaim | undefined;
  for (const claim of claimsOf(record)) {
    const isKnown = known.some(
      (directory) => directory.claim.start === claim.start && directory.claim.base === claim.base,
    );
    if (isKnown) {
      continue;
    }
    const weight = weigh(window, claim);
    if (weight === "strong") {
      strong.push(claim);
    } else if (weight === "weak") {
      weak ??= claim;
    }
  }
  // A directory whose offsets lead nowhere counts only where there is no better one.
  return strong.length === 0 && weak !== undefined && known.length === 0 ? [weak] : strong;
}

function load(
  source: RandomSource,
  claim: DirectoryClaim,
  grant: (entries: number) => number,
  problems: ZipProblem[],
): LoadedDirectory {
  const { entries, end, cut } = readCentralDirectory(source, claim, grant);
  const sizeEnd = claim.start + claim.size;
  const found = entries.length;
  const withinSize =
    end <= sizeEnd ? found : entries.filter(({ position }) => position < sizeEnd).length;
  if (cut) {
    problems.push({ kind: "limit", offset: end });
  } else if (found !== claim.entries || withinSize !== found || end < sizeEnd) {
    // Writers without ZIP64 count 65,536 entries as 0, and every reader copes.
    const wraps =
      claim.record.zip64.length === 0 && found % 0x10000 === claim.entries && end === sizeEnd;
    if (!wraps) {
      problems.push({
        kind: "count",
        offset: claim.start,
        stated: claim.entries,
        found,
        withinSize,
      });
    }
  }
  return { claim, found, withinSize, end, entries, cut };
}

/** Tells whether an end record belongs to another archive: one that is a member, or that lies before. */
function foreignTest(
  window: HeaderWindow,
  directory: LoadedDirectory,
): (record: EndRecord) => boolean {
  const sorted = directory.entries.toSorted((a, b) => a.offset - b.offset);
  const start = sorted[0]?.offset ?? directory.claim.start;
  const closesFile = directory.claim.record.announcedEnd === window.size;
  return (record) => {
    if (record.announcedEnd <= start) {
      return true;
    }
    // Where this directory's own record does not close the file and the other does, readers may differ.
    if (!closesFile && record.announcedEnd === window.size) {
      return false;
    }
    const entry = lastBefore(sorted, record.offset);
    const local = entry === undefined ? undefined : readLocalHeader(window, entry.offset);
    return (
      entry !== undefined &&
      local !== undefined &&
      record.offset >= local.dataStart &&
      record.offset < local.dataStart + entry.compressedSize
    );
  };
}

/** The last entry at or before a position. */
function lastBefore(sorted: readonly CentralEntry[], position: number): CentralEntry | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]!.offset <= position) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return sorted[low - 1];
}

function reportDeadEnds(
  records: readonly EndRecord[],
  primary: LoadedDirectory | undefined,
  problems: ZipProblem[],
): void {
  const used = primary?.claim.record.offset ?? -1;
  const dead = records.find(({ offset }) => offset > used);
  if (dead !== undefined) {
    problems.push({ kind: "dead-end-record", offset: dead.offset });
  }
  if (primary !== undefined && primary.claim.record.announcedEnd > primary.claim.record.end) {
    problems.push({ kind: "comment-cut", offset: primary.claim.record.offset });
  }
  if (primary !== undefined && primary.claim.record.disk !== 0) {
    const isZip64 = primary.claim.record.zip64.length > 0 && primary.claim.record.disk === 0xffff;
    if (!isZip64) {
      problems.push({ kind: "split", offset: primary.claim.record.offset });
    }
  }
}
