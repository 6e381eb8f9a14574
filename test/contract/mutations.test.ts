/** What every format keeps on files that were changed at random: it never throws, and keeps to any budget. */

import { describe, expect, it } from "vitest";

import { FORMATS } from "../../src/formats/registry.ts";
import { mutate } from "../fuzz/mutate.ts";
import { Random } from "../fuzz/random.ts";
import { check } from "./check.ts";
import { SAMPLES } from "./samples.ts";

const MUTATIONS = 1000;
/** For samples that a rule fires on: they differ from sound ones in one place. */
const UNSOUND_MUTATIONS = 100;

/** Budgets that a mutated file may well use up. */
const TIGHT = {
  outputBytes: 4096,
  outputRatio: 1,
  entries: 3,
  depth: 2,
  work: 20_000,
  memory: 20_000,
  findings: 2,
};

describe.each(FORMATS.map(({ id }) => ({ id })))("$id", ({ id }) => {
  it("lives through mutations, within any budget", async () => {
    const samples = SAMPLES.filter((sample) => sample.format === id && sample.heavy !== true);
    for (const [index, { bytes, name, verdict }] of samples.entries()) {
      const random = new Random(1000 + index);
      const rounds = verdict === "clean" ? MUTATIONS : UNSOUND_MUTATIONS;
      for (let round = 0; round < rounds; round += 1) {
        const mutated = mutate(random, bytes);
        const { problem } = await check(mutated, name, round % 8 === 0 ? { limits: TIGHT } : {});
        expect(problem, `${name}: ${mutated.toString("base64")}`).toBeUndefined();
      }
    }
  });
});
