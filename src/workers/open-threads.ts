/** Opens the thread pool with the engine's words for a file whose worker died. */

import type { OpenPool, PoolJob } from "../kernel/pool.ts";
import type { FileReport } from "../kernel/report.ts";
import { crashReport } from "../scan/scan-file.ts";
import { threadPool } from "./thread-pool.ts";

export const openThreads: OpenPool = (setup, size) =>
  Promise.resolve(
    threadPool<PoolJob, FileReport>({
      // One place in the sources, in the library's modules and in the bundle.
      entry: new URL("../cli/worker.js", import.meta.url),
      setup,
      size,
      crashed: ({ path }, reason) => crashReport(path, reason),
    }),
  );
