/** Trees are scanned together: one plan, one pool, and reports in each tree's own order. */

import { describe, expect, it } from "vitest";

import { pickle } from "../../test/builders/pickle.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import { FORMATS } from "../formats/registry.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { OpenPool } from "../kernel/pool.ts";
import type { Tree } from "../kernel/tree.ts";
import { NO_USER_NAMES } from "../machines/pickle/names/user-name.ts";
import type { ScanEvent } from "./events.ts";
import { scanFile } from "./scan-file.ts";
import { scan } from "./scanner.ts";

const BYTES = pickle().proto(2).value("text").op("STOP").bytes();
const MEBIBYTE = 1024 * 1024;

/** A tree whose files state a size. */
function tree(ref: string, paths: readonly string[], size: number): Tree {
  return {
    kind: "folder",
    ref,
    async *list() {
      for (const path of paths) {
        yield {
          path,
          rawName: Buffer.from(path),
          kind: "file",
          size,
          identity: undefined,
          ref: { kind: "memory", name: path },
          open: () => Promise.resolve(new MemorySource(BYTES, path)),
        };
      }
    },
  };
}

/** A pool that scans where it stands, the last job that it is given first. */
function pools(): { opened: { size: number; paths: string[] }[]; openPool: OpenPool } {
  const opened: { size: number; paths: string[] }[] = [];
  const scanner = { formats: FORMATS, userNames: NO_USER_NAMES, limits: DEFAULT_LIMITS };
  const openPool: OpenPool = (_setup, size) => {
    const pool = { size, paths: [] as string[] };
    opened.push(pool);
    return Promise.resolve({
      size,
      async run({ path }) {
        pool.paths.push(path);
        await new Promise((resolve) => setTimeout(resolve, 20 / pool.paths.length));
        const open = () => Promise.resolve(new MemorySource(BYTES, path));
        return await scanFile({ path, open }, scanner);
      },
      close: () => Promise.resolve(),
    });
  };
  return { opened, openPool };
}

async function eventsOf(events: AsyncIterable<ScanEvent>): Promise<ScanEvent[]> {
  const list: ScanEvent[] = [];
  for await (const event of events) {
    list.push(event);
  }
  return list;
}

describe("scan", () => {
  it("plans all trees at once and opens one pool for them", async () => {
    const { opened, openPool } = pools();
    const trees = [tree("first", ["a", "b"], 20 * MEBIBYTE), tree("second", ["c"], 20 * MEBIBYTE)];
    const events = await eventsOf(scan(trees, { jobs: 2, openPool }));

    expect(opened).toEqual([{ size: 2, paths: ["a", "b", "c"] }]);
    expect(events.filter(({ kind }) => kind === "plan")).toEqual([
      { kind: "plan", files: 3, bytes: 60 * MEBIBYTE },
    ]);
    const last = events.at(-1);
    const subjects = last?.kind === "report" ? last.report.subjects : [];
    expect(subjects.map(({ ref, files }) => [ref, files.map(({ path }) => path)])).toEqual([
      ["first", ["a", "b"]],
      ["second", ["c"]],
    ]);
  });

  it("opens no pool for little work", async () => {
    const { opened, openPool } = pools();
    await eventsOf(scan([tree("first", ["a", "b"], 10)], { jobs: 2, openPool }));

    expect(opened).toEqual([]);
  });

  it("scans nothing when one of the trees is empty", async () => {
    const { opened, openPool } = pools();
    const trees = [tree("first", ["a", "b"], 30 * MEBIBYTE), tree("second", [], 0)];

    await expect(eventsOf(scan(trees, { jobs: 2, openPool }))).rejects.toThrow(
      "second: nothing to scan",
    );
    expect(opened).toEqual([]);
  });
});
