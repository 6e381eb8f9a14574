/** Colors, where they are wanted. They repeat what the words say, so nothing is lost without them. */

import type { Verdict } from "../../kernel/verdict.ts";

const RESET = "\u001b[0m";
const BOLD = "\u001b[1m";
const DIM = "\u001b[2m";

const VERDICT_COLORS: Readonly<Record<Verdict, string>> = {
  clean: "\u001b[32m",
  unknown: "\u001b[36m",
  incomplete: "\u001b[33m",
  suspicious: "\u001b[35m",
  malicious: "\u001b[1;31m",
};

export interface Style {
  verdict(verdict: Verdict, text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

/** Wraps texts in the codes of a terminal, or leaves them alone. */
export function makeStyle(color: boolean): Style {
  if (!color) {
    return { verdict: (_verdict, text) => text, bold: (text) => text, dim: (text) => text };
  }
  return {
    verdict: (verdict, text) => `${VERDICT_COLORS[verdict]}${text}${RESET}`,
    bold: (text) => `${BOLD}${text}${RESET}`,
    dim: (text) => `${DIM}${text}${RESET}`,
  };
}
