/** Policies decide which signatures are enough; proofs are worth what a policy makes of their checkpoint. */

import { beforeAll, describe, expect, it } from "vitest";

import { MemoryLog } from "../../../test/builders/memory-log.ts";
import { TestWitness } from "../../../test/builders/witness.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { cosign } from "./cosign.ts";
import { initLog } from "./init-log.ts";
import { withLog } from "./open-log.ts";
import { judgeCheckpoint, parsePolicy, policyOfKeys } from "./policy.ts";
import { formatProof, parseProof, verifyProof } from "./proof.ts";
import { signerFromSeed } from "./signer-key.ts";
import { formatVerifierKey } from "./verifier-key.ts";

const signer = signerFromSeed("example.org/log", Buffer.alloc(32, 1));
const LOG = `log ${formatVerifierKey(signer.verifier)}`;
const witnesses = [2, 3, 4, 5].map((seed) => new TestWitness(`example.org/w${seed}`, seed));
const [a, b, c, d] = witnesses.map(
  ({ vkey }, at) => `witness ${"abcd"[at]} ${vkey} http://x/${at}`,
);

function policy(...lines: (string | undefined)[]) {
  return parsePolicy(Buffer.from(lines.map((line) => `${line}\n`).join("")), "the policy");
}

let checkpoint: Checkpoint;
let proof: string;

beforeAll(async () => {
  const log = new MemoryLog();
  await initLog(log, signer);
  for (const witness of witnesses) witness.know(signer.verifier);
  await withLog(log, async (open) => {
    await open.append(["x", "y", "z"].map((text) => Buffer.from(text)));
    // The first two cosign.
    for (const [at, line] of [a, b].entries()) {
      await cosign(open, policy(LOG, line, "quorum none"), witnesses[at]!);
    }
    ({ checkpoint } = open);
    proof = formatProof({ index: 1, hashes: await open.tree.inclusion(1), checkpoint });
  });
});

