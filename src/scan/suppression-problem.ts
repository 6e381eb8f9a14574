/** What is wrong with a suppression, for the configuration's reader and for callers of the library alike. */

import { errorMessage } from "../kernel/errors.ts";
import { scanCatalogue } from "./catalogue.ts";
import { CONFIG_RULES } from "./config-rules.ts";
import type { Suppression } from "./events.ts";
import { globMatcher } from "./glob.ts";
import { STATES } from "./states.ts";

export interface SuppressionProblem {
  /** Missing where it is about the entry as a whole. */
  readonly field?: keyof Suppression;
  /** Goes on after the name of the field: `is missing`. */
  readonly problem: string;
  /** What could have been meant. */
  readonly known?: readonly string[];
}

const DIGEST = /^(?:sha256:)?[0-9a-f]{64}$/i;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The first problem, or nothing. */
export function suppressionProblem(entry: Suppression): SuppressionProblem | undefined {
  const { rule, path, digest, reason, expires } = entry;
  const wrongRule = ruleProblem(rule);
  if (wrongRule !== undefined) {
    return wrongRule;
  }
  if (path === undefined && digest === undefined) {
    return { problem: "needs a path or a digest: what it covers" };
  }
  if (digest !== undefined && !DIGEST.test(digest)) {
    return { field: "digest", problem: "is a SHA-256 of 64 hexadecimal digits" };
  }
  if (reason.trim() === "") {
    return { field: "reason", problem: "is empty" };
  }
  if (!isDay(expires)) {
    return { field: "expires", problem: "is a day such as 2027-01-31" };
  }
  return path === undefined ? undefined : pathProblem(path);
}

function ruleProblem(rule: string): SuppressionProblem | undefined {
  if (STATES.some(({ id }) => id === rule)) {
    return unsuppressible("is a state of a file and not a rule: what was not looked at");
  }
  const rules = scanCatalogue();
  const info = rules.find(({ id }) => id === rule);
  if (info === undefined) {
    return { field: "rule", problem: "is not a rule", known: rules.map(({ id }) => id) };
  }
  if (info.implies === "incomplete") {
    return unsuppressible("says that something was not looked at, and that");
  }
  return CONFIG_RULES.includes(info)
    ? unsuppressible("is about the configuration, and its own findings")
    : undefined;
}

function unsuppressible(why: string): SuppressionProblem {
  return { field: "rule", problem: `${why} cannot be suppressed` };
}

function pathProblem(path: string): SuppressionProblem | undefined {
  if (path.trim() === "") {
    return { field: "path", problem: "is empty" };
  }
  try {
    globMatcher([path]);
    return undefined;
  } catch (error) {
    return { field: "path", problem: `is not a glob: ${errorMessage(error)}` };
  }
}

/** Whether it is a day of the calendar, as `YYYY-MM-DD`, so that texts compare as days do. */
export function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] = (match ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) {
    return false;
  }
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}
