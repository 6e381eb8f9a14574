/** Scans the files of labels with the engine, as the library does, on as many threads as one likes. */

import { Worker } from "node:worker_threads";

import { openFile } from "../../src/bytes/file-source.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import { DEFAULT_LIMITS } from "../../src/kernel/limits.ts";
import type { FileReport } from "../../src/kernel/report.ts";
import { NO_USER_NAMES } from "../../src/machines/pickle/names/user-name.ts";
import { scanFile } from "../../src/scan/scan-file.ts";
import type { FileScanner } from "../../src/scan/scan-file.ts";

export interface Row {
  readonly file: string;
  /** The path that the scan is told, whose name is a hint for formats. */
  readonly path: string;
}

export interface Scanned {
  readonly report: FileReport | Error;
  readonly milliseconds: number;
}

/** Makes a scanner for many files: tables are read once. */
export function rowScanner(): (row: Row) => Promise<Scanned> {
  const scanner: FileScanner = {
    formats: FORMATS,
    userNames: NO_USER_NAMES,
    limits: DEFAULT_LIMITS,
  };
  return async ({ file, path }) => {
    const started = performance.now();
    let report: FileReport | Error;
    try {
      report = await scanFile({ path, open: async () => openFile(file, path) }, scanner);
    } catch (error) {
      report = error instanceof Error ? error : new Error(String(error));
    }
    return { report, milliseconds: performance.now() - started };
  };
}

/** Scans all rows; results are in their order. */
export async function scanRows(rows: readonly Row[], threads: number): Promise<Scanned[]> {
  if (threads <= 1) {
    const scan = rowScanner();
    const results: Scanned[] = [];
    for (const row of rows) {
      results.push(await scan(row));
    }
    return results;
  }
  const results: Scanned[] = Array.from({ length: rows.length });
  let next = 0;
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL("worker.ts", import.meta.url));
      try {
        while (next < rows.length) {
          const index = next;
          next += 1;
          results[index] = await ask(worker, rows[index]!);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  return results;
}

function ask(worker: Worker, row: Row): Promise<Scanned> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (scanned: Scanned) => {
      worker.off("error", reject);
      resolve(scanned);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    worker.postMessage(row);
  });
}

/** A path whose name has lost everything from its first dot on. */
export function withoutExtension(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.indexOf(".", 1);
  return dot === -1 ? path : path.slice(0, path.length - (name.length - dot));
}
