/** Entry of a worker thread: scans one file after the other and answers with their reports. */

import { parentPort, workerData } from "node:worker_threads";

import { openFile } from "../bytes/file-source.ts";
import { LentSource } from "../bytes/lent-source.ts";
import type { Loan } from "../bytes/lent-source.ts";
import { FORMATS } from "../formats/registry.ts";
import { AppError } from "../kernel/errors.ts";
import type { RandomSource } from "../kernel/source.ts";
import type { PoolJob, PoolSetup } from "../kernel/pool.ts";
import { buffersOf } from "../kernel/tables.ts";
import { scanFile } from "../scan/scan-file.ts";
import type { WorkerAnswer, WorkerOrder } from "../workers/thread-pool.ts";

const PROGRESS_STEP = 32 * 1024 * 1024;

const { limits, knownNames, requireWeightsOnly } = workerData as PoolSetup;

function answer(message: WorkerAnswer, handedOver: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, handedOver);
}

function open({ path, ref }: PoolJob, loan: Loan | undefined): RandomSource {
  if (ref.kind === "file") {
    return openFile(ref.path, path);
  }
  if (ref.kind === "lent" && loan !== undefined) {
    return new LentSource(ref, loan, (request) => answer({ kind: "read", request }));
  }
  throw new AppError("INTERNAL", "a worker can only open files and what is lent to it");
}

async function run({ job, loan }: WorkerOrder): Promise<void> {
  let told = 0;
  const { path, quick, stated, known } = job;
  const report = await scanFile(
    {
      path,
      open: async () => open(job, loan),
      ...(stated === undefined ? {} : { stated }),
      ...(known === undefined ? {} : { known }),
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
      onTables: (_, tables) => {
        answer(
          { kind: "tables", tables },
          tables.flatMap((located) => buffersOf(located.tables)),
        );
      },
    },
  );
  answer({ kind: "report", report });
}

parentPort?.on("message", (order: WorkerOrder) => void run(order));
