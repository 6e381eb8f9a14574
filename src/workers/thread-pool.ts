/** The thread backend of the scan pool: one file in flight per worker thread, each with a heap of its own. */

/* oxlint-disable max-lines-per-function -- the pool is what its closures share */

import { Worker } from "node:worker_threads";

import type { PoolJob, PoolSetup, ScanPool } from "../kernel/pool.ts";
import type { FileReport } from "../kernel/report.ts";

/** What a worker answers. */
export type WorkerAnswer =
  | { readonly kind: "progress"; readonly bytes: number }
  | { readonly kind: "report"; readonly report: FileReport };

interface Task {
  readonly job: PoolJob;
  readonly onProgress: ((bytes: number) => void) | undefined;
  readonly resolve: (report: FileReport) => void;
}

export interface ThreadPoolOptions {
  readonly setup: PoolSetup;
  readonly size: number;
  /** The report of a file whose worker crashed. */
  readonly crashed: (job: PoolJob, reason: string) => FileReport;
  /** Heap of one worker in MiB; past it the worker is killed and its file is `incomplete`. */
  readonly heap?: number;
}

const HEAP = 2048;

export function threadPool(options: ThreadPoolOptions): ScanPool {
  const { setup, size, crashed, heap = HEAP } = options;
  const queue: Task[] = [];
  const workers = new Set<Worker>();
  const idle: Worker[] = [];
  let closed = false;

  const start = (task: Task, worker: Worker): void => {
    const settle = (report: FileReport, reusable: boolean): void => {
      worker.removeAllListeners();
      task.resolve(report);
      if (!reusable) {
        workers.delete(worker);
        void worker.terminate();
      }
      const next = closed ? undefined : queue.shift();
      if (next !== undefined) {
        start(next, reusable ? worker : spawn());
      } else if (reusable) {
        // An idle worker must not keep the process alive, nor go unnoticed when it dies.
        worker.unref();
        worker.once("error", () => workers.delete(worker));
        idle.push(worker);
      }
    };
    worker.ref();
    worker.on("message", (answer: WorkerAnswer) => {
      if (answer.kind === "progress") {
        task.onProgress?.(answer.bytes);
      } else {
        settle(answer.report, true);
      }
    });
    worker.once("error", (error) => settle(crashed(task.job, error.message), false));
    worker.once("exit", (code) =>
      settle(crashed(task.job, `its worker ended with code ${code}`), false),
    );
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows of a browser
    worker.postMessage(task.job);
  };

  const spawn = (): Worker => {
    // One place in the sources, in the library's modules and in the bundle.
    const worker = new Worker(new URL("../cli/worker.js", import.meta.url), {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: heap },
    });
    workers.add(worker);
    return worker;
  };

  return {
    size,
    run: (job, onProgress) =>
      new Promise((resolve) => {
        const task: Task = { job, onProgress, resolve };
        const worker = idle.pop();
        if (worker !== undefined) {
          worker.removeAllListeners("error");
          start(task, worker);
        } else if (workers.size < size) {
          start(task, spawn());
        } else {
          queue.push(task);
        }
      }),
    async close() {
      closed = true;
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}
