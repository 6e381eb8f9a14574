/**
 * Suppressions: findings that the user has looked at and accepts until a day. A suppressed finding stays in the
 * report and implies nothing; the verdicts of its file and of all that the file is in are made again from what is
 * left. It works on finished reports, so that scanning knows nothing of it.
 *
 * What was not looked at cannot be accepted: issues, ledgers and findings that imply `incomplete` stay as they are.
 */

import { AppError } from "../kernel/errors.ts";
import { memberLocator, withoutOffsets } from "../kernel/locator.ts";
import type { FileReport, Finding } from "../kernel/report.ts";
import { quote } from "../kernel/text.ts";
import { EXPIRED_SUPPRESSION, UNMATCHED_SUPPRESSION } from "./config-rules.ts";
import type { Suppression } from "./events.ts";
import { fileVerdict } from "./file-verdict.ts";
import { makeFinding } from "./finding.ts";
import { globMatcher } from "./glob.ts";
import type { PathMatcher } from "./glob.ts";
import { isDay, suppressionProblem } from "./suppression-problem.ts";

interface Compiled {
  readonly entry: Suppression;
  readonly expired: boolean;
  /** Undefined where it goes by digest alone. */
  readonly matches: PathMatcher | undefined;
  readonly digest: string | undefined;
  /** Positions of the subjects in which it covers a finding. */
  readonly usedIn: Set<number>;
}

export interface Suppressor {
  /** The file's report with its findings suppressed, those of what is nested in it too. */
  file(subject: number, report: FileReport): FileReport;
  /** Findings about a subject as a whole. */
  findings(subject: number, ref: string, findings: readonly Finding[]): readonly Finding[];
  /**
   * What is to be said of the suppressions themselves in one subject, once all subjects are done.
   *
   * @param complete whether everything was scanned, so that what matched nothing is known.
   */
  about(subject: number, ref: string, complete: boolean): Finding[];
}

/**
 * Throws `AppError` CONFIG_INVALID for a suppression that cannot be one.
 *
 * @param today `YYYY-MM-DD`: an input, since the same input has to give the same report.
 */
export function makeSuppressor(
  suppressions: readonly Suppression[],
  today: string | undefined,
): Suppressor {
  if (today === undefined || !isDay(today)) {
    throw new AppError("CONFIG_INVALID", "suppressions need to know today, such as 2027-01-31");
  }
  const all = suppressions.map((entry, index) => compile(entry, index, today));
  return {
    file: (subject, report) => suppressFile(all, subject, report),
    findings: (subject, ref, findings) =>
      findings.map((finding) => suppressFinding(finding, matching(all, finding, ref), subject)),
    about: (subject, ref, complete) =>
      all.flatMap((compiled) => aboutOne(compiled, subject, ref, complete)),
  };
}

function compile(entry: Suppression, index: number, today: string): Compiled {
  const wrong = suppressionProblem(entry);
  if (wrong !== undefined) {
    const field = wrong.field === undefined ? "" : `.${wrong.field}`;
    throw new AppError("CONFIG_INVALID", `suppressions[${index}]${field} ${wrong.problem}`);
  }
  return {
    entry,
    expired: today > entry.expires,
    matches: entry.path === undefined ? undefined : globMatcher([entry.path]),
    digest: entry.digest?.toLowerCase().replace("sha256:", ""),
    usedIn: new Set(),
  };
}

function suppressFile(all: readonly Compiled[], subject: number, report: FileReport): FileReport {
  if (!hasFindings(report)) {
    return report;
  }
  // A digest that somebody else states says nothing about the bytes.
  const sha256 = report.digestBasis === "computed" ? report.digests["sha256"] : undefined;
  const candidates = all.filter(({ digest }) => digest === undefined || digest === sha256);
  return suppressNested(candidates, subject, report, report.path, new Set());
}

function hasFindings({ findings, children }: FileReport): boolean {
  return findings.length > 0 || children.some(hasFindings);
}

/** @param outer what covers something that this is nested in, and so covers this. */
function suppressNested(
  candidates: readonly Compiled[],
  subject: number,
  report: FileReport,
  locator: string,
  outer: ReadonlySet<Compiled>,
): FileReport {
  const covering = new Set(
    candidates.filter((compiled) => outer.has(compiled) || (compiled.matches?.(locator) ?? true)),
  );
  const findings = report.findings.map((finding) => {
    const place = withoutOffsets(finding.locator);
    const by = candidates.filter(
      (compiled) => covering.has(compiled) || compiled.matches?.(place) === true,
    );
    return suppressFinding(finding, by, subject);
  });
  const children = report.children.map((child) =>
    suppressNested(candidates, subject, child, memberLocator(locator, child.path), covering),
  );
  return { ...report, findings, children, verdict: fileVerdict({ ...report, findings, children }) };
}

/** By path alone: a subject has no digest. Its findings are also known by their path in it. */
function matching(all: readonly Compiled[], finding: Finding, ref: string): Compiled[] {
  const place = withoutOffsets(finding.locator);
  const start = memberLocator(ref, "");
  const inside = place.startsWith(start) ? place.slice(start.length) : place;
  return all.filter(
    ({ digest, matches }) =>
      digest === undefined && (matches?.(place) === true || matches?.(inside) === true),
  );
}

/** @param by what covers the place. */
function suppressFinding(finding: Finding, by: readonly Compiled[], subject: number): Finding {
  if (finding.implies === "incomplete") {
    return finding;
  }
  let suppressed: Finding["suppressed"];
  for (const { entry, expired, usedIn } of by) {
    if (entry.rule === finding.rule) {
      usedIn.add(subject);
      if (!expired) {
        suppressed ??= { reason: entry.reason, expires: entry.expires };
      }
    }
  }
  return suppressed === undefined ? finding : { ...finding, suppressed };
}

function aboutOne(
  { entry, expired, usedIn }: Compiled,
  subject: number,
  ref: string,
  complete: boolean,
): Finding[] {
  const isHere = usedIn.size === 0 ? subject === 0 : usedIn.has(subject);
  const unmatched = usedIn.size === 0 && complete;
  if (!isHere || !(expired || unmatched)) {
    return [];
  }
  const { rule, path, digest, reason, expires } = entry;
  const covers = [path, digest].filter((part) => part !== undefined).map((part) => quote(part));
  const named = `the suppression of ${rule} for ${covers.join(" and ")} (${quote(reason)})`;
  const message = expired
    ? `${named} expired on ${expires}: what it covered counts again`
    : `${named} matches nothing that was found`;
  const data = {
    rule,
    ...(path === undefined ? {} : { path }),
    ...(digest === undefined ? {} : { digest }),
    reason,
    expires,
  };
  const key = JSON.stringify([rule, path ?? "", digest ?? ""]);
  const info = expired ? EXPIRED_SUPPRESSION : UNMATCHED_SUPPRESSION;
  return [makeFinding(info, { message, key, data }, ref)];
}
