/**
 * `--cache`: digests of earlier runs for files whose device, inode, size and times are the same. They are kept where
 * results of scans are, and with the same care: in a folder that nobody else may write to, never in the model.
 */

import type { CachedFolder } from "../../kernel/result-cache.ts";
import type { TreeFile } from "../../kernel/tree.ts";
import type { HashFiles, HashJob, HashResult } from "../../provenance/oms/hash-files.ts";
import { RULESET, VERSION } from "../../scan/version.ts";
import type { Arguments } from "../command.ts";
import { openCache } from "../scan/cache.ts";
import { bareReport } from "./bare-report.ts";
import type { ModelTarget } from "./model-target.ts";

/** What a digest is of: any file, or one that a scan was content with, by the rules of its day. */
const ANY = "sha256";
const SCANNED = `sha256 of what was scanned by ${VERSION} ${RULESET}`;

export interface DigestCache {
  /** Takes what is known from an earlier run, where it is accepted, and remembers what is not. */
  wrap(hash: HashFiles, accepts?: (path: string, digest: string) => boolean): HashFiles;
  /** Whether the file was scanned before it came to have its digest. */
  isScanned(file: TreeFile): boolean;
  /** Says that files are scanned, before they are remembered. */
  scanned(paths: ReadonlySet<string>): void;
  /** Writes it down. Gives a sentence where that fails. */
  close(): string | undefined;
}

/** Nothing where the user does not ask for it. Throws `AppError` for a folder that cannot be used. */
export async function openDigestCache(
  given: Arguments,
  model: ModelTarget,
): Promise<DigestCache | undefined> {
  const cache = await openCache(stated(given), [model.ref]);
  if (cache === undefined) {
    return undefined;
  }
  const name = `digests of ${model.location}`;
  const [any, passed] = [cache.folder(name, ANY), cache.folder(name, SCANNED)];
  let clean: ReadonlySet<string> = new Set();
  return {
    wrap: (hash, accepts = () => true) =>
      remembering(hash, {
        find: (file) => {
          const digest = knownDigest(any, file);
          return digest !== undefined && accepts(file.path, digest) ? digest : undefined;
        },
        foldersOf: (path) => (clean.has(path) ? [any, passed] : [any]),
      }),
    isScanned: (file) => knownDigest(passed, file) !== undefined,
    scanned: (paths) => {
      clean = paths;
    },
    close: () => cache.close(),
  };
}

/** As `scan --cache=stat`: there is nothing here that would read a file to know it. */
function stated(given: Arguments): Arguments {
  return {
    ...given,
    has: (option) => option !== "quick" && (given.has(option) || isCached(given, option)),
    value: (option) => (option === "cache" ? "stat" : given.value(option)),
  };
}

function isCached(given: Arguments, option: string): boolean {
  return option === "cache" && given.has("incremental");
}

function knownDigest(folder: CachedFolder, file: TreeFile): string | undefined {
  const entry = folder.find(file.path);
  const { state } = file;
  return state !== undefined && entry?.state === state.key ? entry.digest : undefined;
}

interface Memory {
  readonly find: (file: TreeFile) => string | undefined;
  readonly foldersOf: (path: string) => readonly CachedFolder[];
}

function remembering(hash: HashFiles, { find, foldersOf }: Memory): HashFiles {
  return async (jobs, options) => {
    const found = jobs.map((job) => (isPlain(job) ? find(job.file) : undefined));
    const missing = jobs.filter((_, index) => found[index] === undefined);
    // Before they are read: whoever changes one afterwards changes its state as well.
    const states = missing.map(({ file }) => file.state);
    const results = await hash(missing, options);
    for (const [index, job] of missing.entries()) {
      const result = results[index];
      const digest = result?.kind === "digests" ? result.digests[0] : undefined;
      if (digest !== undefined && isPlain(job)) {
        const { path } = job.file;
        for (const each of foldersOf(path)) {
          each.store(path, { state: states[index], digest, result: { report: bareReport(path) } });
        }
      }
    }
    const fresh = results.values();
    return jobs.map((job, index): HashResult => {
      const digest = found[index];
      return digest === undefined
        ? (fresh.next().value ?? { kind: "unreadable", detail: "nobody read it" })
        : { kind: "digests", digests: [digest], size: job.file.size ?? 0, cached: true };
    });
  };
}

function isPlain({ algorithm, shards }: HashJob): boolean {
  return algorithm === "sha256" && shards === undefined;
}
