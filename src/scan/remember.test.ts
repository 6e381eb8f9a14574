/** A file that did not change is not scanned again, and its report is the same; whatever else changes is a miss. */

import { describe, expect, it } from "vitest";

import { pickle } from "../../test/builders/pickle.ts";
import { hostile } from "../../test/builders/pytorch.ts";
import { layoutOf, shardedModel, shardOf } from "../../test/builders/shards.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import type { Report } from "../kernel/report.ts";
import type { CachedEntry, ResultCache } from "../kernel/result-cache.ts";
import type { FileState, Tree } from "../kernel/tree.ts";
import type { ScanEvent, ScanOptions } from "./events.ts";
import { scan } from "./scanner.ts";

interface File {
  readonly bytes: Uint8Array;
  readonly state?: FileState;
}

const CLEAN = pickle().proto(2).value("text").done();

/** A folder whose files count how often they are read. */
function folder(files: Readonly<Record<string, File>>, cacheName = "here") {
  const read: string[] = [];
  const tree: Tree = {
    kind: "folder",
    ref: "models",
    cacheName,
    async *list() {
      for (const [path, { bytes, state }] of Object.entries(files)) {
        yield {
          path,
          rawName: Buffer.from(path),
          kind: "file",
          size: bytes.length,
          identity: undefined,
          state,
          open: async () => {
            const source = new MemorySource(bytes, path);
            read.push(path);
            return source;
          },
        };
      }
    },
  };
  return { tree, read };
}

/** A cache that forgets nothing, as text, and says what was stored. */
function memory(trustsState = false) {
  const entries = new Map<string, Omit<CachedEntry, "result"> & { text: string }>();
  const stored: string[] = [];
  const cache: ResultCache = {
    trustsState,
    folder: (name, scope) => ({
      find(path) {
        const entry = entries.get(JSON.stringify([name, scope, path]));
        return entry && { ...entry, result: () => JSON.parse(entry.text) as never };
      },
      store(path, { state, digest, result }) {
        stored.push(path);
        const text = JSON.stringify(result);
        entries.set(JSON.stringify([name, scope, path]), { state: state?.key, digest, text });
      },
    }),
    close: () => undefined,
  };
  return { cache, stored, entries };
}

type Ended = Extract<ScanEvent, { kind: "report" }>;

async function end(tree: Tree, options: ScanOptions): Promise<Ended> {
  for await (const event of scan([tree], options)) {
    if (event.kind === "report") {
      return event;
    }
  }
  throw new Error("no report");
}

async function run(tree: Tree, options: ScanOptions): Promise<Report> {
  return (await end(tree, options)).report;
}

const FILES = { "a.pkl": { bytes: hostile() }, "b.pkl": { bytes: CLEAN } };

describe("by digest", () => {
  it("gives the same report, and stores nothing again", async () => {
    const { cache, stored } = memory();
    const { tree, read } = folder(FILES);
    const plain = await run(tree, {});
    const first = await run(tree, { cache });
    const second = await run(tree, { cache });

    expect(first).toEqual(plain);
    expect(second).toEqual(plain);
    expect(stored).toEqual(["a.pkl", "b.pkl"]);
    expect(read).toHaveLength(6);
  });

  it("takes the result from the cache and not from another scan", async () => {
    const { cache, entries } = memory();
    const { tree } = folder(FILES);
    await run(tree, { cache });
    for (const [key, entry] of entries) {
      entries.set(key, { ...entry, text: entry.text.replace("touch wb_canary", "marked") });
    }

    const [file] = (await run(tree, { cache })).subjects[0]?.files ?? [];
    expect(file?.findings[0]?.message).toBe('would run the shell command "marked"');
  });

  it("scans what has other bytes under the same name and with the same size", async () => {
    const { cache, stored } = memory();
    const other = Buffer.from(hostile());
    other.write("crazy", other.indexOf("touch"));
    await run(folder(FILES).tree, { cache });
    const report = await run(folder({ "a.pkl": { bytes: other } }).tree, { cache });

    expect(report.subjects[0]?.files[0]?.findings[0]?.message).toContain("crazy wb_canary");
    expect(stored).toEqual(["a.pkl", "b.pkl", "a.pkl"]);
  });

  it.each<[string, ScanOptions]>([
    ["limits", { limits: { depth: 3 } }],
    ["known names", { knownNames: [{ module: "os", name: "system", reason: "test" }] }],
    ["a rule more", { requireWeightsOnly: true }],
  ])("scans again with other %s", async (_what, options) => {
    const { cache } = memory();
    const { tree } = folder(FILES);
    await run(tree, { cache });

    expect(await run(tree, { cache, ...options })).toEqual(await run(tree, options));
  });

  it("keeps results before they are suppressed", async () => {
    const { cache } = memory();
    const { tree } = folder(FILES);
    const entry = { rule: "pickle/dangerous-call", path: "a.pkl", reason: "test" };
    const suppressions = [{ ...entry, expires: "2026-12-31" }];
    const suppressed = await run(tree, { cache, suppressions, today: "2026-11-21" });
    const report = await run(tree, { cache });
    const again = await run(tree, { cache, suppressions, today: "2026-11-21" });

    expect([suppressed.verdict, report.verdict]).toEqual(["clean", "malicious"]);
    expect(again).toEqual(suppressed);
  });

  it("does not keep what may come out otherwise the next time", async () => {
    const { cache, stored } = memory();
    const { tree } = folder(FILES);
    const broken: Tree = {
      ...tree,
      async *list(signal) {
        for await (const file of tree.list(signal)) {
          const open = () => Promise.reject(new Error("the disk is gone"));
          yield file.path === "a.pkl" ? { ...file, open } : file;
        }
      },
    };
    await run(broken, { cache });

    expect(stored).toEqual(["b.pkl"]);
  });

  it("leaves a place alone that has no name, and a trace to be made", async () => {
    const { cache, stored } = memory();
    const { cacheName: _name, ...nameless } = folder(FILES).tree;
    await run(nameless, { cache });
    const lines: string[] = [];
    await run(folder(FILES).tree, { cache, trace: (_locator, line) => lines.push(line) });

    expect(stored).toEqual([]);
    expect(lines.length).toBeGreaterThan(0);
  });
});

