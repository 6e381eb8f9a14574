/** Rules: named checks. Help, documentation pages and machine outputs all come from these tables. */

import type { Confidence, Severity, Trigger } from "./severity.ts";
import type { Implication } from "./verdict.ts";

/** `CWE-502`, `AML.T0011.000`, `LLM03:2025`, `CVE-2025-1716`, or a peer's id such as `modelaudit:S201`. */
export type Reference = string;

export interface RuleInfo {
  /** `family/problem`, never reused. */
  readonly id: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly trigger: Trigger;
  /** The strongest thing that the rule may make of a file. */
  readonly implies: Implication;
  readonly references: readonly Reference[];
  /** A line, no period. */
  readonly title: string;
  /** What it means, how it is exploited, what to do: paragraphs of Markdown. */
  readonly help: string;
}

/** What made a rule fire, once. */
export interface Evidence {
  /** A sentence for people. Strings out of the artifact are quoted by `quote`. */
  readonly message: string;
  /** Identity of the problem for its fingerprint: no offsets, no digests. */
  readonly key: string;
  /** Byte offset in the artifact. */
  readonly offset?: number;
  /** Path below the artifact, for a problem of one member. */
  readonly member?: string;
  /** Lowered or raised within what the rule declares. */
  readonly implies?: Implication;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly trigger?: Trigger;
  /** Structured details, small. */
  readonly data?: Readonly<Record<string, JsonValue>>;
}

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export interface RuleContext {
  /** File name as the user has it, a hint only. */
  readonly name: string;
  readonly size: number;
  /** `top` for a file, else the role that its parent gave it. */
  readonly role: string;
}

/** A check over the model of one format. */
export interface Rule<Model> extends RuleInfo {
  evaluate(model: Model, context: RuleContext): Iterable<Evidence>;
}
