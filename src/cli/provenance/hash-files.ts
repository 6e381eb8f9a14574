/** How this program hashes: many files share the cores where that pays off. */

import { availableParallelism } from "node:os";

import type { HashFiles } from "../../provenance/oms/hash-files.ts";

/** Loads threads when there is something to hash. */
export const hashFiles: HashFiles = async (jobs, options) => {
  const { hashThreads } = await import("../../workers/hash-threads.ts");
  return await hashThreads(availableParallelism())(jobs, options);
};
