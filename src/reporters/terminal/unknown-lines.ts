/** Files that are unknown, together: one by one where they are few, else by what they are. */

import type { FileReport } from "../../kernel/report.ts";
import { escapeText } from "../../kernel/text.ts";
import { adviceFor } from "./advice.ts";
import { headLine, label, reasonLines, subLine } from "./file-lines.ts";
import type { FileLines } from "./file-lines.ts";
import { formatCount, formatFiles } from "./numbers.ts";
import { reasonsOf } from "./reasons.ts";

const LISTED = 10;
const GROUPS = 8;
const PATHS = 3;

export interface UnknownFile {
  readonly path: string;
  readonly report: FileReport;
}

/** Nothing for no files. */
export function unknownLines(files: readonly UnknownFile[], lines: FileLines): string {
  if (files.length > LISTED) {
    return groups(files, lines);
  }
  const advised = new Set<string>();
  let text = "";
  for (const { path, report } of files) {
    text += headLine(report, path, lines) + reasonLines(report, lines);
    const advice = adviceFor(report);
    if (advice !== undefined && !advised.has(advice)) {
      advised.add(advice);
      text += subLine(`→ ${escapeText(advice)}`);
    }
  }
  return text;
}

/** `formats: text 300, json 12`, the most frequent first, each with a few of its paths. */
function groups(files: readonly UnknownFile[], { style }: FileLines): string {
  const byReason = new Map<string, UnknownFile[]>();
  for (const file of files) {
    const [first] = reasonsOf(file.report);
    const source = first === undefined || first.source === "coverage" ? "" : `, ${first.source}`;
    const key = file.report.format + source;
    byReason.set(key, [...(byReason.get(key) ?? []), file]);
  }
  const sorted = [...byReason].sort(([, a], [, b]) => b.length - a.length);
  let text = `${label("unknown", style)}${style.bold(formatFiles(files.length))}  ${style.dim("(--verbose lists them)")}\n`;
  for (const [key, group] of sorted.slice(0, GROUPS)) {
    const paths = group.slice(0, PATHS).map(({ path }) => escapeText(path));
    const more = group.length > PATHS ? ", …" : "";
    text += subLine(`${formatCount(group.length)} ${key}: ${style.dim(paths.join(", ") + more)}`);
  }
  if (sorted.length > GROUPS) {
    text += subLine(style.dim(`and ${formatCount(sorted.length - GROUPS)} more kinds`));
  }
  return text;
}
