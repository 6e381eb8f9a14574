/**
 * Budgets of one top-level file. They count work, never time, so that the same bytes give the same
 * report on every machine (CWE-400, CWE-409, CWE-674, CWE-770). Running out makes the file
 * `incomplete` and the scan goes on with its sibling.
 */

export interface Limits {
  /** Bytes that decompressors may put out: this much, … */
  readonly outputBytes: number;
  /** … plus this many times the size of the file itself. */
  readonly outputRatio: number;
  /** Members of all archives in the file, nested ones included. */
  readonly entries: number;
  /** Steps from the file into archives, streams and nested pickles. */
  readonly depth: number;
  /** Units of analysis beyond the first linear pass: folded bytes, re-read ranges, probes. */
  readonly work: number;
  /** Values that a machine keeps alive, in bytes as it estimates them. */
  readonly memory: number;
  /** Findings of one kind and weight that are kept for one artifact; past it they are only counted. */
  readonly findings: number;
}

export const DEFAULT_LIMITS: Limits = {
  // A legitimate compressed checkpoint grows 2 to 20 times; a 42.zip grows by ten orders.
  outputBytes: 1024 ** 3,
  outputRatio: 64,
  // The largest sharded archives seen have some 20,000 members; each costs some 4 kB of report.
  entries: 100_000,
  // Real files reach 4 (tar > gzip > zip > pickle in bytes).
  depth: 16,
  work: 2 ** 31,
  memory: 512 * 1024 ** 2,
  findings: 1000,
};
