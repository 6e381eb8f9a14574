/** A decision for people: what was decided, the line that decided, and what would change it. */

import { escapeText } from "../../kernel/text.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import type { Decision, Effect, Reason } from "../../provenance/trust/decision.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { INDENT, problemLines } from "../provenance/problem-lines.ts";

export interface ShownDecision {
  readonly decision: Decision;
  /** Why signatures do not hold. */
  readonly problems: readonly Problem[];
  /** Lines of the documents by their names. */
  readonly lineText: (document: string, line: number) => string | undefined;
}

const SHOWN = 20;

export function decisionText(
  { decision, problems, lineText }: ShownDecision,
  color: boolean,
  isVerbose: boolean,
): string {
  const style = makeStyle(color);
  const { effect, model, decidedBy, reasons } = decision;
  const others = reasons.filter((reason) => reason !== decidedBy);
  const told = isVerbose ? others : others.slice(0, SHOWN);
  const lines = [
    `${headOf(effect, style)}${style.bold(escapeText(model))}`,
    ...reasonLines(decidedBy, style),
    `${INDENT}${style.dim(placeText(decidedBy))}`,
    ...quoted(decidedBy, lineText, style),
    ...changeLines(decision),
    ...told.flatMap((reason) => [
      ...reasonLines(reason, style, `${reason.effect}: `),
      `${INDENT}${style.dim(placeText(reason))}`,
    ]),
    ...(told.length < others.length
      ? [`${INDENT}and ${others.length - told.length} more; --verbose shows all`]
      : []),
  ];
  return `${lines.join("\n")}\n${problemLines(problems, style, isVerbose)}`;
}

const WORDS: Readonly<Record<Effect, string>> = {
  allow: "allowed",
  warn: "allowed, with warnings",
  hold: "HELD",
  deny: "DENIED",
};

function headOf(effect: Effect, style: Style): string {
  const word = WORDS[effect];
  const verdicts = {
    allow: "clean",
    warn: "unknown",
    hold: "suspicious",
    deny: "malicious",
  } as const;
  return style.verdict(verdicts[effect], `${word}  `.padEnd(INDENT.length));
}

function reasonLines({ message, rule }: Reason, style: Style, prefix = ""): string[] {
  return [`${INDENT}${prefix}${escapeText(message)} ${style.dim(`(${rule})`)}`];
}

function placeText({ place: { document, line, path } }: Reason): string {
  return escapeText(`by ${document}:${line}${path === "" ? "" : `, ${path}`}`);
}

function quoted({ place }: Reason, lineText: ShownDecision["lineText"], style: Style): string[] {
  const text = lineText(place.document, place.line);
  return text === undefined
    ? []
    : [`${INDENT}${style.dim(`${place.line} | `)}${escapeText(text.trimEnd().slice(0, 200))}`];
}

/** Whatever has the deciding effect has to change. */
function changeLines({ effect, reasons }: Decision): string[] {
  const remedies = reasons.filter((reason) => reason.effect === effect).map(({ remedy }) => remedy);
  const distinct = [...new Set(remedies)].slice(0, SHOWN);
  return distinct.length === 0
    ? []
    : [
        `${INDENT}what would change it:`,
        ...distinct.map((remedy) => `${INDENT}  - ${escapeText(remedy)}`),
      ];
}
