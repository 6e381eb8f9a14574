/** Asks the subject rules, once all files of a subject are known. */

import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import type { FileReport, Finding } from "../../kernel/report.ts";
import type { Tree } from "../../kernel/tree.ts";
import { compareFindings } from "../child-result.ts";
import type { ScanOptions } from "../events.ts";
import { makeFinding } from "../finding.ts";
import type { TableStore } from "../table-store.ts";
import { SUBJECT_RULES } from "./registry.ts";
import { UNDECIDED } from "./subject-rule.ts";
import type { SubjectFile, SubjectRule, SubjectView } from "./subject-rule.ts";

interface ScannedSubject {
  readonly files: readonly FileReport[];
  readonly tables: TableStore;
  /** Whether files were left out: by globs, or because the user named a part only. */
  readonly filtered: boolean;
  readonly interrupted: boolean;
  /** Findings of one rule that are kept. */
  readonly most: number;
}

export interface JudgedSubject {
  readonly findings: readonly Finding[];
  /** Rules that could not judge all that there is to judge. */
  readonly notRun: readonly string[];
}

/** Judges what a scan has gathered of a tree. */
export function judgeTree(
  {
    tree,
    reports,
    tables,
  }: {
    readonly tree: Tree;
    readonly reports: readonly (FileReport | undefined)[];
    readonly tables: TableStore;
  },
  { include = [], exclude = [], limits }: ScanOptions,
  interrupted: boolean,
): JudgedSubject {
  return judgeSubject({
    files: reports.filter((report) => report !== undefined),
    tables,
    filtered: include.length + exclude.length > 0 || tree.isPart === true,
    interrupted,
    most: limits?.findings ?? DEFAULT_LIMITS.findings,
  });
}

/** Judges a folder or a repository. */
function judgeSubject(subject: ScannedSubject): JudgedSubject {
  const { files, interrupted, filtered, tables } = subject;
  if (interrupted) {
    return { findings: [], notRun: SUBJECT_RULES.map(({ id }) => id) };
  }
  const keys = new Set(files.flatMap(({ facts }) => Object.keys(facts)));
  const asked = SUBJECT_RULES.filter(({ needs }) => needs.some((key) => keys.has(key)));
  if (asked.length === 0) {
    return { findings: [], notRun: [] };
  }
  const view: SubjectView = {
    files: new Map(files.map((report) => [report.path, subjectFile(report, tables)])),
    isWhole: !filtered,
  };
  const findings: Finding[] = [];
  const notRun: string[] = [];
  for (const rule of asked) {
    const judged = judge(rule, view, subject.most);
    findings.push(...judged.findings);
    if (judged.undecided) {
      notRun.push(rule.id);
    }
  }
  return { findings: findings.toSorted(compareFindings), notRun };
}

function judge(
  rule: SubjectRule,
  view: SubjectView,
  most: number,
): { readonly findings: readonly Finding[]; readonly undecided: boolean } {
  const findings: Finding[] = [];
  let undecided = false;
  for (const evidence of rule.evaluate(view)) {
    if (evidence === UNDECIDED) {
      undecided = true;
    } else if (findings.length < most) {
      findings.push(makeFinding(rule, evidence, evidence.file));
    } else {
      break;
    }
  }
  return { findings, undecided };
}

function subjectFile(report: FileReport, store: TableStore): SubjectFile {
  const { path, format, verdict, size, facts, children, issues } = report;
  const own = store.get(path).find(({ locator }) => locator === path);
  return { path, format, verdict, size, facts, children, issues, tables: own?.tables ?? {} };
}
