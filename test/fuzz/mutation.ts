/** Mutates the samples of all formats and scans them: nothing throws, and the same bytes give the same report. */

import { isDeepStrictEqual } from "node:util";

import { check } from "../contract/check.ts";
import { SAMPLES } from "../contract/samples.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";

export interface MutationFailure {
  /** Name of the sample that was mutated. */
  readonly sample: string;
  readonly bytes: Buffer;
  readonly problem: string;
}

export interface MutationResult {
  readonly files: number;
  readonly failures: readonly MutationFailure[];
}

/** How often pieces of other samples are put into one. */
const FOREIGN = 0.2;
const MAX_FAILURES = 100;

/** Mutates for so many seconds. */
export async function runMutations(seed: number, seconds: number): Promise<MutationResult> {
  const random = new Random(seed);
  const samples = SAMPLES.filter(({ heavy }) => heavy !== true);
  const deadline = performance.now() + seconds * 1000;
  const failures: MutationFailure[] = [];
  let files = 0;
  while (performance.now() < deadline && failures.length < MAX_FAILURES) {
    const sample = random.pick(samples);
    const donor = random.chance(FOREIGN) ? random.pick(samples) : sample;
    const bytes = mutate(random, sample.bytes, donor.bytes);
    files += 1;
    const problem = await problemOf(bytes, sample.name, files % 16 === 0);
    if (problem !== undefined) {
      failures.push({ sample: sample.name, bytes, problem });
    }
  }
  return { files, failures };
}

async function problemOf(bytes: Buffer, name: string, twice: boolean): Promise<string | undefined> {
  try {
    const { report, problem } = await check(bytes, name);
    if (problem === undefined && twice) {
      const again = await check(bytes, name);
      return isDeepStrictEqual(again.report, report) ? undefined : "the second report differs";
    }
    return problem;
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? error.message) : "something"}`;
  }
}
