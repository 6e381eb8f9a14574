/** Worker threads, one job in flight in each, each with a heap of its own: the thread backend of the scan pool. */

/* oxlint-disable max-lines-per-function -- the pool is what its closures share */

import { Worker } from "node:worker_threads";

import { lend, makeLoan } from "../bytes/lent-source.ts";
import type { Loan, LoanRequest } from "../bytes/lent-source.ts";
import type { PoolJob, PoolJobOptions, PoolSetup } from "../kernel/pool.ts";
import type { FileReport } from "../kernel/report.ts";
import type { LocatedTables } from "../kernel/tables.ts";

/** What a worker is sent. */
export interface WorkerOrder<Job = PoolJob> {
  readonly job: Job;
  readonly loan?: Loan;
}

/** What a worker answers. */
export type WorkerAnswer<Result = FileReport> =
  | { readonly kind: "progress"; readonly bytes: number }
  | { readonly kind: "tables"; readonly tables: readonly LocatedTables[] }
  | { readonly kind: "read"; readonly request: LoanRequest }
  | { readonly kind: "report"; readonly report: Result };

interface Task<Job, Result> extends PoolJobOptions {
  readonly job: Job;
  readonly resolve: (report: Result) => void;
}

export interface ThreadPoolOptions<Job, Result> {
  /** Where a worker starts: a file beside `cli/worker.ts`. */
  readonly entry: URL;
  /** What every worker gets, plain and serialisable. */
  readonly setup: PoolSetup | undefined;
  readonly size: number;
  /** The result of a job whose worker crashed. */
  readonly crashed: (job: Job, reason: string) => Result;
  /** Heap of one worker in MiB; past it the worker is killed and its file is `incomplete`. */
  readonly heap?: number;
}

const HEAP = 2048;

export interface ThreadPool<Job, Result> {
  readonly size: number;
  run(job: Job, options?: PoolJobOptions): Promise<Result>;
  close(): Promise<void>;
}

export function threadPool<Job, Result>(
  options: ThreadPoolOptions<Job, Result>,
): ThreadPool<Job, Result> {
  const { entry, setup, size, crashed, heap = HEAP } = options;
  const queue: Task<Job, Result>[] = [];
  const workers = new Set<Worker>();
  const idle: { readonly worker: Worker; readonly wake: () => void }[] = [];
  let closed = false;

  const start = (task: Task<Job, Result>, worker: Worker): void => {
    const settle = (report: Result, reusable: boolean): void => {
      // One by one: `removeAllListeners` also takes those with which Node makes messages arrive.
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
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
        const onDeath = (): void => void workers.delete(worker);
        worker.once("error", onDeath);
        idle.push({ worker, wake: () => void worker.off("error", onDeath) });
      }
    };
    worker.ref();
    const { job, lent } = task;
    const order: WorkerOrder<Job> = lent === undefined ? { job } : { job, loan: makeLoan() };
    const onMessage = (answer: WorkerAnswer<Result>): void => {
      switch (answer.kind) {
        case "progress":
          task.onProgress?.(answer.bytes);
          break;
        case "tables":
          task.onTables?.(answer.tables);
          break;
        case "read":
          if (lent !== undefined && order.loan !== undefined) {
            void lend(lent, order.loan, answer.request);
          }
          break;
        case "report":
          settle(answer.report, true);
      }
    };
    const onError = (error: Error): void => settle(crashed(job, error.message), false);
    const onExit = (code: number): void =>
      settle(crashed(job, `its worker ended with code ${code}`), false);
    worker.on("message", onMessage).once("error", onError).once("exit", onExit);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows of a browser
    worker.postMessage(order);
  };

  const spawn = (): Worker => {
    const worker = new Worker(entry, {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: heap },
    });
    workers.add(worker);
    return worker;
  };

  return {
    size,
    run: (job, jobOptions = {}) =>
      new Promise((resolve) => {
        const task: Task<Job, Result> = { ...jobOptions, job, resolve };
        const resting = idle.pop();
        if (resting !== undefined) {
          resting.wake();
          start(task, resting.worker);
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
