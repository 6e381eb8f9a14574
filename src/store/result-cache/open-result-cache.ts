/**
 * Results of scans in a folder of the user's own, one file for each folder that was scanned. Whoever can write to it
 * can forge verdicts, so it is refused where others may, and files that are not the user's are not read.
 *
 * Files are written beside their place and renamed into it. Two scans at once are both right: the last one is kept.
 */

import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { CachedFolder, ResultCache } from "../../kernel/result-cache.ts";
import { readSegment, SegmentEntry, writeSegment } from "./segment.ts";
import type { SegmentEntries } from "./segment.ts";

const MILLISECONDS = 86_400_000;
/** Days after which a result that nobody used is dropped. */
const KEPT_DAYS = 30;
/** Segments that nobody used for so long are removed where all of them together are larger than this. */
const MAX_BYTES = 256 * 1024 * 1024;
/**
 * File systems stamp times with a clock that stands still for a while (2 s on FAT). A file that changed shortly before
 * it was read may change again under the same stamp.
 */
const CLOCK_STEP = 2000;
/** Reports larger than this are made again instead of kept. */
const MAX_RESULT = 1024 * 1024;
const SUFFIX = ".results";

interface OpenSegment {
  readonly path: string;
  readonly subject: string;
  readonly entries: SegmentEntries;
  /** Whether it has to be written. */
  changed: boolean;
}

export interface ResultCacheOptions {
  /** Made where it is not there. */
  readonly folder: string;
  readonly trustsState: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Throws `AppError` where the folder cannot be made, or is not the user's alone. */
export function openResultCache({ folder, trustsState, now }: ResultCacheOptions): ResultCache {
  prepare(folder);
  const today = Math.floor(now / MILLISECONDS);
  const segments: OpenSegment[] = [];
  return {
    trustsState,
    folder(name, scope) {
      const segment = openSegment(folder, JSON.stringify([name, scope]));
      segments.push(segment);
      return cachedFolder(segment, today, now);
    },
    close() {
      try {
        const changed = segments.filter((segment) => segment.changed);
        for (const segment of changed) {
          save(segment, today);
        }
        if (changed.length > 0) {
          prune(folder, now);
        }
        return undefined;
      } catch (error) {
        return `the results could not be kept in ${folder}: ${errorMessage(error)}`;
      }
    },
  };
}

function cachedFolder(segment: OpenSegment, today: number, now: number): CachedFolder {
  const { entries } = segment;
  return {
    find(path) {
      const entry = entries.get(path);
      if (entry !== undefined && entry.day !== today) {
        entries.set(path, entry.usedOn(today));
        segment.changed = true;
      }
      return entry;
    },
    store(path, { state, digest, result }) {
      const isTold = state !== undefined && state.changed < now - CLOCK_STEP;
      const key = isTold ? state.key : null;
      const entry = new SegmentEntry([path, key, today, digest ?? null, result]);
      const old = entries.get(path);
      if (old?.text === entry.text) {
        return;
      }
      if (entry.text.length <= MAX_RESULT) {
        entries.set(path, entry);
        segment.changed = true;
      } else {
        segment.changed = entries.delete(path) || segment.changed;
      }
    },
  };
}

function prepare(folder: string): void {
  let stat: Stats;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    stat = statSync(folder);
  } catch (error) {
    throw new AppError("USAGE", `cannot keep results in ${folder}: ${errorMessage(error)}`, {
      hint: "give another folder: --cache-dir DIR",
      cause: error,
    });
  }
  if (!isOwn(stat)) {
    throw new AppError("USAGE", `others may write to ${folder}, and so forge results`, {
      hint: `chmod 700 ${folder}, or give a folder of your own: --cache-dir DIR`,
    });
  }
}

/** Whether only the user may write to it. Where there are no such modes, the system's own folders see to it. */
function isOwn({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** As it is written here, and as nothing is that came along with a download. */
function isPrivate({ mode }: Stats): boolean {
  return process.getuid === undefined || (mode & 0o077) === 0;
}

function openSegment(folder: string, subject: string): OpenSegment {
  const name = createHash("sha256").update(subject).digest("hex").slice(0, 32);
  const path = join(folder, `${name}${SUFFIX}`);
  return { path, subject, entries: load(path, subject) ?? new Map(), changed: false };
}

/** Whatever is wrong with it, it is as if it were not there. */
function load(path: string, subject: string): SegmentEntries | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const stat = fstatSync(fd);
      return stat.isFile() && isOwn(stat) && isPrivate(stat) && stat.size <= MAX_BYTES
        ? readSegment(subject, readFileSync(fd))
        : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function save({ path, subject, entries }: OpenSegment, today: number): void {
  for (const [name, { day }] of entries) {
    if (today - day > KEPT_DAYS) {
      entries.delete(name);
    }
  }
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, writeSegment(subject, entries), { mode: 0o600, flag: "wx" });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function prune(folder: string, now: number): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .flatMap((name) => {
      const path = join(folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ path, size: stat.size, used: stat.mtimeMs }];
    });
  if (files.reduce((sum, { size }) => sum + size, 0) <= MAX_BYTES) {
    return;
  }
  for (const { path, used } of files) {
    if (now - used > KEPT_DAYS * MILLISECONDS) {
      rmSync(path, { force: true });
    }
  }
}
