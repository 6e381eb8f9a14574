/** Threads that die take their file with them, and nothing else. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { DEFAULT_LIMITS } from "../../src/kernel/limits.ts";
import type { ScanPool } from "../../src/kernel/pool.ts";
import type { PoolJob } from "../../src/kernel/pool.ts";
import type { FileReport } from "../../src/kernel/report.ts";
import { crashReport } from "../../src/scan/scan-file.ts";
import type { ThreadPoolOptions } from "../../src/workers/thread-pool.ts";
import { pickle } from "../builders/pickle.ts";
import { root } from "./program.ts";

let folder = "";
/** As it is shipped: workers are started from the file beside it. */
let threadPool: (options: ThreadPoolOptions<PoolJob, FileReport>) => ScanPool;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-workers-"));
  const path = pathToFileURL(join(root, "dist/workers/thread-pool.js")).href;
  ({ threadPool } = (await import(path)) as { threadPool: typeof threadPool });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array): PoolJob {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path: name, ref: { kind: "file", path }, quick: false };
}

/** Needs more memory than a worker with a small heap has: each tuple is a value that stays on the stack. */
function hungry(): Buffer {
  return Buffer.concat([
    pickle().proto(2).call("collections", "OrderedDict").bytes(),
    Buffer.from("K\u0001K\u0002\u0086".repeat(2_000_000), "latin1"),
    Buffer.from("."),
  ]);
}

const setup = { limits: DEFAULT_LIMITS, knownNames: [], requireWeightsOnly: false };

describe("a pool of threads", () => {
  it("goes on when one of them runs out of memory", async () => {
    const pool = threadPool({
      entry: pathToFileURL(join(root, "dist/cli/worker.js")),
      setup,
      size: 1,
      heap: 24,
      crashed: ({ path }, reason) => crashReport(path, reason),
    });
    const small = pickle().proto(2).value("text").op("STOP").bytes();
    const jobs = [
      write("small.pkl", small),
      write("large.pkl", hungry()),
      write("next.pkl", small),
    ];
    const reports: FileReport[] = await Promise.all(jobs.map((job) => pool.run(job)));
    await pool.close();

    expect(reports.map(({ path, verdict }) => [path, verdict])).toEqual([
      ["small.pkl", "clean"],
      ["large.pkl", "incomplete"],
      ["next.pkl", "clean"],
    ]);
    expect(reports[1]?.findings.map(({ rule }) => rule)).toEqual(["scan/crashed"]);
    expect(reports[1]?.issues[0]?.message).toContain("memory");
  });
});
