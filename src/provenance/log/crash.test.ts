/**
 * The power goes between any two steps of writing, and whatever was not lasting is lost in part: what was acknowledged
 * is there afterwards, and no two checkpoints that anybody could have seen contradict each other.
 */

import { describe, expect, it } from "vitest";

import { Random } from "../../../test/fuzz/random.ts";
import { Crash, MemoryLog } from "../../../test/builders/memory-log.ts";
import { auditLog } from "./audit.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { initLog } from "./init-log.ts";
import { checkKept } from "./kept-checkpoint.ts";
import { withLog } from "./open-log.ts";
import { signerFromSeed } from "./signer-key.ts";
import { TreeReader } from "./tree-reader.ts";

const signer = signerFromSeed("example.org/crash", Buffer.alloc(32, 9));
const ROUNDS = 200;
const POWER_CUTS = 5;

/** What anybody who asks at this moment is given. */
async function served(log: MemoryLog): Promise<Checkpoint | undefined> {
  const bytes = log.lasting.get("checkpoint");
  return bytes === undefined ? undefined : parseCheckpoint(bytes, "it");
}

/** Runs until the power goes; gives whether it stayed. */
async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Crash) {
      return false;
    }
    throw error;
  }
}

/** Gives how many entries there are in the end. */
async function round(seed: number): Promise<number> {
  const random = new Random(seed);
  const log = new MemoryLog();
  log.random = () => random.int(1000) / 1000;
  const acknowledged: string[] = [];
  const seen: Checkpoint[] = [];
  let begun = false;
  let number = 0;
  for (let cut = 0; cut < POWER_CUTS; cut += 1) {
    log.stepsLeft = random.int(32);
    const isOn = await attempt(async () => {
      if (!begun) {
        await initLog(log, signer).catch((error: unknown) => {
          // It was begun to the end, and the power went before anybody said so.
          if (!(error instanceof Error) || !error.message.endsWith("is a log already")) {
            throw error;
          }
        });
        begun = true;
      }
      for (;;) {
        const count = random.chance(0.02) ? 250 + random.int(20) : 1 + random.int(3);
        const texts = Array.from({ length: count }, () => `${seed}/${(number += 1)}`);
        const first = await withLog(log, (open) => open.append(texts.map((t) => Buffer.from(t))));
        for (const [at, text] of texts.entries()) {
          acknowledged[first + at] = text;
        }
        seen.push((await served(log)) ?? expect.fail("nothing is published"));
      }
    });
    expect(isOn).toBe(false);
    const now = await served(log);
    if (now !== undefined) {
      seen.push(now);
    }
  }
  log.stepsLeft = Number.POSITIVE_INFINITY;
  if (!begun) {
    return 0;
  }
  const { checkpoint } = await withLog(log, (open) => Promise.resolve(open));
  const tree = new TreeReader(log, checkpoint.size);
  for (const each of seen) {
    await checkKept(each, checkpoint, tree);
  }
  expect((await auditLog(log, checkpoint)).problems).toEqual([]);
  for (const [index, text] of acknowledged.entries()) {
    expect(Buffer.from(await tree.entry(index)).toString()).toBe(
      text ?? (await unknown(tree, index)),
    );
  }
  return checkpoint.size;
}

/** An entry of an append that nobody acknowledged, and that is there all the same. */
async function unknown(tree: TreeReader, index: number): Promise<string> {
  return Buffer.from(await tree.entry(index)).toString();
}

describe("a power cut between any two steps", () => {
  it.each([1, 2, 3, 4])(
    `loses nothing that was acknowledged and contradicts nothing, ${ROUNDS} times, part %d`,
    async (part) => {
      let entries = 0;
      for (let seed = part; seed <= ROUNDS; seed += 4) {
        entries += await round(seed);
      }
      expect(entries).toBeGreaterThan(ROUNDS);
    },
    60_000,
  );

  it("would be noticed if the checkpoint came before its tiles were lasting", async () => {
    const log = new MemoryLog();
    await initLog(log, signer);
    await withLog(log, (open) => open.append([Buffer.from("a")]));
    log.sync = () => Promise.resolve();
    await withLog(log, (open) => open.append([Buffer.from("b")]));
    log.stepsLeft = 0;
    log.random = () => 0.99;
    expect(await attempt(() => log.write("x", Buffer.alloc(1)))).toBe(false);
    log.stepsLeft = Number.POSITIVE_INFINITY;

    await expect(withLog(log, (open) => Promise.resolve(open))).rejects.toMatchObject({
      code: "LOG_FORKED",
    });
  });
});
