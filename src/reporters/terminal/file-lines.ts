/** One file for people: a line with its verdict, and below it why and what to do. */

import type { FileReport } from "../../kernel/report.ts";
import { escapeText, formatBytes } from "../../kernel/text.ts";
import { verdictRank } from "../../kernel/verdict.ts";
import type { Verdict } from "../../kernel/verdict.ts";
import { formatCount } from "./numbers.ts";
import { notesOf, reasonsOf, suppressedOf } from "./reasons.ts";
import type { Reason } from "./reasons.ts";
import type { Style } from "./style.ts";

/** The longest verdict and two spaces. */
const INDENT = " ".repeat(12);

const SHOWN_REASONS = 5;
const SHOWN_NAMES = 160;

export interface FileLines {
  readonly style: Style;
  readonly verbose: boolean;
}

/** `malicious   models/a.pkl  (pickle, 61 B)` */
export function headLine(file: FileReport, shownPath: string, { style }: FileLines): string {
  const details = `(${file.format}, ${formatBytes(file.size)})`;
  return `${label(file.verdict, style)}${style.bold(escapeText(shownPath))}  ${style.dim(details)}\n`;
}

/** A verdict, as wide as all of them. */
export function label(verdict: Verdict, style: Style): string {
  return style.verdict(verdict, verdict.padEnd(INDENT.length));
}

/** A line below a file. */
export function subLine(text: string): string {
  return `${INDENT}${text}\n`;
}

/** Why: at most five reasons, all of them where the user wants to know everything. */
export function reasonLines(file: FileReport, { style, verbose }: FileLines): string {
  const reasons = merged(reasonsOf(file).filter((reason) => verbose || weighs(reason, file)));
  const shown = verbose ? reasons : reasons.slice(0, SHOWN_REASONS);
  let text = "";
  for (const reason of shown) {
    text += subLine(sentence(reason.message));
    const source = sourceOf(reason, file);
    text += source === "" ? "" : subLine(style.dim(source));
  }
  const more = reasons.length - shown.length;
  if (more > 0) {
    const count = more === 1 ? "1 more finding" : `${formatCount(more)} more findings`;
    text += subLine(style.dim(`and ${count}; --verbose shows all`));
  }
  return text;
}

/** An unknown member says little about a file that is worse; that it is incomplete as well does. */
function weighs({ verdict }: Reason, file: FileReport): boolean {
  const floor = file.verdict === "unknown" ? "unknown" : "incomplete";
  return verdictRank(verdict) >= verdictRank(floor);
}

/** What does not change the verdict, or does no longer. */
export function noteLines(file: FileReport, { style }: FileLines): string {
  return [...notesOf(file), ...suppressedOf(file)]
    .map((note) =>
      subLine(style.dim(`note: ${escapeText(note.message)} (${sourceOf(note, file)})`)),
    )
    .join("");
}

/** How much of it is understood. */
export function coverageLine({ coverage, verdict }: FileReport, { style }: FileLines): string {
  const { understood, inert, unaccounted } = coverage;
  const parts = [
    ...(understood > 0 || inert === 0 ? [`${formatBytes(understood)} understood`] : []),
    ...(inert > 0 ? [`${formatBytes(inert)} plain numbers`] : []),
    ...(unaccounted > 0 ? [`${formatBytes(unaccounted)} not accounted for`] : []),
  ];
  const start = verdict === "clean" ? "every byte is accounted for: " : "";
  return subLine(style.dim(start + parts.join(", ")));
}

/** `sha256 9f86d0…` */
export function digestLines({ digests }: FileReport, { style }: FileLines): string {
  return Object.entries(digests)
    .map(([name, digest]) => subLine(style.dim(`${name} ${digest}`)))
    .join("");
}

/** The same message at many places is one reason at the first of them. */
function merged(reasons: readonly Reason[]): Reason[] {
  const seen = new Map<string, { reason: Reason; count: number }>();
  for (const reason of reasons) {
    const key = `${reason.source}\0${reason.message}`;
    const known = seen.get(key);
    if (known === undefined) {
      seen.set(key, { reason, count: 1 });
    } else {
      known.count += 1;
    }
  }
  return [...seen.values()].map(({ reason, count }) =>
    count === 1
      ? reason
      : { ...reason, message: `${reason.message} (${formatCount(count)} times)` },
  );
}

function sentence(message: string): string {
  const text = escapeText(message);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `pickle/dangerous-call, critical, archive/data.pkl, byte 0x1a2` */
function sourceOf({ source, severity, locator }: Reason, file: FileReport): string {
  const place = placeOf(locator, file.path);
  // Of a whole file there is nothing more to say than that.
  const name = source === "coverage" ? "" : source;
  return [name, severity, place].filter((part) => part !== undefined && part !== "").join(", ");
}

/** The place inside the file, since the line above names the file. */
export function placeOf(locator: string, path: string): string {
  const inside = locator.startsWith(path) ? locator.slice(path.length) : `!${locator}`;
  const match = /^(.*?)(?:@0x([0-9a-f]+))?$/su.exec(inside);
  const member = shortened(escapeText((match?.[1] ?? "").replace(/^!/, "")));
  const offset = match?.[2] === undefined ? "" : `byte 0x${match[2]}`;
  return [member, offset].filter((part) => part !== "").join(", ");
}

function shortened(text: string): string {
  return text.length <= SHOWN_NAMES ? text : `${text.slice(0, SHOWN_NAMES)}…`;
}
