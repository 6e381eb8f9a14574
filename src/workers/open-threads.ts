/** Opens the thread pool with the engine's words for a file whose worker died. */

import type { OpenPool } from "../kernel/pool.ts";
import { crashReport } from "../scan/scan-file.ts";
import { threadPool } from "./thread-pool.ts";

export const openThreads: OpenPool = (setup, size) =>
  Promise.resolve(
    threadPool({ setup, size, crashed: ({ path }, reason) => crashReport(path, reason) }),
  );
