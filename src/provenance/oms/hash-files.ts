/**
 * Digests of many files. The work itself is behind a port, so that whoever has threads can use them; here is what it
 * takes, and how it is done where it stands.
 */

import { makeHasher } from "../../bytes/hasher.ts";
import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { ByteSource } from "../../kernel/source.ts";
import type { TreeFile } from "../../kernel/tree.ts";
import type { Algorithm, Shard } from "./manifest.ts";

const WINDOW = 1024 * 1024;
/** Windows after which signals and timers get their turn. */
const BREATH = 32;

export interface HashJob {
  readonly file: TreeFile;
  readonly algorithm: Algorithm;
  /** Parts that get a digest each; missing where the whole file gets one. */
  readonly shards?: readonly Shard[];
}

export type HashResult =
  /** In hexadecimal, as many as shards, or one. `size` is that of the whole file. */
  | {
      readonly kind: "digests";
      readonly digests: readonly string[];
      readonly size: number;
      /** Set where the file was not read again. */
      readonly cached?: true;
      /** Set where the file's place says so, and nobody read it. */
      readonly stated?: true;
    }
  /** Somebody wrote to it meanwhile. */
  | { readonly kind: "unstable" }
  /** Half a sentence. */
  | { readonly kind: "unreadable"; readonly detail: string };

export interface HashOptions {
  /** Hears of bytes as they are read. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** Gives a result for each job, in their order. Throws `AppError` ABORTED alone. */
export type HashFiles = (
  jobs: readonly HashJob[],
  options?: HashOptions,
) => Promise<readonly HashResult[]>;

/** One file after the other. */
export const hashHere: HashFiles = async (jobs, options) => {
  const results: HashResult[] = [];
  for (const job of jobs) {
    results.push(await hashFile(job, options));
  }
  return results;
};

/** One file. */
export async function hashFile(job: HashJob, options: HashOptions = {}): Promise<HashResult> {
  let source: (ByteSource & { close?(): void; changed?(): boolean }) | undefined;
  try {
    source = await job.file.open();
    return await hashSource(source, job, options);
  } catch (error) {
    if (error instanceof AppError && error.code === "ABORTED") {
      throw error;
    }
    return { kind: "unreadable", detail: errorMessage(error) };
  } finally {
    source?.close?.();
  }
}

/** What is open. It may say whether somebody wrote to it since it was opened. */
export async function hashSource(
  source: ByteSource & { changed?(): boolean },
  { algorithm, shards }: Pick<HashJob, "algorithm" | "shards">,
  options: HashOptions = {},
): Promise<HashResult> {
  const ranges = shards ?? [{ start: 0, end: Number.POSITIVE_INFINITY }];
  const { size = 0 } = source;
  const longest = Math.max(...ranges.map(({ start, end }) => Math.min(end, size) - start));
  // One more than needed, so that a file that grew is noticed by its end.
  const window = Buffer.allocUnsafe(Math.max(1, Math.min(WINDOW, longest + 1)));
  const digests: string[] = [];
  let end = 0;
  for (const range of ranges) {
    const hasher = await makeHasher(algorithm);
    end = Math.max(end, await feed(source, range, { hasher, window, options }));
    digests.push(hasher.digest());
  }
  if (
    source.changed?.() === true ||
    (shards === undefined && source.size !== undefined && end !== source.size)
  ) {
    return { kind: "unstable" };
  }
  return { kind: "digests", digests, size: source.size ?? end };
}

interface Feeding {
  readonly hasher: { update(bytes: Uint8Array): void };
  readonly window: Uint8Array;
  readonly options: HashOptions;
}

/** Gives where reading stopped. */
async function feed(
  source: ByteSource,
  { start, end }: Shard,
  { hasher, window, options }: Feeding,
): Promise<number> {
  let at = start;
  for (let windows = 1; at < end; windows += 1) {
    const part = end - at < window.length ? window.subarray(0, end - at) : window;
    const count = source.readIntoSync?.(part, at) ?? (await source.readInto(part, at));
    if (count === 0) {
      break;
    }
    hasher.update(part.subarray(0, count));
    at += count;
    options.onProgress?.(count);
    if (windows % BREATH === 0) {
      await new Promise(setImmediate);
      if (options.signal?.aborted === true) {
        throw new AppError("ABORTED", "interrupted");
      }
    }
  }
  return at;
}
