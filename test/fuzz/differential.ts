/** Runs streams through the analysis and the oracle side by side and collects where they differ. */

import { analyze, missing } from "./compare.ts";
import { generateStreams } from "./generate.ts";
import { Oracle, ordinaryPickles } from "./oracle.ts";
import type { Seen } from "./oracle.ts";

export interface Mismatch {
  readonly stream: Buffer;
  /** What readers looked up and the analysis does not have. */
  readonly missing: readonly Seen[];
  /** Set where the analysis threw. */
  readonly error?: unknown;
}

export interface Tally {
  streams: number;
  /** Streams in which some reader looks up a name. */
  withNames: number;
  /** Streams of which the analysis says that a name is computed: nothing can be missing there. */
  computed: number;
  /** Name look-ups that were compared. */
  names: number;
  readonly mismatches: Mismatch[];
}

export interface DifferentialOptions {
  readonly seed: number;
  /** Whether to go on with the next batch. */
  readonly more: (tally: Tally) => boolean;
  readonly python?: string;
}

const BATCH = 500;

/** Rejects when the oracle cannot be run. */
export async function runDifferential({ seed, more, python }: DifferentialOptions): Promise<Tally> {
  const streams = generateStreams(seed, ordinaryPickles(python));
  const tally: Tally = { streams: 0, withNames: 0, computed: 0, names: 0, mismatches: [] };
  const oracle = new Oracle(python);
  try {
    while (more(tally)) {
      const batch = Array.from({ length: BATCH }, () => streams.next().value);
      const asked = oracle.ask(batch);
      // The oracle works while this thread does.
      const answers = batch.map((stream) => attempt(stream));
      const seen = await asked;
      for (const [index, stream] of batch.entries()) {
        compare(tally, stream, answers[index]!, seen[index]!);
      }
    }
  } finally {
    oracle.close();
  }
  return tally;
}

type Attempt = ReturnType<typeof analyze> | { readonly error: unknown };

function attempt(stream: Buffer): Attempt {
  try {
    return analyze(stream);
  } catch (error) {
    return { error };
  }
}

function compare(tally: Tally, stream: Buffer, answer: Attempt, seen: readonly Seen[]): void {
  tally.streams += 1;
  tally.withNames += seen.length > 0 ? 1 : 0;
  tally.names += seen.length;
  if ("error" in answer) {
    tally.mismatches.push({ stream, missing: [], error: answer.error });
    return;
  }
  tally.computed += answer.computed ? 1 : 0;
  const lost = missing(answer, seen);
  if (lost.length > 0) {
    tally.mismatches.push({ stream, missing: lost });
  }
}
