/** Digests on all cores, as they are shipped: workers are started from the file beside the program. */

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { HashFiles, HashJob } from "../../src/provenance/oms/hash-files.ts";
import { localTree } from "../../src/sources/local/local-tree.ts";
import { root } from "./program.ts";

const MIB = 1024 * 1024;

let folder = "";
let hashThreads: (cores: number) => HashFiles;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-hash-"));
  const path = pathToFileURL(join(root, "dist/workers/hash-threads.js")).href;
  ({ hashThreads } = (await import(path)) as { hashThreads: typeof hashThreads });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function jobsOf(contents: Readonly<Record<string, Uint8Array>>): Promise<HashJob[]> {
  for (const [name, bytes] of Object.entries(contents)) {
    writeFileSync(join(folder, name), bytes);
  }
  const jobs: HashJob[] = [];
  for await (const file of localTree(folder).list()) {
    const { rawName, path, kind, size, identity, ref } = file;
    // Whoever opened a large one here would not have used a thread.
    const open = (): Promise<never> => Promise.reject(new Error("opened on the main thread"));
    const isLarge = (size ?? 0) > MIB;
    const threaded = { rawName, path, kind, size, identity, ref, open };
    jobs.push({ file: isLarge ? threaded : file, algorithm: "sha256" });
  }
  return jobs;
}

describe("files on all cores", () => {
  it("have the digests that they have on one, in the order of the question", async () => {
    const contents = {
      "a-large": Buffer.alloc(40 * MIB, 1),
      "b-small": Buffer.from("small"),
      "c-large": Buffer.alloc(33 * MIB + 1, 2),
      "d-empty": Buffer.alloc(0),
    };
    const jobs = await jobsOf(contents);
    let bytes = 0;
    const results = await hashThreads(2)(jobs, { onProgress: (count) => void (bytes += count) });
    const all = Object.values(contents);

    expect(results).toEqual(
      all.map((content) => ({
        kind: "digests",
        digests: [createHash("sha256").update(content).digest("hex")],
        size: content.length,
      })),
    );
    expect(bytes).toBe(all.reduce((sum, { length }) => sum + length, 0));
  });

  it("are left when the user gives up", async () => {
    const jobs = await jobsOf({
      "a-large": Buffer.alloc(40 * MIB, 1),
      "c-large": Buffer.alloc(33 * MIB, 2),
    });
    const controller = new AbortController();
    const work = hashThreads(2)(jobs, { signal: controller.signal });
    setImmediate(() => controller.abort());

    await expect(work).rejects.toMatchObject({ code: "ABORTED" });
  });
});
