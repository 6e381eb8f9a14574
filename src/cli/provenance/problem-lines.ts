/** Problems for people: the sentence, and the rule that explains it. */

import { escapeText } from "../../kernel/text.ts";
import { fails } from "../../provenance/oms/problem.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import { formatCount } from "../../reporters/terminal/numbers.ts";
import type { Style } from "../../reporters/terminal/style.ts";

export const INDENT = " ".repeat(12);
/** Of each kind; `--verbose` shows all. */
const SHOWN = 10;

/** Failures first, then notes; many of one kind are counted. */
export function problemLines(
  problems: readonly Problem[],
  style: Style,
  isVerbose: boolean,
): string {
  const failures = problems.filter(fails);
  const notes = problems.filter((problem) => !fails(problem));
  return byRule(failures, isVerbose, (problem) => {
    const text = escapeText(problem.evidence.message);
    return `${INDENT}${text.charAt(0).toUpperCase()}${text.slice(1)} ${style.dim(`(${problem.rule.id})`)}\n`;
  }).concat(
    byRule(notes, isVerbose, ({ rule, evidence }) =>
      style.dim(`${INDENT}note: ${escapeText(evidence.message)} (${rule.id})`).concat("\n"),
    ),
  );
}

function byRule(
  problems: readonly Problem[],
  isVerbose: boolean,
  line: (problem: Problem) => string,
): string {
  const groups = Map.groupBy(problems, ({ rule }) => rule.id);
  let text = "";
  for (const [id, group] of groups) {
    const shown = isVerbose ? group : group.slice(0, SHOWN);
    text += shown.map(line).join("");
    if (shown.length < group.length) {
      text += `${INDENT}and ${formatCount(group.length - shown.length)} more of ${id}; --verbose shows all\n`;
    }
  }
  return text;
}
