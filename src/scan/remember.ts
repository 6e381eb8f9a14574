/**
 * Results of an earlier scan instead of another one: by the file's digest or, where the user asks for it, by its size,
 * times and identity. Suppressions come after this, so that they never change what is kept.
 */

import { FORMATS } from "../formats/registry.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { FileReport } from "../kernel/report.ts";
import type { CachedFolder, CachedResult, ResultCache } from "../kernel/result-cache.ts";
import type { Tree, TreeFile } from "../kernel/tree.ts";
import type { ScanOptions } from "./events.ts";
import { CHANGED, CRASHED } from "./rules.ts";
import { RULESET, VERSION } from "./version.ts";

/** Scans a file. Where it has the digest `known`, the report need not say more than that. */
type ScanUnlessKnown = (known: string | undefined) => Promise<CachedResult>;

/** Knows of each tree's files what was found in them before. */
export interface Memory {
  /** The result that is kept, or that of a scan, which is kept. */
  recall(tree: Tree, file: TreeFile, scan: ScanUnlessKnown): Promise<CachedResult>;
  /** What is kept of a file that need not be read. */
  recallUnread(tree: Tree, file: TreeFile): CachedResult | undefined;
}

export function makeMemory(cache: ResultCache, options: ScanOptions): Memory {
  const scope = scopeOf(options);
  const folders = new Map<string, CachedFolder>();
  function folderOf({ cacheName }: Tree): CachedFolder | undefined {
    if (cacheName === undefined) {
      return undefined;
    }
    const folder = folders.get(cacheName) ?? cache.folder(cacheName, scope);
    folders.set(cacheName, folder);
    return folder;
  }
  return {
    recallUnread(tree, file) {
      const entry = cache.trustsState ? folderOf(tree)?.find(file.path) : undefined;
      if (entry?.state === undefined || entry.state !== file.state?.key) {
        return undefined;
      }
      const result = entry.result();
      return result && { ...result, report: { ...result.report, cached: "stat" } };
    },
    async recall(tree, file, scan) {
      const folder = folderOf(tree);
      const entry = folder?.find(file.path);
      const kept = entry?.digest === undefined ? undefined : entry.result();
      const known = kept?.report.size === file.size ? entry?.digest : undefined;
      const scanned = await scan(known);
      const { sha256: digest } = scanned.report.digests;
      const result = known !== undefined && digest === known && kept ? kept : scanned;
      const isNew = result !== kept || (cache.trustsState && entry?.state !== file.state?.key);
      if (isNew && isFinal(result.report) && (digest !== undefined || options.quick === true)) {
        folder?.store(file.path, { state: file.state, digest, result });
      }
      return result;
    },
  };
}

/** Everything that a report depends on beside the file's path and bytes. */
function scopeOf(options: ScanOptions): string {
  const { knownNames = [], requireWeightsOnly = false, quick = false } = options;
  return JSON.stringify([
    VERSION,
    RULESET,
    FORMATS.map(({ id, revision }) => [id, revision]),
    Object.entries({ ...DEFAULT_LIMITS, ...options.limits }).toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    ),
    knownNames.map(({ module, name, reason }) => [module, name, reason]),
    { requireWeightsOnly, quick },
  ]);
}

/** Whether another scan of the same bytes would say the same: what failed may work the next time. */
function isFinal({ issues, findings, children }: FileReport): boolean {
  return (
    !issues.some(({ kind }) => kind === "unreadable") &&
    !findings.some(({ rule }) => rule === CHANGED.id || rule === CRASHED.id) &&
    children.every(isFinal)
  );
}
