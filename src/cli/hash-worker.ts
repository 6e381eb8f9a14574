/** Entry of a worker thread that takes digests: one file after the other, without anything that scans need. */

import { parentPort } from "node:worker_threads";

import { openFile } from "../bytes/file-source.ts";
import { errorMessage } from "../kernel/errors.ts";
import { hashSource } from "../provenance/oms/hash-files.ts";
import type { HashResult } from "../provenance/oms/hash-files.ts";
import type { ThreadHashJob } from "../workers/hash-threads.ts";
import type { WorkerAnswer, WorkerOrder } from "../workers/thread-pool.ts";

const PROGRESS_STEP = 32 * 1024 * 1024;

function answer(message: WorkerAnswer<HashResult>): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows of a browser
  parentPort?.postMessage(message);
}

async function run({ path, name, algorithm, shards }: ThreadHashJob): Promise<HashResult> {
  let done = 0;
  let told = 0;
  try {
    const source = openFile(path, name);
    try {
      const job = { algorithm, ...(shards === undefined ? {} : { shards }) };
      return await hashSource(source, job, {
        onProgress: (bytes) => {
          done += bytes;
          if (done - told >= PROGRESS_STEP) {
            told = done;
            answer({ kind: "progress", bytes: done });
          }
        },
      });
    } finally {
      source.close();
    }
  } catch (error) {
    return { kind: "unreadable", detail: errorMessage(error) };
  }
}

parentPort?.on("message", ({ job }: WorkerOrder<ThreadHashJob>) => {
  void run(job).then((report) => answer({ kind: "report", report }));
});
