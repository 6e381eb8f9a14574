/**
 * The contract of a format module: one folder under `formats/`, one typed constant. A format detects,
 * parses and judges; it never opens another format. What is nested in it comes back as children, and
 * `scan/` owns recursion, depth and budgets.
 */

import type { Governor } from "../bytes/governor.ts";
import type { Ledger } from "../bytes/ledger.ts";
import type { FileReport, IssueKind } from "../kernel/report.ts";
import type { Evidence, JsonValue, Rule, RuleInfo } from "../kernel/rule.ts";
import type { DecodeEnd, RandomSource } from "../kernel/source.ts";
import type { LocatedTables, Tables } from "../kernel/tables.ts";
import type { UserName } from "../machines/pickle/names/user-name.ts";

/**
 * How sure detection is. `possible`: a loader would take the bytes, though nothing in them names the
 * format. `likely`: the structure fits as far as head and tail show. `certain`: signature and structure.
 */
export type Match = "none" | "possible" | "likely" | "certain";

export interface DetectionHint {
  /** File or member name; never evidence by itself. */
  readonly name: string;
  readonly size: number;
}

export interface ParseContext {
  readonly governor: Governor;
  readonly name: string;
  /** How the parent passed it: `top` for a file, else the role the parent gave its child. */
  readonly role: string;
  /** Names that the user vouches for, beside those that are known. */
  readonly userNames: readonly UserName[];
  /** Whether each read is dear, so that only what a verdict needs should be read. */
  readonly quick: boolean;
  /** Receives the stream as pseudo-Python, a line a call. */
  readonly trace?: (line: string) => void;
}

/** A deviation from the specification, met while parsing. All kinds but `deviation` mean `incomplete`. */
export interface ParseIssue {
  readonly kind: IssueKind;
  /** One sentence without a period. */
  readonly message: string;
  readonly offset?: number;
}

/** Something nested: an archive member, the content of a compressed stream, a literal. */
export interface Child {
  /**
   * `member`, `content`, `nested`, `trailing` … Of a `storage`, which `compose` will most probably call
   * inert, the engine reads the first bytes only, and the rest when `compose` does not.
   */
  readonly role: string;
  /** Its step in the locator: a member path, or a word for what has no name, such as `content`. */
  readonly name: string;
  /** Size after decoding, where it is stated. */
  readonly size: number | undefined;
  /**
   * The parent's bytes that it is made of. The engine accounts for them in the parent's ledger: as
   * inert when `compose` says so, else as understood, since the child has a ledger of its own.
   */
  readonly range?: { readonly start: number; readonly end: number };
  /** Opens it; decoding is charged to the governor. `end` says how decoding ended. */
  open(governor: Governor): Promise<OpenedChild>;
}

export interface OpenedChild {
  readonly source: RandomSource & { close?(): void };
  readonly end?: DecodeEnd;
  /** What is wrong with it beyond `end`, such as a checksum. */
  readonly issues?: readonly ParseIssue[];
}

export interface Parsed<Model> {
  /** What the rules and the BOM see; partial when the file is damaged. */
  readonly model: Model;
  readonly issues: readonly ParseIssue[];
  readonly ledger: Ledger;
  readonly children: readonly Child[];
  /** Typed facts for the report: `pickle`, `tensors` … */
  readonly facts?: Readonly<Record<string, JsonValue>>;
  /** What is too long for facts; rules over the whole subject and files beside the report have all of it. */
  readonly tables?: Tables;
  /** What a parent may need in `compose` and the report does not show. */
  readonly exports?: Readonly<Record<string, unknown>>;
  /** Ids of rules that could not run in full, since a quick scan left out what they need. */
  readonly notRun?: readonly string[];
}

export interface ChildResult {
  readonly role: string;
  readonly name: string;
  readonly report: FileReport;
  /** Merged from all readings of the child. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Of the child and of what is nested in it. */
  readonly tables?: readonly LocatedTables[];
}

export interface Composed {
  readonly issues?: readonly ParseIssue[];
  /** Names of children whose bytes are proven to be plain numbers. */
  readonly inert?: ReadonlySet<string>;
  readonly facts?: Readonly<Record<string, JsonValue>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  /** Findings that need the children; their rules are among the format's. */
  readonly findings?: readonly { readonly rule: RuleInfo; readonly evidence: Evidence }[];
}

export interface SpecificationReference {
  readonly title: string;
  readonly url: string;
}

export interface FormatModule<Id extends string = string, Model = unknown> {
  readonly id: Id;
  readonly title: string;
  /** Raised when output for the same bytes changes; part of cache keys. */
  readonly revision: number;
  readonly specification: readonly SpecificationReference[];
  /** With the dot, lower case; hints for people. */
  readonly extensions: readonly string[];
  /** The format that this one is a special case of: its reading replaces the other's. */
  readonly refines?: string;
  /** Names the content without understanding it: speaks only where nobody understands. */
  readonly identifiesOnly?: boolean;
  /**
   * Pure and cheap. `head` is the first 64 KiB, `tail` the last 66 KiB (the same array where the
   * source is that small). A promise where a second look needs code that few files need.
   */
  detect(head: Uint8Array, tail: Uint8Array, hint: DetectionHint): Match | Promise<Match>;
  /**
   * Never rejects because of content. Rejects with `AppError` when the source cannot be read. What only
   * parsing needs is imported here when it is first called: a scan loads the formats that it meets.
   */
  parse(source: RandomSource, context: ParseContext): Promise<Parsed<Model>>;
  /** What only the parent can know once its children are read. */
  compose?(model: Model, children: readonly ChildResult[]): Composed | Promise<Composed>;
  readonly rules: readonly Rule<Model>[];
}

/** Types a format module without widening its id. */
export function defineFormat<const Id extends string, Model>(
  format: FormatModule<Id, Model>,
): FormatModule<Id, Model> {
  return format;
}
