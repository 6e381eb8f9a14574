/** One top-level file: its own governor, one read shared by parsers and hash, and a report whatever happens. */

import { FileSource } from "../bytes/file-source.ts";
import { Governor } from "../bytes/governor.ts";
import { HashingSource, sha256 } from "../bytes/hash.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import { readRange } from "../bytes/read.ts";
import { randomAccess } from "../bytes/spool.ts";
import type { FormatModule } from "../formats/format.ts";
import { unaccountedCoverage } from "../kernel/coverage.ts";
import { AppError, errorMessage } from "../kernel/errors.ts";
import type { Limits } from "../kernel/limits.ts";
import type { FileReport, Finding, IssueKind } from "../kernel/report.ts";
import type { ByteSource, RandomSource } from "../kernel/source.ts";
import type { LocatedTables } from "../kernel/tables.ts";
import type { Verdict } from "../kernel/verdict.ts";
import type { UserName } from "../machines/pickle/names/user-name.ts";
import type { StatedDigests } from "../kernel/tree.ts";
import { scanArtifact } from "./artifact.ts";
import type { Environment } from "./artifact.ts";
import { withDigests } from "./digests.ts";
import { fileVerdict } from "./file-verdict.ts";
import { makeFinding } from "./finding.ts";
import { CHANGED, CRASHED } from "./rules.ts";
import { withWeightsOnly } from "./weights-only.ts";

/** Files up to this size are read at once; larger ones through windows. */
const IN_MEMORY = 4 * 1024 * 1024;

export interface FileJob {
  /** Path within the subject; the root of all locators. */
  readonly path: string;
  /** What the place says of its content. */
  readonly stated?: StatedDigests;
  open(): Promise<ByteSource & { close?(): void }>;
  /** Digest with which the file is known: where it has it, the report says that and nothing else. */
  readonly known?: string;
}

export interface FileScanner {
  readonly formats: readonly FormatModule[];
  readonly userNames: readonly UserName[];
  readonly limits: Limits;
  /** Whether a file that `weights_only=True` refuses is a finding. */
  readonly requireWeightsOnly?: boolean;
  /** Whether digests, and the reading that only they need, are left out. */
  readonly quick?: boolean;
  /** Whether remote files are read as a whole, too. */
  readonly full?: boolean;
  readonly trace?: (locator: string, line: string) => void;
  readonly signal?: AbortSignal;
  /** Hears how many bytes of the file are read. */
  readonly onProgress?: (path: string, bytes: number) => void;
  /** Gets the tables of the file, and of what is nested in it, before its report. */
  readonly onTables?: (path: string, tables: readonly LocatedTables[]) => void;
}

/** Scans one file. Rejects only when the user gave up or scratch space ran out. */
export async function scanFile(job: FileJob, scanner: FileScanner): Promise<FileReport> {
  let opened: (ByteSource & { close?(): void }) | undefined;
  try {
    opened = await job.open();
    return await scanOpened(job, opened, scanner);
  } catch (error) {
    if (error instanceof AppError && (error.code === "ABORTED" || error.code === "SCRATCH_FULL")) {
      throw error;
    }
    return failedReport(job.path, error);
  } finally {
    opened?.close?.();
  }
}

/** The report of a file whose source failed. */
export function failedReport(path: string, error: unknown): FileReport {
  const isLimit = error instanceof AppError && error.code === "SOURCE_LIMIT";
  const hint = error instanceof AppError && error.hint !== undefined ? `; ${error.hint}` : "";
  return unreadableReport(path, isLimit ? "limit" : "unreadable", errorMessage(error) + hint);
}

