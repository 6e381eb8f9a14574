/**
 * The port behind which finished reports are kept from one scan to the next. Whoever keeps them gives back what was
 * stored or nothing: an entry that is damaged, foreign or gone is none.
 */

import type { FileReport } from "./report.ts";
import type { FileState } from "./tree.ts";

/** What is known of a file once it is scanned: plain JSON. */
export interface CachedResult {
  readonly report: FileReport;
  /** Its tables as text, where they are small enough to be kept. */
  readonly tables?: string;
}

export interface CachedEntry {
  /** The key of the file's state when it was read, where that can be told from any later one. */
  readonly state: string | undefined;
  /** SHA-256 of what was read; undefined for a scan that made none. */
  readonly digest: string | undefined;
  /** Reads it; gives nothing where it is damaged. */
  result(): CachedResult | undefined;
}

/** Results of one folder, by path. */
export interface CachedFolder {
  find(path: string): CachedEntry | undefined;
  store(path: string, entry: NewEntry): void;
}

export interface NewEntry {
  readonly state: FileState | undefined;
  readonly digest: string | undefined;
  readonly result: CachedResult;
}

export interface ResultCache {
  /** Whether a file with the same size, times and identity is taken for unchanged without reading it. */
  readonly trustsState: boolean;
  /**
   * Opens what is kept of a folder.
   *
   * @param name of the folder, the same in every run.
   * @param scope everything else that results depend on: versions, limits, options. Another scope has other results.
   */
  folder(name: string, scope: string): CachedFolder;
  /** Keeps what is new. Gives a sentence for the user where that fails: the scan is none the worse for it. */
  close(): string | undefined;
}
