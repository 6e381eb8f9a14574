/** Files that were put back, changed or lost: a log never signs again before it is what it was. */

import { beforeEach, describe, expect, it } from "vitest";

import { MemoryLog } from "../../../test/builders/memory-log.ts";
import { auditLog } from "./audit.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { exportLog } from "./export-log.ts";
import { initLog } from "./init-log.ts";
import { checkKept } from "./kept-checkpoint.ts";
import { newEntries } from "./monitor.ts";
import { withLog } from "./open-log.ts";
import { policyOfKeys } from "./policy.ts";
import { beginRotation, finishRotation } from "./rotate-key.ts";
import { signerFromSeed } from "./signer-key.ts";
import { TreeReader } from "./tree-reader.ts";

const signer = signerFromSeed("example.org/log", Buffer.alloc(32, 1));
const TIME = "2026-11-21T12:00:00.000Z";
let log: MemoryLog;

beforeEach(async () => {
  log = new MemoryLog();
  await initLog(log, signer);
});

async function add(...texts: string[]): Promise<number> {
  return await withLog(log, (open) => open.append(texts.map((text) => Buffer.from(text))));
}

async function checkpoint(): Promise<Checkpoint> {
  return await withLog(log, (open) => Promise.resolve(open.checkpoint));
}

/** Puts some files of an earlier state back. */
function putBack(copy: ReadonlyMap<string, Uint8Array>, which: (path: string) => boolean): void {
  for (const path of log.lasting.keys()) {
    if (which(path)) {
      const bytes = copy.get(path);
      if (bytes === undefined) log.lasting.delete(path);
      else log.lasting.set(path, bytes);
    }
  }
}

const isPublic = (path: string): boolean => !path.startsWith(".state");

describe("published files that were put back", () => {
  it("are refused, with what to do", async () => {
    await add("a", "b");
    const copy = log.copy();
    await add("c");
    putBack(copy, isPublic);

    await expect(add("d")).rejects.toMatchObject({
      code: "LOG_FORKED",
      message: expect.stringMatching(
        /are not what was signed \(3 entries\): tile\/entries\/000\.p\/3/,
      ),
      hint: expect.stringContaining("restore"),
    });
  });

  it("are published again where it is the checkpoint alone", async () => {
    await add("a");
    const copy = log.copy();
    await add("b");
    const newest = await log.read("checkpoint");
    putBack(copy, (path) => path === "checkpoint");
    expect((await checkpoint()).size).toBe(2);
    expect(await log.read("checkpoint")).toEqual(newest);
    log.lasting.delete("checkpoint");
    await checkpoint();
    expect(await log.read("checkpoint")).toEqual(newest);
  });

  it("are refused where an entry was exchanged, tiles and all, but not the private state", async () => {
    await add("a", "b");
    const signed = log.lasting.get(".state/signed")!;
    const forged = new MemoryLog();
    await initLog(forged, signer);
    await withLog(forged, (open) => open.append([Buffer.from("a"), Buffer.from("x")]));
    log.restore(forged.copy());
    log.lasting.set(".state/signed", signed);

    await expect(add("c")).rejects.toMatchObject({
      code: "LOG_FORKED",
      message: expect.stringMatching(/has published another checkpoint of 2 entries/),
    });
  });

  it("are refused where somebody else signed them", async () => {
    await add("a");
    const stranger = new MemoryLog();
    await initLog(stranger, signerFromSeed("example.org/log", Buffer.alloc(32, 8)));
    log.lasting.set("checkpoint", (await stranger.read("checkpoint"))!);
    await expect(add("b")).rejects.toThrow(/is not signed by/);
  });
});

describe("private state that was put back", () => {
  it("is refused, and adopted once all that is published fits", async () => {
    await add("a");
    const copy = log.copy();
    await add("b");
    putBack(copy, (path) => !isPublic(path));

    await expect(add("c")).rejects.toMatchObject({
      code: "LOG_FORKED",
      message: expect.stringMatching(/is older \(1 entries\) than what is published \(2\)/),
      hint: expect.stringContaining("--adopt"),
    });
    const size = await withLog(log, (open) => Promise.resolve(open.checkpoint.size), {
      adopt: true,
    });
    expect(size).toBe(2);
    expect(await add("c")).toBe(2);
  });

  it("is not adopted where what is published does not begin with it", async () => {
    await add("a");
    const { lasting } = log;
    const signed = lasting.get(".state/signed")!;
    log.restore(new Map());
    await initLog(log, signer);
    await add("x", "y");
    log.lasting.set(".state/signed", signed);
    await expect(withLog(log, (open) => Promise.resolve(open), { adopt: true })).rejects.toThrow(
      /does not begin with what it signed before/,
    );
  });
});

