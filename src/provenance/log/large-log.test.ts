/** The files of logs whose sizes lie around full tiles: names, widths, and a tree that is derived again. */

import { beforeAll, describe, expect, it } from "vitest";

import { MemoryLog } from "../../../test/builders/memory-log.ts";
import { auditLog } from "./audit.ts";
import { initLog } from "./init-log.ts";
import { sameHash } from "./merkle.ts";
import { withLog } from "./open-log.ts";
import type { OpenLog } from "./open-log.ts";
import { signerFromSeed } from "./signer-key.ts";
import { RightEdge } from "./right-edge.ts";
import { TreeReader } from "./tree-reader.ts";

const signer = signerFromSeed("example.org/large", Buffer.alloc(32, 7));

function leaves(from: number, to: number): Buffer[] {
  return Array.from({ length: to - from }, (_, at) => Buffer.from(`entry ${from + at}`));
}

async function grow(log: MemoryLog, size: number): Promise<OpenLog> {
  return await withLog(log, async (open) => {
    await open.append(leaves(open.checkpoint.size, size));
    return open;
  });
}

function tiles(log: MemoryLog): string[] {
  return [...log.lasting.keys()].filter((path) => path.startsWith("tile/")).sort();
}

describe("a log around 256 entries", { timeout: 60_000 }, () => {
  it("has partial tiles until they are full, and the level above from then on", async () => {
    const log = new MemoryLog();
    await initLog(log, signer);
    await grow(log, 255);
    expect(tiles(log)).toEqual(["tile/0/000.p/255", "tile/entries/000.p/255"]);
    await grow(log, 256);
    expect(tiles(log)).toEqual(["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    const { checkpoint } = await grow(log, 257);
    expect(tiles(log)).toContain("tile/0/001.p/1");
    expect(tiles(log)).toContain("tile/entries/001.p/1");
    expect((await auditLog(log, checkpoint)).problems).toEqual([]);
  });

  it("keeps partial tiles until the full one is there, and those of no other tile", async () => {
    const log = new MemoryLog();
    await initLog(log, signer);
    for (const size of [200, 250, 300, 301, 511]) {
      await grow(log, size);
    }
    expect(tiles(log).filter((path) => path.includes(".p/"))).toEqual([
      "tile/0/001.p/255",
      "tile/0/001.p/44",
      "tile/0/001.p/45",
      "tile/1/000.p/1",
      "tile/entries/001.p/255",
      "tile/entries/001.p/44",
      "tile/entries/001.p/45",
    ]);
    await grow(log, 512);
    expect(tiles(log).filter((path) => path.includes(".p/"))).toEqual([
      "tile/1/000.p/1",
      "tile/1/000.p/2",
    ]);
  });

  it("is the same whether it grows at once or one by one", async () => {
    const [once, slowly] = [new MemoryLog(), new MemoryLog()];
    await initLog(once, signer);
    await initLog(slowly, signer);
    const { checkpoint } = await grow(once, 520);
    for (const size of [1, 2, 100, 256, 257, 511, 512, 513, 520]) {
      await grow(slowly, size);
    }
    expect(await slowly.read("checkpoint")).toEqual(await once.read("checkpoint"));
    for (const path of tiles(once)) {
      expect(await slowly.read(path), path).toEqual(await once.read(path));
    }
    expect(checkpoint.size).toBe(520);

    const tree = new TreeReader(once, 520);
    for (const size of [1, 255, 256, 257, 511, 513]) {
      const edge = await RightEdge.readAt(tree, size);
      for (const leaf of leaves(size, 520)) {
        edge.append(leaf);
      }
      expect(sameHash(edge.root(), checkpoint.root)).toBe(true);
    }
  });
});

// Not a limit that is tested: machines that do other things as well take longer.
describe("a log around 65,536 entries", { timeout: 60_000 }, () => {
  const log = new MemoryLog();
  beforeAll(async () => {
    await initLog(log, signer);
  });

  it.each([
    [65_535, "tile/0/255.p/255", "tile/1/000.p/255"],
    [65_536, "tile/0/255", "tile/2/000.p/1"],
    [65_537, "tile/0/256.p/1", "tile/entries/256.p/1"],
    [70_000, "tile/0/273.p/112", "tile/1/001.p/17"],
  ])("has at %d what tlog-tiles says", async (size, ...expected) => {
    const { checkpoint } = await grow(log, size);
    for (const path of expected) {
      expect(log.lasting.has(path), path).toBe(true);
    }
    const { problems } = await auditLog(log, checkpoint);
    expect(problems).toEqual([]);
    expect(sameHash(await new TreeReader(log, size).root(), checkpoint.root)).toBe(true);
  });

  it("is opened by its last entries alone, and still found damaged by an audit", async () => {
    const path = "tile/entries/005";
    const bytes = Buffer.from((await log.read(path)) ?? []);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await log.replace(path, bytes);
    const { checkpoint } = await grow(log, 70_001);
    const { problems } = await auditLog(log, checkpoint);
    expect(problems).toEqual([
      { path, message: expect.stringMatching(/^entry 128\d in tile\/entries\/005 is not/) },
    ]);
  });
});
