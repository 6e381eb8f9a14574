/** What every format keeps on files that are cut, or into which something was put. */

import { describe, expect, it } from "vitest";

import { FORMATS } from "../../src/formats/registry.ts";
import { Random } from "../fuzz/random.ts";
import { check } from "./check.ts";
import { SAMPLES } from "./samples.ts";
import type { Sample } from "./sample.ts";

/** Sound samples up to this size are cut at every byte, larger ones at this many. */
const CUTS = 4096;
/** For those that a rule fires on, which are cut only to see that nothing breaks. */
const UNSOUND_CUTS = 48;
const INSERTED = 64;

describe.each(FORMATS.map(({ id }) => ({ id })))("$id", ({ id }) => {
  const samples = SAMPLES.filter((sample) => sample.format === id && sample.heavy !== true);

  it("lives through every cut, and calls none clean", async () => {
    for (const sample of samples) {
      const { bytes, name, wholeAt } = sample;
      for (const cut of cutsOf(sample)) {
        const { report, problem } = await check(bytes.subarray(0, cut), name);
        expect(problem, `${name} cut at ${cut}`).toBeUndefined();
        if (sample.verdict === "clean" && wholeAt?.(cut) !== true) {
          expect(report.verdict, `${name} cut at ${cut}`).not.toBe("clean");
        }
      }
    }
  });

  it("calls nothing clean into which something was put", async () => {
    const random = new Random(64);
    for (const { bytes, name, boundaries = [] } of samples) {
      for (const at of boundaries) {
        const put = Buffer.concat([
          bytes.subarray(0, at),
          random.bytes(INSERTED),
          bytes.subarray(at),
        ]);
        const { report, problem } = await check(put, name);
        expect(problem, `${name} at ${at}`).toBeUndefined();
        expect(report.verdict, `${name} at ${at}: ${put.toString("base64")}`).not.toBe("clean");
      }
    }
  });
});

/** Lengths to which a sample is cut: never to nothing, never whole. */
function cutsOf({ bytes, verdict }: Sample): number[] {
  const count = Math.min(verdict === "clean" ? CUTS : UNSOUND_CUTS, bytes.length - 1);
  return Array.from(
    { length: count },
    (_, index) => 1 + Math.floor((index * (bytes.length - 1)) / count),
  );
}
