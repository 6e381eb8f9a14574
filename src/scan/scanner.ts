/**
 * The scan of whole trees: walk, scan each file, report in the order of the walk. Files go to a pool of
 * workers where there is one and enough work for it; without one the scan runs where it stands.
 */

import { FORMATS } from "../formats/registry.ts";
import { AppError, errorMessage } from "../kernel/errors.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { FileReport, Finding, Report, Subject } from "../kernel/report.ts";
import type { Tree, TreeFile } from "../kernel/tree.ts";
import { NameTables } from "../machines/pickle/names/name-tables.ts";
import type { ScanEvent, ScanOptions } from "./events.ts";
import { makeFinding } from "./finding.ts";
import { scanFile, unreadableReport } from "./scan-file.ts";
import type { FileScanner } from "./scan-file.ts";
import { makeReport, subjectVerdict } from "./totals.ts";
import { TOOL } from "./version.ts";
import { walk } from "./walk.ts";

/** Progress of one large file is told at most once for this many bytes. */
const PROGRESS_STEP = 32 * 1024 * 1024;

interface SubjectState {
  readonly tree: Tree;
  readonly files: FileReport[];
  readonly findings: Finding[];
}

/** Scans trees one after the other. The last event is the report, also when the user gave up. */
export async function* scan(
  trees: readonly Tree[],
  options: ScanOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  const subjects: SubjectState[] = [];
  let interrupted = false;
  try {
    for (const tree of trees) {
      const state: SubjectState = { tree, files: [], findings: [] };
      subjects.push(state);
      yield* scanTree(state, options);
    }
  } catch (error) {
    if (!(error instanceof AppError && error.code === "ABORTED")) {
      throw error;
    }
    interrupted = true;
  }
  yield { kind: "report", report: assemble(subjects), interrupted };
}

function assemble(states: readonly SubjectState[]): Report {
  const subjects: Subject[] = states.map(({ tree, files, findings }) => ({
    kind: tree.kind,
    ref: tree.ref,
    ...(tree.revision === undefined ? {} : { revision: tree.revision }),
    verdict: subjectVerdict(files, findings),
    files,
    findings,
    notRun: [],
  }));
  return makeReport(TOOL, subjects);
}

async function* scanTree(state: SubjectState, options: ScanOptions): AsyncGenerator<ScanEvent> {
  const { tree } = state;
  const events: ScanEvent[] = [];
  const scanner = makeScanner(options, events);
  const plan = { files: 0, bytes: 0 };
  for await (const walked of walk(tree, options)) {
    checkAborted(options);
    if (walked.kind === "finding") {
      state.findings.push(makeFinding(walked.rule, walked.evidence, tree.ref));
      continue;
    }
    const { file } = walked;
    const report =
      walked.kind === "refused"
        ? unreadableReport(
            file.path,
            "unreadable",
            "",
            [makeFinding(walked.rule, walked.evidence, file.path)],
            "suspicious",
          )
        : await scanEntry(file, scanner);
    plan.files += 1;
    plan.bytes += report.size;
    yield* events.splice(0);
    state.files.push(report);
    yield { kind: "file", subject: tree.ref, report };
    yield { kind: "progress", file: file.path, bytes: report.size };
  }
  if (plan.files === 0) {
    throw new AppError("NOTHING_TO_SCAN", `${tree.ref}: nothing to scan`, {
      hint: "the folder is empty, or no file in it matches --include and --exclude",
    });
  }
}

function makeScanner(options: ScanOptions, events: ScanEvent[]): FileScanner {
  let told = 0;
  return {
    formats: FORMATS,
    names: new NameTables(options.knownNames ?? []),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    ...(options.trace === undefined ? {} : { trace: options.trace }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onProgress: (file, bytes) => {
      if (bytes - told >= PROGRESS_STEP || bytes < told) {
        told = bytes;
        events.push({ kind: "progress", file, bytes });
      }
    },
  };
}

async function scanEntry(file: TreeFile, scanner: FileScanner): Promise<FileReport> {
  if (file.problem !== undefined) {
    return unreadableReport(file.path, "unreadable", file.problem);
  }
  try {
    return await scanFile({ path: file.path, open: () => file.open() }, scanner);
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    return unreadableReport(file.path, "unreadable", errorMessage(error));
  }
}

function checkAborted({ signal }: ScanOptions): void {
  if (signal?.aborted === true) {
    throw new AppError("ABORTED", "interrupted");
  }
}
