/**
 * The contract of a subject rule: a check that needs more than one file, such as an index against the shards that
 * it lists. It sees what reports and tables say and opens nothing.
 */

import type { FileReport } from "../../kernel/report.ts";
import type { Evidence, RuleInfo } from "../../kernel/rule.ts";
import type { Tables } from "../../kernel/tables.ts";

/** A top-level file of a subject. */
export interface SubjectFile extends Pick<
  FileReport,
  "path" | "format" | "verdict" | "size" | "facts" | "children" | "issues"
> {
  /** Its own; empty where there were more tables than are kept. */
  readonly tables: Tables;
}

export interface SubjectView {
  /** By path, in the order of the report. */
  readonly files: ReadonlyMap<string, SubjectFile>;
  /** Whether a file that is not among them is not in the tree either: nothing was left out by globs. */
  readonly isWhole: boolean;
}

export interface SubjectEvidence extends Evidence {
  /** Path of the file that it is about. */
  readonly file: string;
}

/** That some of a subject cannot be judged for want of a file, a fact or a table. */
export const UNDECIDED = "undecided";

export interface SubjectRule extends RuleInfo {
  /**
   * Keys of facts. Where no file has any of them there is nothing to judge, and the rule is not asked. A scan that
   * was interrupted says of no file that it has none: then the rule counts as not run.
   */
  readonly needs: readonly string[];
  /** Linear in files and rows. Yields `UNDECIDED`, once or often, for what it has to leave open. */
  evaluate(view: SubjectView): Iterable<SubjectEvidence | typeof UNDECIDED>;
}
