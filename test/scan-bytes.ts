/** Scans bytes in memory with every format, as the engine scans a file. */

import { MemorySource } from "../src/bytes/memory-source.ts";
import { FORMATS } from "../src/formats/registry.ts";
import { DEFAULT_LIMITS } from "../src/kernel/limits.ts";
import type { FileReport, Finding } from "../src/kernel/report.ts";
import { NO_USER_NAMES } from "../src/machines/pickle/names/user-name.ts";
import { scanFile } from "../src/scan/scan-file.ts";
import type { FileScanner } from "../src/scan/scan-file.ts";

export function scanBytes(
  bytes: Uint8Array,
  name = "sample",
  more: Partial<FileScanner> = {},
): Promise<FileReport> {
  return scanFile(
    { path: name, open: () => Promise.resolve(new MemorySource(bytes, name)) },
    { formats: FORMATS, userNames: NO_USER_NAMES, limits: DEFAULT_LIMITS, ...more },
  );
}

/** Findings of a file and of everything in it. */
export function allFindings(report: FileReport): Finding[] {
  return [...report.findings, ...report.children.flatMap(allFindings)];
}

/** Rules that fired anywhere in a file, once each, sorted. */
export function rulesOf(report: FileReport): string[] {
  return [...new Set(allFindings(report).map(({ rule }) => rule))].toSorted();
}
