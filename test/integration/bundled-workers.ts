/** Threads for a program that runs from its sources: workers run what is shipped, beside which no sources lie. */

import type { Worker, WorkerOptions } from "node:worker_threads";

const WORKER = new URL("../../dist/cli/worker.js", import.meta.url);

/** For `vi.mock` of `node:worker_threads`. */
export async function bundledWorkers(
  original: () => Promise<{ readonly Worker: typeof Worker }>,
): Promise<object> {
  const module = await original();
  class BundledWorker extends module.Worker {
    constructor(_: URL | string, options?: WorkerOptions) {
      super(WORKER, options);
    }
  }
  return { ...module, Worker: BundledWorker };
}
