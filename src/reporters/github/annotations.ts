/**
 * Annotations of GitHub Actions: commands on standard output that the runner shows beside the files of a change.
 * It takes ten of a level from a step, so the worst ones are told, and a last line says how many more there are.
 */

import type { Report } from "../../kernel/report.ts";
import { compareSeverity } from "../../kernel/severity.ts";
import { escapeText } from "../../kernel/text.ts";
import { verdictRank } from "../../kernel/verdict.ts";
import { pathOf } from "../artifact-uri.ts";
import { occurrences } from "../occurrences.ts";
import type { Occurrence } from "../occurrences.ts";
import { levelOf } from "../sarif/rule-descriptor.ts";
import { formatCount } from "../terminal/numbers.ts";
import { commandData, commandProperty, withoutCommands } from "./workflow-text.ts";

/** As many as the runner keeps. */
const SHOWN = 10;

const COMMANDS = { error: "error", warning: "warning", note: "notice" } as const;

/** Writes a line for each finding that makes something more than clean, and for what made files incomplete. */
export function writeAnnotations(report: Report, write: (text: string) => void): void {
  const worstFirst = [...occurrences(report)]
    .filter(({ verdict }) => verdict !== "clean")
    .sort(
      (a, b) =>
        verdictRank(b.verdict) - verdictRank(a.verdict) || compareSeverity(a.severity, b.severity),
    );
  const more: string[] = [];
  for (const level of ["error", "warning", "note"] as const) {
    const all = worstFirst.filter(({ severity }) => levelOf(severity) === level);
    for (const occurrence of all.slice(0, SHOWN)) {
      write(annotation(COMMANDS[level], occurrence));
    }
    if (all.length > SHOWN) {
      const count = all.length - SHOWN;
      more.push(`${formatCount(count)} ${COMMANDS[level]}${count === 1 ? "" : "s"}`);
    }
  }
  if (more.length > 0) {
    write(`not annotated, because only ${SHOWN} of a kind are shown: ${more.join(", ")} more\n`);
  }
}

function annotation(command: string, { subject, file, rule, message }: Occurrence): string {
  const path = file === undefined ? subject.ref : pathOf(subject, file.path);
  const properties = `file=${property(path)},title=${property(rule)}`;
  const sentence = withoutCommands(escapeText(message));
  const start = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return `::${command} ${properties}::${commandData(start)}\n`;
}

function property(text: string): string {
  return commandProperty(withoutCommands(escapeText(text)));
}
