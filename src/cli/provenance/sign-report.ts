/** What is said of a model that was signed, and of one that was not. */

import { escapeText, formatBytes } from "../../kernel/text.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import type { DigestedModel } from "../../provenance/oms/sign.ts";
import { formatFiles } from "../../reporters/terminal/numbers.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { FAILED } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";
import { INDENT, problemLines } from "./problem-lines.ts";

/** Of a model that harms whoever loads it. */
export function refusal(ref: string, lines: string, style: Style): string {
  return [
    `${style.bold("not signed")}  ${escapeText(ref)}: it harms whoever loads it`,
    lines.trimEnd(),
    `${INDENT}a signature would vouch for that; if you know better: --sign-anyway`,
    "",
  ].join("\n");
}

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
}

/** The lines, each ending with a line feed. */
export function summary({ ref, who, target, digested }: Summary, style: Style): string {
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
    "",
  ].join("\n");
}
