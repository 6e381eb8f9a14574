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
import { isRemote } from "./cli/scan/is-remote.ts";
import type { Tree } from "./kernel/tree.ts";
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
export { rowsOf, tensorAt } from "./kernel/tables.ts";
export type {
  LocatedTables,
  NameColumn,
  PlacementTable,
  Tables,
  TensorRow,
  TensorTable,
} from "./kernel/tables.ts";
export type { Confidence, Severity, Trigger } from "./kernel/severity.ts";
export type { Implication, Verdict } from "./kernel/verdict.ts";
export { verdictRank } from "./kernel/verdict.ts";
export type {
  KnownNameEntry,
  ScanEvent,
  ScanOptions,
  SubjectTables,
  Suppression,
} from "./scan/events.ts";

export interface ScanTargetOptions extends ScanOptions {
  /** Takes `hf:` targets from the local hub cache, and nothing from the network. */
  readonly offline?: boolean;
}

/**
 * Scans files and folders on this machine, repositories on a hub (`hf:org/name@revision/path`) and web addresses.
 * Events come as the work proceeds; the last one is the report. Aborting `options.signal` ends the work early, with
 * a report of what is known by then. Hub, token, cache and proxies are those of the environment, as for
 * huggingface_hub; a path that begins with `hf:` or `https://` is written `./hf:…`.
 *
 * Throws `AppError` where a target cannot be scanned at all, before the first event.
 *
 * @param targets paths, as `node:fs` takes them, or places elsewhere.
 */
export async function* scan(
  targets: string | readonly string[],
  options: ScanTargetOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  const { offline = false, ...rest } = options;
  const { full = false, signal } = options;
  const list = typeof targets === "string" ? [targets] : targets;
  const remote = list.some(isRemote)
    ? (await import("./cli/scan/remote-targets.ts")).remoteTargets({
        full,
        offline,
        ...(signal === undefined ? {} : { signal }),
      })
    : undefined;
  try {
    const trees: Tree[] = [];
    for (const target of list) {
      trees.push(
        remote !== undefined && isRemote(target) ? await remote.open(target) : localTree(target),
      );
    }
    yield* scanTrees(trees, {
      // Threads are only loaded by a scan that uses them; see `jobs`.
      openPool: async (setup, size) => {
        const { openThreads } = await import("./workers/open-threads.ts");
        return openThreads(setup, size);
      },
      today: new Date().toISOString().slice(0, 10),
      ...rest,
    });
  } finally {
    await remote?.close();
  }
}
