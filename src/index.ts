/**
 * The library.
 *
 * ```ts
 * import { scan } from "weighbridge";
 *
 * for await (const event of scan("model.pkl")) {
 *   if (event.kind === "report") console.log(event.report.verdict);
 * }
 * ```
 */

import type { ScanEvent, ScanOptions } from "./scan/events.ts";
import { scan as scanTrees } from "./scan/scanner.ts";
import { localTree } from "./sources/local/local-tree.ts";

export type { Coverage } from "./kernel/coverage.ts";
export { AppError } from "./kernel/errors.ts";
export type { ErrorCode } from "./kernel/errors.ts";
export { DEFAULT_LIMITS } from "./kernel/limits.ts";
export type { Limits } from "./kernel/limits.ts";
export type {
  Facts,
  FileReport,
  Finding,
  FoundConfiguration,
  Issue,
  IssueKind,
  Reading,
  Report,
  Subject,
  Totals,
} from "./kernel/report.ts";
export type { JsonValue } from "./kernel/rule.ts";
export type { Confidence, Severity, Trigger } from "./kernel/severity.ts";
export type { Implication, Verdict } from "./kernel/verdict.ts";
export { verdictRank } from "./kernel/verdict.ts";
export type { KnownNameEntry, ScanEvent, ScanOptions, Suppression } from "./scan/events.ts";

/**
 * Scans files and folders on this machine. Events come as the work proceeds; the last one is the
 * report. Aborting `options.signal` ends the work early, with a report of what is known by then.
 *
 * Throws `AppError` where a target cannot be scanned at all, before the first event.
 *
 * @param targets paths, as `node:fs` takes them.
 */
export async function* scan(
  targets: string | readonly string[],
  options: ScanOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  const trees = (typeof targets === "string" ? [targets] : targets).map(localTree);
  yield* scanTrees(trees, {
    // Threads are only loaded by a scan that uses them; see `jobs`.
    openPool: async (setup, size) => {
      const { openThreads } = await import("./workers/open-threads.ts");
      return openThreads(setup, size);
    },
    today: new Date().toISOString().slice(0, 10),
    ...options,
  });
}
