/** The port behind which files are scanned by others: threads for the command line, processes for a server. */

import type { Limits } from "./limits.ts";
import type { FileReport } from "./report.ts";
import type { ByteSource, SourceRef } from "./source.ts";
import type { LocatedTables } from "./tables.ts";
import type { StatedDigests } from "./tree.ts";

/** A file to scan. Jobs carry references, never bytes. */
export interface PoolJob {
  /** Path within the subject; the root of all locators. */
  readonly path: string;
  readonly ref: SourceRef;
  /** Whether digests are left out, and whatever else the verdict can do without. */
  readonly quick: boolean;
  readonly stated?: StatedDigests;
  /** Digest with which the file is known: where it has it, the report says that and nothing else. */
  readonly known?: string;
}

/** What goes along with a job and stays with the one who gives it. */
export interface PoolJobOptions {
  /** What the worker reads from when the job's `ref` is of the kind `lent`. */
  readonly lent?: ByteSource;
  /** Hears how many bytes of a large file are read. */
  readonly onProgress?: (bytes: number) => void;
  /** Gets the file's tables, where it has some, before the report comes. */
  readonly onTables?: (tables: readonly LocatedTables[]) => void;
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
}

export interface ScanPool {
  /** Number of jobs that run at a time. */
  readonly size: number;
  /** Scans one file. A worker that crashes or is killed makes the file `incomplete`, never the run. */
  run(job: PoolJob, options?: PoolJobOptions): Promise<FileReport>;
  /** Ends all workers, whatever they do. */
  close(): Promise<void>;
}

/** Makes a pool of `size` workers. */
export type OpenPool = (setup: PoolSetup, size: number) => Promise<ScanPool>;
