/** Witnesses cosign what they have seen grow; what they have seen and this copy does not have stops the log. */

import { beforeEach, describe, expect, it } from "vitest";

import { MemoryLog } from "../../../test/builders/memory-log.ts";
import { TestWitness } from "../../../test/builders/witness.ts";
import { cosign } from "./cosign.ts";
import type { Cosigning } from "./cosign.ts";
import { initLog } from "./init-log.ts";
import { withLog } from "./open-log.ts";
import { judgeCheckpoint, parsePolicy } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { signerFromSeed } from "./signer-key.ts";
import { formatVerifierKey } from "./verifier-key.ts";

const signer = signerFromSeed("example.org/log", Buffer.alloc(32, 1));
let log: MemoryLog;
let witness: TestWitness;

beforeEach(async () => {
  log = new MemoryLog();
  witness = new TestWitness("witness.example/w1", 3);
  witness.know(signer.verifier);
  await initLog(log, signer);
});

function policy(quorum = "w", more: readonly string[] = []): Policy {
  const lines = [
    `log ${formatVerifierKey(signer.verifier)}`,
    `witness w ${witness.vkey} http://127.0.0.1:1/w/`,
    ...more,
    `quorum ${quorum}`,
  ];
  return parsePolicy(Buffer.from(`${lines.join("\n")}\n`), "the policy");
}

async function add(...texts: string[]): Promise<number> {
  return await withLog(log, (open) => open.append(texts.map((text) => Buffer.from(text))));
}

async function ask(known?: number): Promise<Cosigning> {
  return await withLog(log, (open) => cosign(open, policy(), witness, known));
}

describe("a witness", () => {
  it("cosigns a log that grows, whatever is thought that it holds", async () => {
    for (const [size, known] of [
      [0, undefined],
      [1, 0],
      [3, 3],
      [300, 0],
      [301, 300],
    ] as const) {
      const { checkpoint } = await withLog(log, (open) => Promise.resolve(open));
      await add(...Array.from({ length: size - checkpoint.size }, (_, at) => `${size} ${at}`));
      expect(await ask(known)).toEqual({ cosigned: ["w"], problems: [], quorum: true });
    }
    const { checkpoint } = await withLog(log, (open) => Promise.resolve(open));
    expect(checkpoint.note.signatures.map(({ name }) => name)).toEqual([
      "example.org/log",
      "witness.example/w1",
    ]);
    expect(judgeCheckpoint(checkpoint, policy()).witnesses).toEqual([
      { key: witness.key, time: 1_700_000_000 },
    ]);
  });

  it("stops a log that was rolled back, before and after it has grown again", async () => {
    await add("a", "b");
    await ask();
    const copy = log.copy();
    await add("c", "d");
    await ask();
    log.restore(copy);

    await expect(ask()).rejects.toMatchObject({
      code: "LOG_FORKED",
      message: 'the witness "w" has seen 4 entries of "example.org/log", and this copy has 2',
      hint: expect.stringContaining("restore its newest copy"),
    });
    // It stays stopped until somebody has looked.
    await expect(add("e")).rejects.toMatchObject({ code: "LOG_FORKED" });

    log.restore(copy);
    await add("e", "f");
    await expect(ask()).rejects.toThrow(/has seen another tree of 4 entries/);
    log.restore(copy);
    await add("e", "f", "g");
    await expect(ask()).rejects.toThrow(
      /has seen 4 entries of .* that this copy does not begin with/,
    );
    expect(witness.given.slice(-2)).toEqual([409, 422]);
  });

  it("may not know the log, or its key, or be anybody else", async () => {
    witness.logs.clear();
    expect(await ask()).toEqual({
      cosigned: [],
      problems: [
        expect.stringMatching(/^the witness "w" does not know the log .*ask its operator/),
      ],
      quorum: false,
    });
    witness.logs.set(signer.verifier.name, []);
    expect((await ask()).problems).toEqual([expect.stringMatching(/does not trust the key/)]);

    const stranger = new TestWitness("witness.example/w1", 4);
    stranger.know(signer.verifier);
    const { problems } = await withLog(log, (open) => cosign(open, policy(), stranger));
    expect(problems).toEqual([expect.stringMatching(/without a signature of its own/)]);
  });

  it.each([
    [{ status: 500, body: "" }, /answers with status 500/],
    [{ status: 409, body: "many" }, /refuses without saying what it holds/],
    [{ status: 409, body: "0\n" }, /refuses what it said it holds/],
    [{ status: 200, body: "thanks" }, /without a signature of its own/],
  ])("may answer nonsense: %j", async (answer, sentence) => {
    await add("a");
    const transport = { post: () => Promise.resolve(answer) };
    const { problems } = await withLog(log, (open) => cosign(open, policy(), transport, 0));
    expect(problems).toEqual([expect.stringMatching(sentence)]);
  });

  it("that signs something else is not believed", async () => {
    await add("a");
    const transport = {
      post: () => Promise.resolve({ status: 200, body: witness.cosign("another text\n") }),
    };
    const { problems } = await withLog(log, (open) => cosign(open, policy(), transport));
    expect(problems).toEqual([expect.stringMatching(/does not verify/)]);
  });
});
