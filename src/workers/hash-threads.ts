/** Digests of many files on all cores: the largest first, so that none is begun last. Threads are started where that pays off. */

import { AppError } from "../kernel/errors.ts";
import type { Algorithm, Shard } from "../provenance/oms/manifest.ts";
import { hashFile, hashHere } from "../provenance/oms/hash-files.ts";
import type { HashFiles, HashJob, HashOptions, HashResult } from "../provenance/oms/hash-files.ts";
import { threadPool } from "./thread-pool.ts";

/** Starting threads costs some 30 ms, in which one core hashes as much. */
const WORTH_BYTES = 64 * 1024 * 1024;
/** Smaller files take longer to hand over than to read. */
const WORTH_FILE = 1024 * 1024;

/** What a thread is sent. */
export interface ThreadHashJob {
  readonly path: string;
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly shards?: readonly Shard[];
}

interface Large {
  readonly index: number;
  readonly size: number;
  readonly order: ThreadHashJob;
}

/** @param cores threads at most. */
export function hashThreads(cores: number): HashFiles {
  return async (jobs, options = {}) => {
    const large = jobs.flatMap((job, index) => largeOf(job, index));
    const bytes = large.reduce((sum, { size }) => sum + size, 0);
    if (cores < 2 || large.length < 2 || bytes < WORTH_BYTES) {
      return await hashHere(jobs, options);
    }
    const results = new Map<number, HashResult>();
    const taken = new Set(large.map(({ index }) => index));
    const rest = jobs.flatMap((job, index) => (taken.has(index) ? [] : [{ job, index }]));
    const [, small] = await Promise.all([
      runLarge(large, Math.min(cores, large.length), options, results),
      hashHere(
        rest.map(({ job }) => job),
        options,
      ),
    ]);
    for (const [position, { index }] of rest.entries()) {
      const result = small[position];
      if (result !== undefined) {
        results.set(index, result);
      }
    }
    const all: HashResult[] = [];
    for (const [index, job] of jobs.entries()) {
      // A thread that died says nothing about the file.
      all.push(results.get(index) ?? (await hashFile(job, options)));
    }
    return all;
  };
}

function largeOf({ file, algorithm, shards }: HashJob, index: number): Large[] {
  const { ref, size = 0 } = file;
  return ref?.kind === "file" && size >= WORTH_FILE
    ? [
        {
          index,
          size,
          order: {
            path: ref.path,
            name: file.path,
            algorithm,
            ...(shards === undefined ? {} : { shards }),
          },
        },
      ]
    : [];
}

async function runLarge(
  large: readonly Large[],
  size: number,
  { onProgress, signal }: HashOptions,
  results: Map<number, HashResult>,
): Promise<void> {
  const pool = threadPool<ThreadHashJob, HashResult | undefined>({
    // One place in the sources, in the library's modules and in the bundle.
    entry: new URL("../cli/hash-worker.js", import.meta.url),
    setup: undefined,
    size,
    crashed: () => undefined,
  });
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(new AppError("ABORTED", "interrupted")), {
      once: true,
    });
  });
  try {
    const all = large
      .toSorted((a, b) => b.size - a.size)
      .map(async ({ index, order, size: length }) => {
        let told = 0;
        const tell = (bytes: number): void => {
          onProgress?.(bytes - told);
          told = bytes;
        };
        const result = await pool.run(order, { onProgress: tell });
        if (result !== undefined) {
          results.set(index, result);
          tell(length);
        }
      });
    await Promise.race([Promise.all(all), aborted]);
  } finally {
    await pool.close();
  }
}
