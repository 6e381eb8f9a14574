/** What a bench is: some work, measured against a reference in the same run, and the ratio it has to reach. */

export interface Row {
  readonly work: string;
  /** What was measured, for people. */
  readonly measured: string;
  readonly reference: string;
  /** In the unit of the target; undefined where the reference is not there. */
  readonly value: number | undefined;
  readonly target: Target | undefined;
  /** How far the single runs lie apart, relative to their median. */
  readonly spread?: number;
}

export interface Target {
  readonly kind: "at least" | "at most";
  readonly value: number;
  /** `x`, `ms`, `MB`. */
  readonly unit: string;
}

export interface BenchContext {
  /** Folder for inputs, removed at the end. */
  readonly folder: string;
  /** Every figure is the median of this many runs. */
  readonly runs: number;
  /** The program as users start it: a script for Node. */
  readonly program: string;
  /** A Python with the peers installed; rows against peers need it. */
  readonly python: string | undefined;
}

export interface Bench {
  readonly name: string;
  run(context: BenchContext): Promise<Row[]>;
}

export function holds({ value, target }: Row): boolean | undefined {
  if (value === undefined || target === undefined) {
    return undefined;
  }
  return target.kind === "at least" ? value >= target.value : value <= target.value;
}
