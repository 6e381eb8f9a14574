/**
 * Which files are scanned when, and by whom: by a pool of workers where there is one and enough work for it, else
 * where the scan stands.
 */

import { FORMATS } from "../formats/registry.ts";
import { AppError } from "../kernel/errors.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { ScanPool } from "../kernel/pool.ts";
import type { FileReport } from "../kernel/report.ts";
import type { LocatedTables } from "../kernel/tables.ts";
import { NO_USER_NAMES } from "../machines/pickle/names/user-name.ts";
import { Channel } from "./channel.ts";
import type { ScanOptions } from "./events.ts";
import { makeFinding } from "./finding.ts";
import type { Memory } from "./remember.ts";
import { retakeTables, withTables } from "./retake-tables.ts";
import { scanFile, unreadableReport } from "./scan-file.ts";
import type { FileScanner } from "./scan-file.ts";
import { scanRemote } from "./scan-remote.ts";
import { isRemembered } from "./subject-state.ts";
import type { Entry } from "./subject-state.ts";

/** Progress of one large file is told at most once for this many bytes. */
const PROGRESS_STEP = 32 * 1024 * 1024;
/**
 * Starting threads costs some 50 ms: they need this many bytes, or this many files, to pay off. A single file of
 * that size gets a thread as well, whose end would not be the program's.
 */
const POOL_BYTES = 48 * 1024 * 1024;
const POOL_FILES = 4000;
/** Files of a remote tree that are opened at a time, so that one is fetched while another is scanned. */
const REMOTE_WIDTH = 8;

export type Done =
  | { readonly kind: "file"; readonly entry: Entry; readonly report: FileReport }
  | { readonly kind: "progress"; readonly file: string; readonly bytes: number };

/** Scans entries, several at a time where that pays off; reports come as they are ready. */
export async function* scanEntries(
  entries: readonly Entry[],
  bytes: number,
  options: ScanOptions,
  memory: Memory | undefined,
): AsyncGenerator<Done> {
  if (entries.length === 0) {
    return;
  }
  const channel = new Channel<Done>();
  const scanner = makeScanner(options, channel);
  const pool = await openPool(entries, bytes, options, scanner);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < entries.length) {
      checkAborted(options);
      const entry = entries[next];
      next += 1;
      if (entry !== undefined) {
        const report = await scanEntry(entry, { scanner, pool, channel, memory });
        channel.push({ kind: "file", entry, report });
      }
      if (pool === undefined) {
        // Lets the receiver see each file before the next one starts.
        await channel.drained();
      }
    }
  };
  const workers = Array.from({ length: widthOf(entries, pool) }, work);
  void Promise.all(workers).then(
    () => channel.end(),
    (error: unknown) => channel.fail(error),
  );
  try {
    yield* channel.items(options.signal);
  } finally {
    await pool?.close();
  }
}

async function openPool(
  entries: readonly Entry[],
  bytes: number,
  { jobs = 1, openPool: open, trace, full }: ScanOptions,
  { limits, userNames, requireWeightsOnly = false, quick = false }: FileScanner,
): Promise<ScanPool | undefined> {
  // What is fetched by ranges keeps one worker waiting for the network, and two no less.
  const isLocal = !entries.every(isRemote);
  const size = isLocal || full === true ? Math.min(jobs, entries.length) : 1;
  // Of large files a quick scan reads next to nothing.
  const enough = (bytes >= POOL_BYTES && !quick) || (size > 1 && entries.length >= POOL_FILES);
  const isUseful = entries.some(isRemote) || (jobs > 1 && enough);
  return open === undefined || !isUseful || trace !== undefined
    ? undefined
    : open({ limits, knownNames: userNames, requireWeightsOnly }, size);
}

/** As many files are worked at as there are workers; files that are fetched wait for the network meanwhile. */
function widthOf(entries: readonly Entry[], pool: ScanPool | undefined): number {
  const size = pool?.size ?? 1;
  return entries.some(isRemote) ? Math.max(REMOTE_WIDTH, size) : size;
}

function isRemote({ state }: Entry): boolean {
  return state.tree.isRemote === true;
}

function makeScanner(options: ScanOptions, channel: Channel<Done>): FileScanner {
  let told = 0;
  return {
    formats: FORMATS,
    userNames: options.knownNames ?? NO_USER_NAMES,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    ...(options.trace === undefined ? {} : { trace: options.trace }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    requireWeightsOnly: options.requireWeightsOnly === true,
    quick: options.quick === true,
    full: options.full === true,
    onProgress: (file, bytes) => {
      if (bytes - told >= PROGRESS_STEP || bytes < told) {
        told = bytes;
        channel.push({ kind: "progress", file, bytes });
      }
    },
  };
}

interface Run {
  readonly scanner: FileScanner;
  readonly pool: ScanPool | undefined;
  readonly channel: Channel<Done>;
  readonly memory: Memory | undefined;
}

async function scanEntry(
  { walked, state }: Entry,
  { scanner, pool, channel, memory }: Run,
): Promise<FileReport> {
  const { file } = walked;
  if (walked.kind === "refused") {
    const finding = makeFinding(walked.rule, walked.evidence, file.path);
    return unreadableReport(file.path, "unreadable", "", [finding], "suspicious");
  }
  if (file.problem !== undefined) {
    return unreadableReport(file.path, "unreadable", file.problem);
  }
  const onProgress = (bytes: number) => channel.push({ kind: "progress", file: file.path, bytes });
  let taken: readonly LocatedTables[] = [];
  const onTables = (tables: readonly LocatedTables[]) => {
    taken = tables;
    state.tables.add(file.path, tables);
  };
  if (state.tree.isRemote === true) {
    return await scanRemote(file, scanner, pool, { onProgress, onTables });
  }
  const { path, ref, stated } = file;
  function scanUnlessKnown(known?: string): Promise<FileReport> {
    const job = {
      path,
      ...(stated === undefined ? {} : { stated }),
      ...(known === undefined ? {} : { known }),
    };
    return pool === undefined || ref === undefined
      ? scanFile(
          { ...job, open: () => file.open() },
          { ...scanner, onTables: (_, tables) => onTables(tables) },
        )
      : pool.run({ ...job, ref, quick: scanner.quick === true }, { onProgress, onTables });
  }
  if (memory === undefined || !isRemembered(walked)) {
    return await scanUnlessKnown();
  }
  const result = await memory.recall(state.tree, file, async (known) => {
    return withTables(await scanUnlessKnown(known), taken);
  });
  await retakeTables(file, result, state.tables, scanner);
  return result.report;
}

function checkAborted({ signal }: ScanOptions): void {
  if (signal?.aborted === true) {
    throw new AppError("ABORTED", "interrupted");
  }
}
