/**
 * Digests of a model that lies on a hub, without downloading it: those that the hub states for what it keeps in large
 * file storage. Files in git itself have no SHA-256 there; they are small, so they are read. The hub is believed in
 * what it states, and whoever asks is told for which files.
 */

import type { HashFiles, HashJob, HashResult } from "./hash-files.ts";

/** Git keeps no larger files on a hub; one that claims to be is not fetched. */
const LARGEST_IN_GIT = 64 * 1024 * 1024;

/** Takes what the place states, and hashes what it states nothing of. */
export function statedDigests(hash: HashFiles): HashFiles {
  return async (jobs, options) => {
    const known = jobs.map(statedResult);
    const missing = jobs.filter((_, index) => known[index] === undefined);
    const rest = (await hash(missing, options)).values();
    return jobs.map(
      (_, index) =>
        known[index] ?? rest.next().value ?? { kind: "unreadable", detail: "nobody read it" },
    );
  };
}

function statedResult({ file, algorithm, shards }: HashJob): HashResult | undefined {
  const { stated, size = 0 } = file;
  if (stated?.sha256 !== undefined && algorithm === "sha256" && shards === undefined) {
    return { kind: "digests", digests: [stated.sha256], size, stated: true };
  }
  return stated?.sha256 === undefined && size <= LARGEST_IN_GIT
    ? undefined
    : { kind: "unreadable", detail: "the hub states no digest of the kind that was signed" };
}