describe("by state", () => {
  const state = { key: "1", changed: 0 };
  const files = { "a.pkl": { bytes: hostile(), state }, "b.pkl": { bytes: CLEAN, state } };

  it("reads nothing, and says so of each file", async () => {
    const { cache } = memory(true);
    const { tree, read } = folder(files);
    const first = await run(tree, { cache });
    read.length = 0;
    const second = await run(tree, { cache });

    expect(read).toEqual([]);
    const [subject] = first.subjects;
    const cached = subject?.files.map((file) => ({ ...file, cached: "stat" }));
    expect(second).toEqual({ ...first, subjects: [{ ...subject, files: cached }] });
  });

  it("reads what has another state, or none", async () => {
    const { cache, stored } = memory(true);
    await run(folder(files).tree, { cache });
    const { tree, read } = folder({
      "a.pkl": { bytes: CLEAN, state: { key: "2", changed: 0 } },
      "b.pkl": { bytes: CLEAN },
    });
    const report = await run(tree, { cache });

    expect(read).toEqual(["a.pkl", "b.pkl"]);
    expect(report.subjects[0]?.files.map(({ cached, verdict }) => [cached, verdict])).toEqual([
      [undefined, "clean"],
      [undefined, "clean"],
    ]);
    expect(stored).toEqual(["a.pkl", "b.pkl", "a.pkl", "b.pkl"]);
  });

  it("is not enough for those who want a digest", async () => {
    const { cache } = memory(true);
    const { tree, read } = folder(files);
    await run(tree, { cache });
    read.length = 0;
    await run(tree, { cache: { ...cache, trustsState: false } });

    expect(read).toEqual(["a.pkl", "b.pkl"]);
  });

  it("serves a quick scan, which has no digests", async () => {
    const { cache } = memory(true);
    const { tree, read } = folder(files);
    await run(tree, { cache, quick: true });
    read.length = 0;
    const report = await run(tree, { cache, quick: true });

    expect(read).toEqual([]);
    expect(report.subjects[0]?.files[0]).toMatchObject({ cached: "stat", digests: {} });
  });
});

describe("tables for rules over whole folders", () => {
  const state = { key: "1", changed: 0 };
  const layout = layoutOf(["a", "b"], ["c"]);
  const [, second = ""] = Object.keys(layout);

  function model(files: ReturnType<typeof shardedModel>): Record<string, File> {
    return Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path,
        { bytes: Buffer.from(content), state },
      ]),
    );
  }

  /** An index that names a tensor which no shard has. */
  const broken = { ...shardedModel(layout), [second]: shardOf(["other"]) };

  it("are kept beside reports, so that the same is found without reading", async () => {
    const { cache } = memory(true);
    const { tree, read } = folder(model(broken));
    const first = await end(tree, { cache });
    read.length = 0;
    const again = await end(tree, { cache });

    expect(first.report.subjects[0]?.findings.length).toBeGreaterThan(0);
    expect(again.report.subjects[0]?.findings).toEqual(first.report.subjects[0]?.findings);
    expect(first.tables[0]?.size).toBe(3);
    expect(again.tables).toEqual(first.tables);
    expect(read).toEqual([]);
  });

  it("are the same for a file that is known by its digest", async () => {
    const { cache } = memory();
    const { tree } = folder(model(broken));
    const first = await end(tree, { cache });

    expect(await end(tree, { cache })).toEqual(first);
  });

  it("are read again where they are not kept, or damaged", async () => {
    const { cache, entries } = memory(true);
    const { tree, read } = folder(model(broken));
    const first = await end(tree, { cache });
    for (const [key, entry] of entries) {
      const { tables, ...rest } = JSON.parse(entry.text) as { tables: string };
      const damaged = key.includes(second) ? { ...rest, tables: tables.slice(1) } : rest;
      entries.set(key, { ...entry, text: JSON.stringify(damaged) });
    }
    read.length = 0;
    const again = await end(tree, { cache });

    expect(again.tables).toEqual(first.tables);
    expect(again.report.subjects[0]?.findings).toEqual(first.report.subjects[0]?.findings);
    expect(read).toHaveLength(3);
  });
});