async function scanOpened(
  { path, known, stated = {} }: FileJob,
  opened: ByteSource,
  scanner: FileScanner,
): Promise<FileReport> {
  const { limits, signal, trace, formats, userNames } = scanner;
  const { requireWeightsOnly = false, quick = false } = scanner;
  const governor = new Governor(limits, opened.size ?? 0, signal);
  governor.checkAborted();
  const source = await randomAccess(opened, governor);
  const environment: Environment = {
    formats,
    userNames,
    governor,
    quick,
    notRun: new Set(),
    ...(trace === undefined ? {} : { trace }),
  };
  const place = { name: path, locator: path, role: "top", depth: 0 };
  const { shared, digest } = sharedRead(source, { path, stated }, scanner);
  // The source that is shared hashes what passes by, and would do it twice.
  const whole = shared instanceof MemorySource ? shared : source;
  if (known !== undefined && (await isKnown(whole, path, known, governor, scanner))) {
    // Nobody may take this for the result of a scan.
    const report = unreadableReport(path, "unreadable", "it is known already");
    return { ...report, size: source.size, digests: { sha256: known } };
  }
  const result = await scanArtifact(shared, place, environment);
  // The verdict does without the fact, so a quick scan gives it only to who insists on it.
  const judged =
    quick && !requireWeightsOnly
      ? result.report
      : await withWeightsOnly(shared, result, governor, requireWeightsOnly);
  const computed = digest === undefined ? undefined : await digest(governor);
  const notRun = [...environment.notRun].sort();
  if (result.tables.length > 0) {
    scanner.onTables?.(path, result.tables);
  }
  const withNotes = notRun.length === 0 ? judged : { ...judged, notRun };
  const hashed = withDigests(withNotes, shared, computed, stated);
  return opened instanceof FileSource && opened.changed() ? withChange(hashed) : hashed;
}

async function isKnown(
  source: RandomSource,
  path: string,
  known: string,
  governor: Governor,
  { onProgress }: FileScanner,
): Promise<boolean> {
  const digest =
    source instanceof MemorySource
      ? sha256(source.bytes)
      : await new HashingSource(source).digest(governor, (bytes) => onProgress?.(path, bytes));
  return digest === known;
}

/** The source that parsers read from, and how to finish the digest of what they read. */
function sharedRead(
  source: RandomSource,
  { path, stated }: Required<Pick<FileJob, "path" | "stated">>,
  { onProgress, quick = false }: FileScanner,
): { shared: RandomSource; digest: ((governor: Governor) => Promise<string>) | undefined } {
  // Of what another thread has to fetch, a quick scan asks for nothing that no parser wants.
  const isDear = quick && source.ref.kind === "lent";
  if (source.size <= IN_MEMORY && !isDear) {
    const bytes = source instanceof MemorySource ? source.bytes : readRange(source, 0, source.size);
    return {
      shared: new MemorySource(bytes, source.name),
      digest: quick ? undefined : () => Promise.resolve(sha256(bytes)),
    };
  }
  if (quick) {
    return { shared: source, digest: undefined };
  }
  const hashing = new HashingSource(source, stated.gitBlob !== undefined);
  return {
    shared: hashing,
    digest: (governor) => hashing.digest(governor, (bytes) => onProgress?.(path, bytes)),
  };
}

function withChange(report: FileReport): FileReport {
  const finding: Finding = makeFinding(
    CHANGED,
    { message: "somebody wrote to the file while it was scanned", key: "changed" },
    report.path,
  );
  const findings = [...report.findings, finding];
  return { ...report, findings, verdict: fileVerdict({ ...report, findings }) };
}

/** The report of a file whose worker crashed or was killed. */
export function crashReport(path: string, reason: string): FileReport {
  const message = `the scan of this file was ended: ${reason}`;
  const finding = makeFinding(CRASHED, { message, key: "worker" }, path);
  return unreadableReport(path, "unreadable", message, [finding]);
}

/** The report of a file of which nothing could be read, or that is refused for a finding alone. */
export function unreadableReport(
  path: string,
  kind: IssueKind,
  message: string,
  findings: readonly Finding[] = [],
  verdict: Verdict = "incomplete",
): FileReport {
  return {
    path,
    size: 0,
    digests: {},
    digestBasis: "computed",
    format: "unknown",
    readings: [],
    verdict,
    coverage: unaccountedCoverage(0),
    findings,
    issues: message === "" ? [] : [{ kind, message, locator: path }],
    children: [],
    facts: {},
  };
}
