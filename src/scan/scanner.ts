/**
 * The scan of whole trees: walk, scan each file, report in the order of the walk. Files go to a pool of
 * workers where there is one and enough work for it; without one the scan runs where it stands.
 */

import { FORMATS } from "../formats/registry.ts";
import { AppError } from "../kernel/errors.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { ScanPool } from "../kernel/pool.ts";
import type { FileReport, Finding, Report, Subject } from "../kernel/report.ts";
import type { LocatedTables } from "../kernel/tables.ts";
import type { Tree } from "../kernel/tree.ts";
import { NO_USER_NAMES } from "../machines/pickle/names/user-name.ts";
import { Channel } from "./channel.ts";
import type { ScanEvent, ScanOptions } from "./events.ts";
import { foundConfigurations } from "./configurations.ts";
import { makeFinding } from "./finding.ts";
import type { Memory } from "./remember.ts";
import { scanFile, unreadableReport } from "./scan-file.ts";
import { scanRemote } from "./scan-remote.ts";
import type { FileScanner } from "./scan-file.ts";
import type { Suppressor } from "./suppress.ts";
import { retakeTables } from "./retake-tables.ts";
import { TableStore } from "./table-store.ts";
import { makeReport, subjectVerdict } from "./totals.ts";
import { TOOL } from "./version.ts";
import { walk } from "./walk.ts";
import type { Walked } from "./walk.ts";

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

interface SubjectState {
  readonly tree: Tree;
  /** Its place among the subjects. */
  readonly index: number;
  /** In the order of the walk; undefined until its file is scanned. */
  readonly reports: (FileReport | undefined)[];
  readonly findings: Finding[];
  readonly tables: TableStore;
}

type Walkable = Exclude<Walked, { kind: "finding" }>;

/** Something to scan, and where its report goes. */
interface Entry {
  readonly walked: Walkable;
  readonly state: SubjectState;
  readonly index: number;
}

/** Scans trees, all of them with one pool. The last event is the report, also when the user gave up. */
export async function* scan(
  trees: readonly Tree[],
  options: ScanOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  const subjects = trees.map((tree, index): SubjectState => ({
    tree,
    index,
    reports: [],
    findings: [],
    tables: new TableStore(),
  }));
  const suppressor = await openSuppressor(options);
  const memory = await openMemory(options);
  let interrupted = false;
  try {
    yield* scanSubjects(subjects, options, suppressor, memory);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "ABORTED")) {
      throw error;
    }
    interrupted = true;
  }
  const problem = options.cache?.close();
  if (problem !== undefined) {
    yield { kind: "note", message: problem };
  }
  const report = await assemble(subjects, options, suppressor, interrupted);
  const tables = subjects.map(({ tables: store, reports }) =>
    store.of(reports.flatMap((file) => (file === undefined ? [] : [file.path]))),
  );
  yield { kind: "report", report, interrupted, tables };
}

/** Loaded only where there is something to suppress. */
async function openSuppressor({
  suppressions = [],
  today,
}: ScanOptions): Promise<Suppressor | undefined> {
  return suppressions.length === 0
    ? undefined
    : (await import("./suppress.ts")).makeSuppressor(suppressions, today);
}

/** A trace is made by scanning, and never kept. */
async function openMemory(options: ScanOptions): Promise<Memory | undefined> {
  const { cache, trace } = options;
  return cache === undefined || trace !== undefined
    ? undefined
    : (await import("./remember.ts")).makeMemory(cache, options);
}

async function assemble(
  states: readonly SubjectState[],
  options: ScanOptions,
  suppressor: Suppressor | undefined,
  interrupted: boolean,
): Promise<Report> {
  const { quick = false, full = false, configurations = [] } = options;
  const { judgeTree } = await import("./subject-rules/judge-subject.ts");
  const wholes = states.map((state) => judgeTree(state, options, interrupted));
  const judged = states.map(({ tree, index, findings }) => {
    const all = [...findings, ...(wholes[index]?.findings ?? [])];
    return suppressor?.findings(index, tree.ref, all) ?? all;
  });
  const subjects = states.map(({ tree, index, reports }): Subject => {
    const files = reports.filter((report) => report !== undefined);
    const findings = [
      ...(judged[index] ?? []),
      ...(suppressor?.about(index, tree.ref, !interrupted) ?? []),
    ];
    const told = configurations.filter(({ subject }) => subject === tree.ref);
    const found = foundConfigurations(told, files);
    return {
      kind: tree.kind,
      ref: tree.ref,
      ...(tree.revision === undefined ? {} : { revision: tree.revision }),
      verdict: subjectVerdict(files, findings),
      files,
      findings,
      ...(quick || (tree.isRemote === true && !full) ? { quick: true } : {}),
      ...(found.length === 0 ? {} : { configurations: found }),
      notRun: [
        ...new Set([
          ...files.flatMap(({ notRun = [] }) => notRun),
          ...(wholes[index]?.notRun ?? []),
        ]),
      ].sort(),
    };
  });
  return makeReport(TOOL, subjects);
}

