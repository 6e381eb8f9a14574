/** The scan of whole trees: walk, take what is remembered, scan the rest, report in the order of the walk. */

import { AppError } from "../kernel/errors.ts";
import type { FileReport } from "../kernel/report.ts";
import type { CachedResult } from "../kernel/result-cache.ts";
import type { Tree } from "../kernel/tree.ts";
import { assemble } from "./assemble.ts";
import type { ScanEvent, ScanOptions } from "./events.ts";
import { makeFinding } from "./finding.ts";
import type { Memory } from "./remember.ts";
import { retakeTables } from "./retake-tables.ts";
import { scanEntries } from "./schedule.ts";
import { isRemembered } from "./subject-state.ts";
import type { Entry, SubjectState } from "./subject-state.ts";
import type { Suppressor } from "./suppress.ts";
import { TableStore } from "./table-store.ts";
import { walk } from "./walk.ts";

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
    const result = memory === undefined ? undefined : recallUnread(entry, memory);
    if (result === undefined) {
      rest.push(entry);
    } else {
      bytes -= entry.walked.file.size ?? 0;
      await retakeTables(entry.walked.file, result, entry.state.tables, options);
      yield finish(entry, result.report, suppressor);
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

function recallUnread({ walked, state }: Entry, memory: Memory): CachedResult | undefined {
  return isRemembered(walked) ? memory.recallUnread(state.tree, walked.file) : undefined;
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
