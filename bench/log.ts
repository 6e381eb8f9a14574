/** A log of 70,000 entries against hashing its leaves alone, and single appends against a file that is flushed once. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import { auditLog } from "../src/provenance/log/audit.ts";
import { encodeEntry } from "../src/provenance/log/entry.ts";
import { initLog } from "../src/provenance/log/init-log.ts";
import { hashLeaf } from "../src/provenance/log/merkle.ts";
import { withLog } from "../src/provenance/log/open-log.ts";
import { signerFromSeed } from "../src/provenance/log/signer-key.ts";
import { tileFolder } from "../src/store/tile-folder/tile-folder.ts";
import type { Bench, Row } from "./bench.ts";

const ENTRIES = 70_000;
const SINGLE = 50;
const signer = signerFromSeed("example.org/bench", Buffer.alloc(32, 1));

interface Figure {
  /** Seconds. */
  readonly median: number;
  readonly spread: number;
}

async function timed(runs: number, work: () => Promise<void> | void): Promise<Figure> {
  const all: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await work();
    all.push((performance.now() - started) / 1000);
  }
  const sorted = all.toSorted((a, b) => a - b);
  const quarter = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  return { median: quarter(0.5), spread: (quarter(0.75) - quarter(0.25)) / quarter(0.5) };
}

function entries(): Buffer[] {
  return Array.from({ length: ENTRIES }, (_, index) =>
    encodeEntry({
      v: 1,
      type: "scanned",
      time: "2026-11-21T12:00:00.000Z",
      subject: { name: `org/model-${index % 1000}`, sha256: "ab".repeat(32) },
      actor: { kind: "service", id: "ci" },
      result: { verdict: "clean" },
    }),
  );
}

/** The least that a program can do so that a file outlives a crash. */
function durableWrite(folder: string): void {
  const file = openSync(join(folder, "new"), "w");
  writeSync(file, "x");
  fsyncSync(file);
  closeSync(file);
  renameSync(join(folder, "new"), join(folder, "old"));
  const parent = openSync(folder, "r");
  fsyncSync(parent);
  closeSync(parent);
}

export const log: Bench = {
  name: "log",
  async run({ folder, runs }): Promise<Row[]> {
    const leaves = entries();
    const path = join(folder, "log");
    const hashing = await timed(runs, () => {
      for (const leaf of leaves) {
        hashLeaf(leaf);
      }
    });
    const appending = await timed(runs, async () => {
      rmSync(path, { recursive: true, force: true });
      const storage = tileFolder(path, { create: true });
      await initLog(storage, signer);
      await withLog(storage, (open) => open.append(leaves));
    });
    const storage = tileFolder(path);
    const { checkpoint } = await withLog(storage, (open) => Promise.resolve(open));
    const auditing = await timed(runs, async () => {
      await auditLog(storage, checkpoint);
    });
    const small = tileFolder(join(folder, "small-log"), { create: true });
    await initLog(small, signer);
    const single = await timed(runs, async () => {
      for (let count = 0; count < SINGLE; count += 1) {
        await withLog(small, (open) => open.append(leaves.slice(count, count + 1)));
      }
    });
    const durable = await timed(runs, () => {
      for (let count = 0; count < SINGLE; count += 1) {
        durableWrite(folder);
      }
    });
    const [hash, leafHash] = ["its leaf hash alone", each(hashing, ENTRIES)];
    return [
      // Some 550 files are flushed meanwhile.
      row("an entry of 70,000 under one checkpoint", each(appending, ENTRIES), hash, leafHash, 40),
      row("an entry of 70,000 that are audited", each(auditing, ENTRIES), hash, leafHash, 16),
      row("an entry appended by itself", each(single), "a file flushed", each(durable), 12),
    ];
  },
};

function each({ median, spread }: Figure, count = SINGLE): Figure {
  return { median: median / count, spread };
}

function row(work: string, measured: Figure, what: string, reference: Figure, most: number): Row {
  return {
    work,
    measured: `${Math.round(1 / measured.median)} a second`,
    reference: `${what}: ${Math.round(1 / reference.median)} a second`,
    value: measured.median / reference.median,
    target: { kind: "at most", value: most, unit: "x" },
    spread: measured.spread,
  };
}
