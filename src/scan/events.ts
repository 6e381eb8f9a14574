/** What a scan tells while it runs, and how it is asked for. */

import type { Limits } from "../kernel/limits.ts";
import type { OpenPool } from "../kernel/pool.ts";
import type { ResultCache } from "../kernel/result-cache.ts";
import type { FileReport, FoundConfiguration, Report } from "../kernel/report.ts";
import type { LocatedTables } from "../kernel/tables.ts";

/** A global that a user vouches for, with the reason. */
export interface KnownNameEntry {
  /** Exact, such as `mycompany.models`. */
  readonly module: string;
  /** Exact qualified name, such as `Scaler`. */
  readonly name: string;
  readonly reason: string;
}

/** A finding that the user has looked at and accepts until a day. By path or by digest; by both where both are given. */
export interface Suppression {
  /** Id of the rule. */
  readonly rule: string;
  /** Glob over paths relative to the target, and over locators of what is nested in files. */
  readonly path?: string;
  /** SHA-256 of the top-level file, as the scan computes it. */
  readonly digest?: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, UTC. */
  readonly expires: string;
}

export interface ScanOptions {
  readonly limits?: Partial<Limits>;
  /** Globs over paths relative to the target; a file must match one, when there are any. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly knownNames?: readonly KnownNameEntry[];
  readonly suppressions?: readonly Suppression[];
  /** The day that suppressions are held against, `YYYY-MM-DD`, UTC. */
  readonly today?: string;
  /** Configurations that the caller knows to lie in what is scanned, by the `ref` of their subject. */
  readonly configurations?: readonly (FoundConfiguration & { readonly subject: string })[];
  /** Results of earlier scans, for files that did not change. */
  readonly cache?: ResultCache;
  /** Workers at most; 1 scans where it stands. */
  readonly jobs?: number;
  /** Makes the pool of workers; without it the scan runs where it stands. */
  readonly openPool?: OpenPool;
  /** Adds the finding `pytorch/weights-only-rejected` for files that `weights_only=True` refuses. */
  readonly requireWeightsOnly?: boolean;
  /** Reads only what parsers ask for, and so gives no digests, which need every byte. */
  readonly quick?: boolean;
  /** Reads every byte of remote files, of which otherwise only those are fetched that parsers ask for. */
  readonly full?: boolean;
  /** Receives pickles as pseudo-Python, with the locator they belong to. */
  readonly trace?: (locator: string, line: string) => void;
  readonly signal?: AbortSignal;
}

export type ScanEvent =
  /** What there is to do, as far as it is known; repeated as more is found. */
  | { readonly kind: "plan"; readonly files: number; readonly bytes: number }
  | { readonly kind: "progress"; readonly file: string; readonly bytes: number }
  | { readonly kind: "file"; readonly subject: string; readonly report: FileReport }
  | { readonly kind: "note"; readonly message: string }
  /** The last one; after an abort it holds what is known so far. */
  | {
      readonly kind: "report";
      readonly report: Report;
      readonly interrupted: boolean;
      /** By subject and then by path, in the order of the report: the tensors that files hold, all of them. */
      readonly tables: readonly SubjectTables[];
    };

/** Tables of files and of what is nested in them; of a subject with too many of them, none. */
export type SubjectTables = ReadonlyMap<string, readonly LocatedTables[]>;
