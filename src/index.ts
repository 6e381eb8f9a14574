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
import type { Tree } from "./kernel/tree.ts";
import { localTree } from "./sources/local/local-tree.ts";
import type { Environment } from "./sources/local/network-settings.ts";
import { isRemote } from "./sources/remote/is-remote.ts";
import type { RemoteTargets } from "./sources/remote/remote-targets.ts";

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
  /**
   * Where hub, token, cache and proxies are taken from, under the names that huggingface_hub uses: `process.env` for
   * what the program does. Without it the public hub is asked, without a token.
   */
  readonly environment?: Environment;
}

/**
 * Scans files and folders on this machine, repositories on a hub (`hf:org/name@revision/path`) and web addresses.
 * Events come as the work proceeds; the last one is the report. Aborting `options.signal` ends the work early, with
 * a report of what is known by then. A path that begins with `hf:` or `https://` is written `./hf:…`.
 *
 * Throws `AppError` where a target cannot be scanned at all, before the first event.
 *
 * @param targets paths, as `node:fs` takes them, or places elsewhere.
 */
export async function* scan(
  targets: string | readonly string[],
  options: ScanTargetOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  const { offline = false, environment = NOTHING_SET, ...rest } = options;
  const list = typeof targets === "string" ? [targets] : targets;
  const remote = list.some(isRemote) ? await openRemote(options, environment, offline) : undefined;
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

/** A token that somebody stored on this machine is not a library's to use. */
const NOTHING_SET: Environment = { HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };

async function openRemote(
  { full = false, signal }: ScanOptions,
  environment: Environment,
  offline: boolean,
): Promise<RemoteTargets> {
  const { readNetworkSettings } = await import("./sources/local/network-settings.ts");
  const { remoteTargets } = await import("./sources/remote/remote-targets.ts");
  const settings = readNetworkSettings(environment);
  return remoteTargets({ settings, full, offline, ...(signal === undefined ? {} : { signal }) });
}
