/**
 * What CPython looks up is what the analysis says: for many thousand generated streams, each read by both
 * of CPython's unpicklers in every way that they read, no name is missing from the pickle facts.
 */

import { describe, expect, it } from "vitest";

import { runDifferential } from "./differential.ts";
import { hasPython, Oracle } from "./oracle.ts";
import { minimizeMismatch, showMismatch } from "./show.ts";

const STREAMS = 20_000;
const SEED = 20_261_121;

describe.skipIf(!hasPython())("names in pickle streams, against CPython", () => {
  it("has every name that an unpickler looks up", async () => {
    const tally = await runDifferential({ seed: SEED, more: ({ streams }) => streams < STREAMS });
    const [first] = tally.mismatches;
    if (first !== undefined) {
      const oracle = new Oracle();
      const smallest = await minimizeMismatch(first, oracle);
      oracle.close();
      expect.fail(
        `${tally.mismatches.length} streams differ, one of them:\n${showMismatch(smallest)}`,
      );
    }
    // Streams that look nothing up, or of which nothing is claimed, would pass whatever the analysis did.
    expect(tally.withNames).toBeGreaterThan(STREAMS / 2);
    expect(tally.computed).toBeLessThan(STREAMS / 5);
  }, 180_000);
});
