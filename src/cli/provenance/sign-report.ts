/** What is said of a model that was signed, and of one that was not. */

import { escapeText, formatBytes } from "../../kernel/text.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import type { DigestedModel } from "../../provenance/oms/sign.ts";
import { formatFiles } from "../../reporters/terminal/numbers.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { FAILED } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";
import { INDENT, problemLines } from "./problem-lines.ts";

/** Says why a model is not signed, and gives the exit code. */
export function refuse(
  ref: string,
  problems: readonly Problem[],
  terminal: Terminal,
  style: Style,
): number {
  terminal.err.write(`${style.bold("not signed")}  ${escapeText(ref)}\n`);
  terminal.err.write(problemLines(problems, style, true));
  return FAILED;
}

export interface Summary {
  readonly ref: string;
  readonly who: string;
  readonly target: string;
  readonly digested: DigestedModel;
  /** Whether every file that was not read again is named. */
  readonly isVerbose?: boolean;
}

/** Files that were not read again, of which more than these are counted. */
const SHOWN = 10;

/** The lines, each ending with a line feed. */
export function summary(told: Summary, style: Style): string {
  const { ref, who, target, digested } = told;
  const { files, bytes, root, ignored } = digested;
  const size = style.dim(`(${formatFiles(files.length)}, ${formatBytes(bytes)})`);
  const byCaller = ignored.filter(({ by }) => by === "caller").length;
  const others = ignored.length - byCaller;
  const left = [
    ...(byCaller > 0 ? [`${formatFiles(byCaller)} by --ignore-paths`] : []),
    ...(others > 0 ? [`${formatFiles(others)} of git and of evidence`] : []),
  ];
  return [
    `${"signed".padEnd(INDENT.length)}${style.bold(escapeText(ref))}  ${size}`,
    `${INDENT}by ${escapeText(who)}`,
    `${INDENT}signature ${escapeText(target)}`,
    `${INDENT}${style.dim(`root sha256:${root}`)}`,
    ...(left.length > 0 ? [`${INDENT}left out: ${left.join(", ")}`] : []),
    ...cachedLines(told),
    "",
  ].join("\n");
}

function cachedLines({ digested: { cached }, isVerbose = false }: Summary): string[] {
  const shown = isVerbose ? cached : cached.slice(0, SHOWN);
  const more = cached.length - shown.length;
  return [
    ...shown.map((path) => `${INDENT}not read again: ${escapeText(path)}`),
    ...(more > 0 ? [`${INDENT}and ${formatFiles(more)} more; --verbose shows all`] : []),
  ];
}
