/** Whatever comes from others may be anything: every reader refuses it with a sentence, and in time. */

import { beforeAll, describe, expect, it } from "vitest";

import { MemoryLog } from "../../../test/builders/memory-log.ts";
import { TestWitness } from "../../../test/builders/witness.ts";
import { mutate } from "../../../test/fuzz/mutate.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { AppError } from "../../kernel/errors.ts";
import type { LogSource } from "../../kernel/tile-storage.ts";
import { auditLog } from "./audit.ts";
import { checkpointText, parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { decodeBundle } from "./entry-bundle.ts";
import { decodeEntry } from "./entry.ts";
import { history } from "./history.ts";
import { initLog } from "./init-log.ts";
import { newEntries } from "./monitor.ts";
import { signNote, verifyNote } from "./note.ts";
import { withLog } from "./open-log.ts";
import { parsePolicy, policyOfKeys } from "./policy.ts";
import { formatProof, parseProof, verifyProof } from "./proof.ts";
import { signerFromSeed } from "./signer-key.ts";
import { TreeReader } from "./tree-reader.ts";
import { formatVerifierKey, parseVerifierKey } from "./verifier-key.ts";

const signer = signerFromSeed("example.org/log", Buffer.alloc(32, 1));
const ROUNDS = 1500;
const log = new MemoryLog();
let checkpoint: Checkpoint;
let proof: Buffer;

beforeAll(async () => {
  await initLog(log, signer);
  await withLog(log, async (open) => {
    await open.append(Array.from({ length: 300 }, (_, at) => Buffer.from(`entry ${at}`)));
    ({ checkpoint } = open);
    const hashes = await open.tree.inclusion(17);
    proof = Buffer.from(formatProof({ index: 17, hashes, checkpoint }));
  });
});

/** Whether it was refused; throws what is no refusal. */
async function refused(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof AppError && ["LOG_INVALID", "LOG_FORKED"].includes(error.code)) {
      return true;
    }
    throw error;
  }
}

describe("mutated", { timeout: 60_000 }, () => {
  it("proofs verify only where nothing that counts changed", async () => {
    const random = new Random(1);
    const policy = policyOfKeys([signer.verifier]);
    let verified = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const changed = mutate(random, proof);
      const isRefused = await refused(() =>
        verifyProof(parseProof(changed, "it"), [Buffer.from("entry 17")], policy),
      );
      if (!isRefused) {
        verified += 1;
        const { checkpoint: read, index } = parseProof(changed, "it");
        expect([read.size, index]).toEqual([300, 17]);
      }
    }
    expect(verified).toBeLessThan(ROUNDS / 2);
  });

  it("policies, keys, checkpoints, bundles and entries are read or refused", async () => {
    const random = new Random(2);
    const witness = new TestWitness("example.org/w", 3);
    const policy = Buffer.from(
      `log ${formatVerifierKey(signer.verifier)} https://x\nwitness a ${witness.vkey}\ngroup g any a\nquorum g\n`,
    );
    const bundle = Buffer.from((await log.read("tile/entries/001.p/44")) ?? []);
    const entry = Buffer.from('{"v":1,"type":"scanned","time":"x","subject":{"name":"a"}}');
    let refusals = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const work of [
        () => parsePolicy(mutate(random, policy), "it"),
        () => parseVerifierKey(mutate(random, Buffer.from(witness.vkey)).toString()),
        () => verifyNote(parseCheckpoint(mutate(random, proof), "it").note, [signer.verifier]),
      ]) {
        refusals += (await refused(work)) ? 1 : 0;
      }
      decodeBundle(mutate(random, bundle), 44);
      decodeEntry(mutate(random, entry));
    }
    expect(refusals).toBeGreaterThan(ROUNDS);
  });

  it("tiles and bundles never pass an audit", async () => {
    const random = new Random(3);
    const paths = [...log.lasting.keys()].filter((path) => path.startsWith("tile/"));
    for (let round = 0; round < 300; round += 1) {
      const path = random.pick(paths);
      const sound = log.lasting.get(path) ?? Buffer.alloc(0);
      const changed = mutate(random, Buffer.from(sound));
      log.lasting.set(path, changed);
      const { problems } = await auditLog(log, checkpoint);
      log.lasting.set(path, sound);
      // Bytes behind those that the tree has are not part of it.
      const isLonger = changed.subarray(0, sound.length).equals(sound);
      expect(problems.length > 0 || isLonger, `${path}, round ${round}`).toBe(true);
    }
  });
});

describe("a log that claims more than it has", () => {
  it.each([301, 2 ** 32, 2 ** 53 - 1])("is refused at once: %d entries", async (size) => {
    const head = { origin: "example.org/log", size, root: Buffer.alloc(32) };
    const claimed = { ...head, note: signNote(checkpointText(head), [signer]) };
    const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
      for await (const _item of items) await Promise.resolve();
    };
    expect(await refused(() => new TreeReader(log, size).root())).toBe(true);
    expect(await refused(() => drain(newEntries(log, checkpoint, claimed)))).toBe(true);
    expect(await refused(() => drain(newEntries(log, undefined, claimed)))).toBe(true);
    const tree = new TreeReader(log, size);
    expect(await refused(() => drain(history(tree, head, () => true)))).toBe(true);
    const { problems } = await auditLog(log, claimed);
    expect(problems.length).toBeGreaterThan(0);
  });

  it("may answer with files of any size", async () => {
    const source: LogSource = { name: "it", read: () => Promise.resolve(Buffer.alloc(2 ** 25)) };
    expect(await refused(() => new TreeReader(source, 300).root())).toBe(true);
    expect(await refused(() => new TreeReader(source, 300).entry(3))).toBe(true);
  });
});
