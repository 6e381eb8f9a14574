/** Scans a sample through a source that counts, and says what breaks the contract. */

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import { DEFAULT_LIMITS } from "../../src/kernel/limits.ts";
import type { Limits } from "../../src/kernel/limits.ts";
import type { FileReport } from "../../src/kernel/report.ts";
import type { RandomSource, SourceRef } from "../../src/kernel/source.ts";
import { NO_USER_NAMES } from "../../src/machines/pickle/names/user-name.ts";
import { scanFile } from "../../src/scan/scan-file.ts";

/** Reads per byte of the file, and apart from its size, that a scan may need: work is linear. */
const READS_PER_BYTE = 400;
const FREE_READS = 16 * 1024 * 1024;

/** Bytes in memory that are not known to be there, so that readers use windows, and that are counted. */
class CountingSource implements RandomSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  read = 0;
  readonly #inner: MemorySource;

  constructor(bytes: Uint8Array, name: string) {
    this.#inner = new MemorySource(bytes, name);
    this.name = name;
    this.size = bytes.length;
    this.ref = this.#inner.ref;
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    const count = this.#inner.readIntoSync(buffer, position);
    this.read += count;
    return count;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }
}

export interface Checked {
  readonly report: FileReport;
  /** What is wrong, if anything is. */
  readonly problem: string | undefined;
}

export interface CheckOptions {
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
}

/** Scans bytes. Rejects only when the signal was aborted. */
export async function check(
  bytes: Uint8Array,
  name: string,
  { limits = {}, signal }: CheckOptions = {},
): Promise<Checked> {
  const source = new CountingSource(bytes, name);
  const report = await scanFile(
    { path: name, open: () => Promise.resolve(source) },
    {
      formats: FORMATS,
      userNames: NO_USER_NAMES,
      limits: { ...DEFAULT_LIMITS, ...limits },
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const problem =
    crashOf(report) ??
    (source.read > READS_PER_BYTE * bytes.length + FREE_READS
      ? `reads ${source.read} bytes of ${bytes.length}`
      : undefined);
  return { report, problem };
}

function crashOf(report: FileReport): string | undefined {
  const crash = report.findings.find(({ rule }) => rule === "scan/crashed");
  if (crash !== undefined) {
    return crash.message;
  }
  const { size, readings } = report;
  for (const { format, coverage } of readings) {
    const { understood, inert, unaccounted } = coverage;
    if (
      understood < 0 ||
      inert < 0 ||
      unaccounted < 0 ||
      understood + inert + unaccounted !== size
    ) {
      return `the ledger of ${format} does not add up: ${understood} + ${inert} + ${unaccounted} of ${size}`;
    }
  }
  return report.children.map(crashOf).find((problem) => problem !== undefined);
}
