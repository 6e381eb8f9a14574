/** From what is known of the subjects to the report. */

import type { Report, Subject } from "../kernel/report.ts";
import { foundConfigurations } from "./configurations.ts";
import type { ScanOptions } from "./events.ts";
import type { JudgedSubject } from "./subject-rules/judge-subject.ts";
import type { SubjectState } from "./subject-state.ts";
import type { Suppressor } from "./suppress.ts";
import { makeReport, subjectVerdict } from "./totals.ts";
import { TOOL } from "./version.ts";

/** Judges the subjects as wholes, and puts it all together. */
export async function assemble(
  states: readonly SubjectState[],
  options: ScanOptions,
  suppressor: Suppressor | undefined,
  interrupted: boolean,
): Promise<Report> {
  const { quick = false, full = false, configurations = [] } = options;
  const wholes = await Promise.all(states.map((state) => judgeWhole(state, options, interrupted)));
  const judged = states.map(({ tree, index, findings }) => {
    const all = [...findings, ...(wholes[index]?.findings ?? [])];
    return suppressor?.findings(index, tree.ref, all) ?? all;
  });
  const subjects = states.map(({ tree, index, reports }): Subject => {
    const files = reports.filter((report) => report !== undefined);
    const findings = [
      ...(judged[index] ?? []),
      ...(suppressor?.about(index, tree.ref, !interrupted) ?? []),
    ];
    const told = configurations.filter(({ subject }) => subject === tree.ref);
    const found = foundConfigurations(told, files);
    return {
      kind: tree.kind,
      ref: tree.ref,
      ...(tree.revision === undefined ? {} : { revision: tree.revision }),
      verdict: subjectVerdict(files, findings),
      files,
      findings,
      ...(quick || (tree.isRemote === true && !full) ? { quick: true } : {}),
      ...(found.length === 0 ? {} : { configurations: found }),
      notRun: [
        ...new Set([
          ...files.flatMap(({ notRun = [] }) => notRun),
          ...(wholes[index]?.notRun ?? []),
        ]),
      ].sort(),
    };
  });
  return makeReport(TOOL, subjects);
}

/** A file that is named alone has no siblings to be compared with, and needs none of the rules about them. */
async function judgeWhole(
  state: SubjectState,
  options: ScanOptions,
  interrupted: boolean,
): Promise<JudgedSubject | undefined> {
  const { kind } = state.tree;
  return kind === "folder" || kind === "hub"
    ? (await import("./subject-rules/judge-subject.ts")).judgeTree(state, options, interrupted)
    : undefined;
}
