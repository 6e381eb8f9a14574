/** The port behind which files are scanned by others: threads for the command line, processes for a server. */

import type { Limits } from "./limits.ts";
import type { FileReport } from "./report.ts";
import type { SourceRef } from "./source.ts";

/** A file to scan. Jobs carry references, never bytes. */
export interface PoolJob {
  /** Path within the subject; the root of all locators. */
  readonly path: string;
  readonly ref: SourceRef;
}

/** What every worker of a pool needs, plain and serialisable. */
export interface PoolSetup {
  readonly limits: Limits;
  readonly knownNames: readonly {
    readonly module: string;
    readonly name: string;
    readonly reason: string;
  }[];
  /** Whether a file that `weights_only=True` refuses is a finding. */
  readonly requireWeightsOnly: boolean;
  /** Whether digests are left out. */
  readonly quick: boolean;
}

export interface ScanPool {
  /** Number of jobs that run at a time. */
  readonly size: number;
  /**
   * Scans one file. A worker that crashes or is killed makes the file `incomplete`, never the run.
   *
   * @param onProgress hears how many bytes of a large file are read.
   */
  run(job: PoolJob, onProgress?: (bytes: number) => void): Promise<FileReport>;
  /** Ends all workers, whatever they do. */
  close(): Promise<void>;
}

/** Makes a pool of `size` workers. */
export type OpenPool = (setup: PoolSetup, size: number) => Promise<ScanPool>;