async function* scanSubjects(
  subjects: readonly SubjectState[],
  options: ScanOptions,
  suppressor: Suppressor | undefined,
  memory: Memory | undefined,
): AsyncGenerator<ScanEvent> {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const state of subjects) {
    for await (const entry of walkSubject(state, options)) {
      entries.push(entry);
      bytes += entry.walked.file.size ?? 0;
    }
  }
  yield { kind: "plan", files: entries.length, bytes };
  const rest: Entry[] = [];
  for (const entry of entries) {
    const report = memory === undefined ? undefined : recallUnread(entry, memory);
    if (report === undefined) {
      rest.push(entry);
    } else {
      bytes -= entry.walked.file.size ?? 0;
      await retakeTables(entry.walked.file, report, entry.state.tables, options);
      yield finish(entry, report, suppressor);
    }
  }
  for await (const done of scanEntries(rest, bytes, options, memory)) {
    if (done.kind === "progress") {
      yield done;
      continue;
    }
    const { entry, report } = done;
    yield finish(entry, report, suppressor);
    yield { kind: "progress", file: report.path, bytes: report.size };
  }
}

function recallUnread({ walked, state }: Entry, memory: Memory): FileReport | undefined {
  return isRemembered(walked) ? memory.recallUnread(state.tree, walked.file)?.report : undefined;
}

/** What is compared with digests that somebody states is looked at each time. */
function isRemembered({ kind, file }: Walkable): boolean {
  return kind === "file" && file.problem === undefined && file.stated === undefined;
}

/** A file is done: its place in the report, and what is told of it. */
function finish(
  { state, index }: Entry,
  scanned: FileReport,
  suppressor: Suppressor | undefined,
): ScanEvent {
  const report = suppressor?.file(state.index, scanned) ?? scanned;
  state.reports[index] = report;
  return { kind: "file", subject: state.tree.ref, report };
}

async function* walkSubject(state: SubjectState, options: ScanOptions): AsyncGenerator<Entry> {
  const { tree, findings } = state;
  let index = 0;
  for await (const walked of walk(tree, options)) {
    if (walked.kind === "finding") {
      findings.push(makeFinding(walked.rule, walked.evidence, tree.ref));
    } else {
      yield { walked, state, index };
      index += 1;
    }
  }
  if (index === 0) {
    throw new AppError("NOTHING_TO_SCAN", `${tree.ref}: nothing to scan`, {
      hint: "the folder is empty, or no file in it matches --include and --exclude",
    });
  }
}

type Done =
  | { readonly kind: "file"; readonly entry: Entry; readonly report: FileReport }
  | { readonly kind: "progress"; readonly file: string; readonly bytes: number };

/** Scans entries, several at a time where that pays off; reports come as they are ready. */
async function* scanEntries(
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
        if (memory !== undefined) {
          await retakeTables(entry.walked.file, report, entry.state.tables, options);
        }
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
  const isLocal = entries.some(({ state }) => state.tree.isRemote !== true);
  const size = isLocal || full === true ? Math.min(jobs, entries.length) : 1;
  // Of large files a quick scan reads next to nothing.
  const enough = (bytes >= POOL_BYTES && !quick) || (size > 1 && entries.length >= POOL_FILES);
  const isRemote = entries.some(({ state }) => state.tree.isRemote === true);
  const isUseful = isRemote || (jobs > 1 && enough);
  return open === undefined || !isUseful || trace !== undefined
    ? undefined
    : open({ limits, knownNames: userNames, requireWeightsOnly }, size);
}

/** As many files are worked at as there are workers; files that are fetched wait for the network meanwhile. */
function widthOf(entries: readonly Entry[], pool: ScanPool | undefined): number {
  const isRemote = entries.some(({ state }) => state.tree.isRemote === true);
  return isRemote ? Math.max(REMOTE_WIDTH, pool?.size ?? 1) : (pool?.size ?? 1);
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
  const onTables = (tables: readonly LocatedTables[]) => state.tables.add(file.path, tables);
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
    return { report: await scanUnlessKnown(known) };
  });
  return result.report;
}

function checkAborted({ signal }: ScanOptions): void {
  if (signal?.aborted === true) {
    throw new AppError("ABORTED", "interrupted");
  }
}
