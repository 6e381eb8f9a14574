/**
 * The scan before signing: a signature should not lend a good name to what harms whoever loads it. Files are read
 * once; the digests that the scan takes from that read are those that are signed.
 */

import { availableParallelism } from "node:os";

import type { Report } from "../../kernel/report.ts";
import type { Tree } from "../../kernel/tree.ts";
import type { HashFiles, HashJob, HashResult } from "../../provenance/oms/hash-files.ts";
import { scan } from "../../scan/scanner.ts";
import { AppError } from "../../kernel/errors.ts";
import { today } from "../clock.ts";
import { loadConfig } from "../config/load.ts";
import type { Work } from "./work.ts";

/** What a scan finds when somebody wrote to a file meanwhile: its digest is of neither version. */
const UNSTABLE = "scan/changed-while-reading";

export interface ScanGate {
  readonly report: Report;
  /** Takes the scan's digests, and hashes what it has none of. */
  readonly hash: HashFiles;
  /** Paths of files that are not malicious. */
  readonly harmless: ReadonlySet<string>;
}

/** Scans a model. Throws `AppError` ABORTED where the user gives up. */
export async function scanGate(
  tree: Tree,
  { hash, signal }: Pick<Work, "hash" | "signal">,
): Promise<ScanGate> {
  const { config } = await loadConfig({ named: undefined, trust: false, targets: [tree.ref] });
  const events = scan([tree], {
    jobs: availableParallelism(),
    knownNames: config.knownNames ?? [],
    suppressions: config.suppressions ?? [],
    ...(config.limits === undefined ? {} : { limits: config.limits }),
    today: today(),
    openPool: async (setup, size) => {
      const { openThreads } = await import("../../workers/open-threads.ts");
      return openThreads(setup, size);
    },
    signal,
  });
  for await (const event of events) {
    if (event.kind === "report") {
      if (event.interrupted) {
        throw new AppError("ABORTED", "interrupted");
      }
      const { report } = event;
      const files = report.subjects.flatMap((subject) => subject.files);
      const harmless = files.filter(({ verdict }) => verdict !== "malicious");
      return {
        report,
        hash: reusing(report, hash),
        harmless: new Set(harmless.map(({ path }) => path)),
      };
    }
  }
  throw new Error("the scan ended without a report");
}

function reusing(report: Report, hash: HashFiles): HashFiles {
  const known = new Map<string, HashResult>();
  for (const file of report.subjects.flatMap(({ files }) => files)) {
    const { sha256 } = file.digests;
    const isStable = !file.findings.some(({ rule }) => rule === UNSTABLE);
    if (sha256 !== undefined && file.digestBasis === "computed" && isStable) {
      known.set(file.path, { kind: "digests", digests: [sha256], size: file.size });
    }
  }
  return async (jobs, options) => {
    const missing = jobs.filter((job) => find(known, job) === undefined);
    const results = (await hash(missing, options)).values();
    return jobs.map(
      (job) =>
        find(known, job) ??
        results.next().value ?? { kind: "unreadable", detail: "nobody read it" },
    );
  };
}

function find(known: ReadonlyMap<string, HashResult>, { file, algorithm, shards }: HashJob) {
  return algorithm === "sha256" && shards === undefined ? known.get(file.path) : undefined;
}
