/**
 * A file of a remote tree. It is opened here, where waiting for the network costs nothing, and lent to a
 * worker, which may block. Of files that came whole, every byte is judged; of others only the ranges that
 * parsers ask for, unless the scan is a full one.
 */

import { unaccountedCoverage } from "../kernel/coverage.ts";
import { AppError } from "../kernel/errors.ts";
import type { PoolJobOptions, ScanPool } from "../kernel/pool.ts";
import type { FileReport } from "../kernel/report.ts";
import type { ByteSource } from "../kernel/source.ts";
import type { TreeFile } from "../kernel/tree.ts";
import { failedReport, scanFile } from "./scan-file.ts";
import type { FileScanner } from "./scan-file.ts";

/** A source that knows which of its bytes were read. */
interface RangedSource extends ByteSource {
  /** Sorted, without overlap. */
  ranges(): readonly (readonly [start: number, end: number])[];
}

/** Scans one remote file. Rejects only when the user gave up or scratch space ran out. */
export async function scanRemote(
  file: TreeFile,
  scanner: FileScanner,
  pool: ScanPool | undefined,
  hears: Pick<PoolJobOptions, "onProgress" | "onTables">,
): Promise<FileReport> {
  const { path, stated } = file;
  const job = { path, ...(stated === undefined ? {} : { stated }) };
  let opened: ByteSource & { close?(): void };
  try {
    opened = await file.open();
  } catch (error) {
    if (error instanceof AppError && error.code === "ABORTED") {
      throw error;
    }
    return sized(failedReport(path, error), file.size);
  }
  const { name, size } = opened;
  if (opened.readIntoSync !== undefined || pool === undefined || size === undefined) {
    const { onTables } = hears;
    return await scanFile(
      { ...job, open: async () => opened },
      { ...scanner, quick: false, onTables: (_, tables) => onTables?.(tables) },
    );
  }
  const quick = scanner.full !== true;
  try {
    const report = await pool.run(
      { ...job, ref: { kind: "lent", name, size }, quick },
      { lent: opened, ...hears },
    );
    const whole = sized(report, size);
    return quick && isRanged(opened) ? withRanges(whole, opened) : whole;
  } finally {
    opened.close?.();
  }
}

function isRanged(source: ByteSource): source is RangedSource {
  return "ranges" in source;
}

/** A file that could not be read still has the size that it is listed with. */
function sized(report: FileReport, size = 0): FileReport {
  return report.size === 0 && size > 0
    ? { ...report, size, coverage: unaccountedCoverage(size) }
    : report;
}

/** Says which bytes were read; how many were is then known exactly. */
function withRanges(report: FileReport, source: RangedSource): FileReport {
  const ranges = source.ranges();
  const read = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  return { ...report, ranges, coverage: { ...report.coverage, read } };
}