describe("a policy", () => {
  it.each([
    [["quorum none"], true],
    [[a, "quorum a"], true],
    [[c, "quorum c"], false],
    [[a, c, "group g any a c", "quorum g"], true],
    [[a, c, "group g all a c", "quorum g"], false],
    [[a, b, "group g all a b", "quorum g"], true],
    [[a, b, c, d, "group g 2 a b c d", "quorum g"], true],
    [[a, b, c, d, "group g 3 a b c d", "quorum g"], false],
    [[a, b, c, d, "group x any a c", "group y any b d", "group z all x y", "quorum z"], true],
    [[a, b, c, d, "group x all a c", "group y any b d", "group z all x y", "quorum z"], false],
  ])("counts cosignatures: %#", (lines, enough) => {
    expect(judgeCheckpoint(checkpoint, policy(LOG, ...lines)).quorum).toBe(enough);
  });

  it("may have comments, blank lines, tabs and names beyond ASCII", () => {
    const text = `# ours\n\n\t${LOG.replace(" ", "\t  ")}  \n ${a?.replace(" a ", " Kélvin ")}\nquorum Kélvin\n`;
    expect(judgeCheckpoint(checkpoint, parsePolicy(Buffer.from(text), "it")).quorum).toBe(true);
  });

  it.each([
    [[LOG], /has no line "quorum"/],
    [[LOG, "quorum none", "quorum none"], /line 3: there is a quorum already/],
    [[LOG, LOG, "quorum none"], /line 2: this log is there already/],
    [[LOG, a, a, "quorum a"], /line 3: this witness or its name is there already/],
    [[LOG, a, a?.replace(" a ", " e "), "quorum a"], /line 3: this witness or its name/],
    [[LOG, "quorum a", a], /line 2: no line above defines "a"/],
    [[LOG, "group g any a", a, "quorum g"], /line 2: it names somebody twice, or somebody whom no/],
    [[LOG, a, "group g any a a", "quorum g"], /names somebody twice/],
    [[LOG, a, "group g any", "quorum g"], /a group needs/],
    [[LOG, a, "group g 2 a", "quorum g"], /a group needs all, any or a number up to/],
    [[LOG, a, "group g 0 a", "quorum g"], /a group needs/],
    [[LOG, a, "group g 01 a", "quorum g"], /a group needs/],
    [[LOG, a, "group g any a", "group h any a", "quorum h"], /who is in a group already/],
    [[LOG, a, "group none any a", "quorum a"], /this name is there already/],
    [[LOG, a, "group g any none", "quorum g"], /whom no line above defines/],
    [[LOG.replace("log ", "witness w "), "quorum w"], /a witness's key is of type 4 or 6/],
    [[a?.replace("witness a", "log"), "quorum none"], /a log does not sign with a witness's key/],
    [[`${LOG} http://x more`, "quorum none"], /it says too much/],
    [["logs x", "quorum none"], /"logs" is not log, witness, group or quorum/],
    [["log x", "quorum none"], /is no verifier key/],
    [[LOG, "quorum none\r"], /has control characters/],
  ])("is not one: %#", (lines, why) => {
    expect(() => policy(...lines)).toThrow(why);
  });

  it("believes no log that it does not name, whoever cosigned", () => {
    const other = formatVerifierKey(
      signerFromSeed("example.org/log", Buffer.alloc(32, 9)).verifier,
    );
    expect(() => judgeCheckpoint(checkpoint, policy(`log ${other}`, a, "quorum a"))).toThrow(
      /is not signed by "example\.org\/log"/,
    );
    const renamed = formatVerifierKey(
      signerFromSeed("example.org/b", Buffer.alloc(32, 1)).verifier,
    );
    expect(() => judgeCheckpoint(checkpoint, policy(`log ${renamed}`, "quorum none"))).toThrow(
      /is not signed by/,
    );
  });
});

describe("a proof", () => {
  const trusted = policyOfKeys([signer.verifier]);
  const verify = (text: string, entry = "y", by = trusted) =>
    verifyProof(parseProof(Buffer.from(text), "it"), [Buffer.from(entry)], by);

  it("verifies, with data beside it that nobody vouches for", () => {
    expect(verify(proof).log.key.id).toBe(signer.verifier.id);
    expect(verify(proof.replace("\nindex", "\nextra AAAA\nindex")).quorum).toBe(true);
  });

  it("asks for the quorum", () => {
    expect(() => verify(proof, "y", policy(LOG, c, "quorum c"))).toThrow(
      /not by the witnesses that the policy asks for/,
    );
  });

  it.each([
    ["x", (text: string) => text, /does not show that this is entry 1/],
    [
      "y",
      (text: string) => text.replace("index 1", "index 0"),
      /does not show that this is entry 0/,
    ],
    ["y", (text: string) => text.replace("index 1", "index 3"), /its checkpoint has 3 entries/],
    ["y", (text: string) => text.replace("index 1", "index 01"), /index .* cannot be read/],
    ["y", (text: string) => text.replace("index 1\n", ""), /index .* cannot be read/],
    ["y", (text: string) => text.replace("v1", "v2"), /is no proof of a log/],
    ["y", (text: string) => text.replace(/(index 1\n).+\n/, "$1AAAA\n"), /one of its hashes/],
    ["y", (text: string) => text.replace(/(index 1\n).+\n/, "$1"), /does not show/],
    [
      "y",
      (text: string) => text.replace("\nindex", "\nextra !\nindex"),
      /extra data is not base64/,
    ],
    ["y", (text: string) => text.replace("\n3\n", "\n4\n"), /does not verify/],
    ["y", (text: string) => text.slice(0, 30), /is no proof/],
  ])("that was changed does not: %#", (entry, change, why) => {
    expect(() => verify(change(proof), entry)).toThrow(why);
  });

  it("with thousands of hashes is refused before they are counted up", () => {
    const many = `${Buffer.alloc(32).toString("base64")}\n`.repeat(65);
    expect(() => verify(proof.replace("index 1\n", `index 1\n${many}`))).toThrow(
      /one of its hashes/,
    );
  });
});
