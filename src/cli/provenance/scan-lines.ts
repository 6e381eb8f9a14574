/** What a scan beside a signature found, for people. */

import type { Report } from "../../kernel/report.ts";
import { verdictRank, VERDICTS } from "../../kernel/verdict.ts";
import type { Verdict } from "../../kernel/verdict.ts";
import { headLine, reasonLines } from "../../reporters/terminal/file-lines.ts";
import { formatCount } from "../../reporters/terminal/numbers.ts";
import type { Style } from "../../reporters/terminal/style.ts";

/** The files that are at least as bad as a verdict, with why. */
export function riskyLines({ subjects }: Report, from: Verdict, style: Style): string {
  const options = { style, verbose: false };
  return subjects
    .flatMap((subject) => subject.files)
    .filter(({ verdict }) => verdictRank(verdict) >= verdictRank(from))
    .map((file) => headLine(file, file.path, options) + reasonLines(file, options))
    .join("");
}

/** `scan: 12 clean, 0 unknown, …` */
export function scanLine({ totals }: Report, style: Style): string {
  const counts = VERDICTS.map((verdict) => {
    const count = totals.files[verdict];
    const text = `${formatCount(count)} ${verdict}`;
    return count > 0 ? style.verdict(verdict, text) : style.dim(text);
  });
  return `scan: ${counts.join(", ")}\n`;
}
