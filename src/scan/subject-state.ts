/** What a scan knows of its subjects while it runs. */

import type { FileReport, Finding } from "../kernel/report.ts";
import type { Tree } from "../kernel/tree.ts";
import type { TableStore } from "./table-store.ts";
import type { Walked } from "./walk.ts";

export interface SubjectState {
  readonly tree: Tree;
  /** Its place among the subjects. */
  readonly index: number;
  /** In the order of the walk; undefined until its file is scanned. */
  readonly reports: (FileReport | undefined)[];
  readonly findings: Finding[];
  readonly tables: TableStore;
}

export type Walkable = Exclude<Walked, { kind: "finding" }>;

/** Something to scan, and where its report goes. */
export interface Entry {
  readonly walked: Walkable;
  readonly state: SubjectState;
  readonly index: number;
}

/** What is compared with digests that somebody states is looked at each time. */
export function isRemembered({ kind, file }: Walkable): boolean {
  return kind === "file" && file.problem === undefined && file.stated === undefined;
}
