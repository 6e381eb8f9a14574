/** Entry of a worker thread: scans one file after the other and answers with their reports. */

import { parentPort, workerData } from "node:worker_threads";

import { openFile } from "../bytes/file-source.ts";
import { FORMATS } from "../formats/registry.ts";
import { AppError } from "../kernel/errors.ts";
import type { PoolJob, PoolSetup } from "../kernel/pool.ts";
import { scanFile } from "../scan/scan-file.ts";
import type { WorkerAnswer } from "../workers/thread-pool.ts";

const PROGRESS_STEP = 32 * 1024 * 1024;

const { limits, knownNames, requireWeightsOnly, quick } = workerData as PoolSetup;

function answer(message: WorkerAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows of a browser
  parentPort?.postMessage(message);
}

async function run({ path, ref }: PoolJob): Promise<void> {
  let told = 0;
  const report = await scanFile(
    {
      path,
      open: () =>
        ref.kind === "file"
          ? Promise.resolve(openFile(ref.path, path))
          : Promise.reject(new AppError("INTERNAL", "a worker can only open files")),
    },
    {
      formats: FORMATS,
      userNames: knownNames,
      limits,
      requireWeightsOnly,
      quick,
      onProgress: (_, bytes) => {
        if (bytes - told >= PROGRESS_STEP) {
          told = bytes;
          answer({ kind: "progress", bytes });
        }
      },
    },
  );
  answer({ kind: "report", report });
}

parentPort?.on("message", (job: PoolJob) => void run(job));
