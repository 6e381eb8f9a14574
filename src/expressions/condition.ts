/**
 * Conditions: questions about JSON that are answered with yes or no, as administrators write them into policies. This
 * is the port; the language is CEL (the Common Expression Language, as in Kubernetes admission), and nothing above
 * this folder knows whose implementation answers. Compiling and evaluating never throw because of what was written or
 * of what is asked about: whoever asks has to say what a failure means.
 */

/** What a variable of a condition holds: any JSON, text, or a time. */
export type VariableType = "json" | "text" | "time";

export type Variables = Readonly<Record<string, VariableType>>;

/** Values by the names of the variables. Times are of type `Date`. */
export type Input = Readonly<Record<string, unknown>>;

export interface Condition {
  readonly source: string;
  /** What it matches texts with. */
  readonly patterns: readonly string[];
  evaluate(input: Input): Answer;
}

export type Answer =
  | { readonly kind: "answer"; readonly value: boolean }
  /** There is no answer; never the same as no. */
  | { readonly kind: "failed"; readonly problem: ConditionProblem };

export type Compilation =
  | { readonly kind: "condition"; readonly condition: Condition }
  | { readonly kind: "problem"; readonly problem: ConditionProblem };

export interface ConditionProblem {
  /** One sentence without a period; may hold strings out of what was asked about. */
  readonly message: string;
  /** Where in the source, from 1; missing where it is about the whole. */
  readonly line?: number;
  readonly column?: number;
}

/** The place of an offset in a source. */
export function placeIn(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