describe("a disk that was put back as a whole", () => {
  it("looks sound, and is found by a checkpoint that was kept, as soon as it is shown", async () => {
    await add("a", "b");
    const copy = log.copy();
    await add("c");
    const kept = await checkpoint();
    log.restore(copy);
    const now = await checkpoint();
    expect((await auditLog(log, now)).problems).toEqual([]);
    const tree = new TreeReader(log, now.size);
    await expect(checkKept(kept, now, tree)).rejects.toThrow(
      /had 3 entries when the checkpoint was kept, and has 2 now: it was rolled back/,
    );

    await add("x", "y");
    const later = await checkpoint();
    await expect(checkKept(kept, later, new TreeReader(log, later.size))).rejects.toThrow(
      /does not begin with the 3 entries .*: it was rewritten/,
    );
  });

  it("is found by whoever monitors it, and by whoever has an export", async () => {
    await add("a", "b");
    const copy = log.copy();
    await add("c");
    const kept = await checkpoint();
    const target = new MemoryLog();
    const options = { policy: policyOfKeys([signer.verifier]), evidence: false };
    await exportLog(log, target, { ...options, checkpoint: kept });
    log.restore(copy);
    await add("x", "y");
    const now = await checkpoint();

    const watch = async (): Promise<void> => {
      for await (const entry of newEntries(log, kept, now)) expect(entry.index).toBeGreaterThan(0);
    };
    await expect(watch()).rejects.toMatchObject({ code: "LOG_FORKED" });
    const before = target.copy();
    await expect(exportLog(log, target, { ...options, checkpoint: now })).rejects.toMatchObject({
      code: "LOG_FORKED",
    });
    expect(target.copy()).toEqual(before);
    expect(parseCheckpoint(target.lasting.get("checkpoint")!, "it").size).toBe(3);
  });
});

describe("a monitor", () => {
  it("hears every entry once, and does not believe entries that do not give the root", async () => {
    await add(...Array.from({ length: 254 }, (_, at) => `${at}`));
    const kept = await checkpoint();
    await add("x", "y", "z");
    const now = await checkpoint();
    const heard: number[] = [];
    for await (const { index } of newEntries(log, kept, now)) heard.push(index);
    expect(heard).toEqual([254, 255, 256]);
    for await (const { index } of newEntries(log, undefined, now)) heard.push(index);
    expect(heard).toHaveLength(3 + 257);
    for await (const entry of newEntries(log, now, now)) expect.fail(String(entry.index));

    const bundle = Buffer.from((await log.read("tile/entries/000"))!);
    bundle[bundle.length - 1] = 0x21;
    log.lasting.set("tile/entries/000", bundle);
    const watch = async (): Promise<void> => {
      for await (const { index } of newEntries(log, kept, now)) heard.push(index);
    };
    await expect(watch()).rejects.toThrow(/do not give the root of its checkpoint/);
  });
});

describe("a key that is rotated", () => {
  it("is announced by the log, and signs beside the old one for a while", async () => {
    await add("a");
    const keys = async (): Promise<string[]> =>
      (await checkpoint()).note.signatures.map(({ id }) => id);
    const { old, next, index } = await beginRotation(log, Buffer.alloc(32, 5), TIME);
    expect(old.verifier.id).toBe(signer.verifier.id);
    expect(index).toBe(1);
    expect(await keys()).toEqual([old.verifier.id, next.verifier.id]);
    await expect(beginRotation(log, Buffer.alloc(32, 6), TIME)).rejects.toThrow(/both keys sign/);
    await add("b");
    expect(await keys()).toEqual([old.verifier.id, next.verifier.id]);
    await finishRotation(log, TIME);
    expect(await keys()).toEqual([next.verifier.id]);
    await expect(finishRotation(log, TIME)).rejects.toThrow(/no second key signs/);
    expect(await log.read("next-key.pub")).toBeUndefined();
    expect(await add("c")).toBe(4);
    expect((await auditLog(log, await checkpoint())).problems).toEqual([]);
  });

  it("is taken up again wherever it was broken off", async () => {
    for (const steps of Array.from({ length: 12 }, (_, at) => at)) {
      log = new MemoryLog();
      await initLog(log, signer);
      await add("a");
      log.stepsLeft = steps;
      await beginRotation(log, Buffer.alloc(32, 5), TIME).catch(() => undefined);
      log.stepsLeft = Number.POSITIVE_INFINITY;
      await finishRotation(log, TIME).catch(() => undefined);
      await beginRotation(log, Buffer.alloc(32, 6), TIME).catch(() => undefined);
      await finishRotation(log, TIME).catch(() => undefined);
      await add("b");
      const { note } = await checkpoint();
      expect(note.signatures).toHaveLength(1);
      expect(note.signatures[0]?.id).not.toBe(signer.verifier.id);
    }
  });
});
