/**
 * The report for people at a terminal. Files with something to say appear as they are finished; clean
 * ones are only counted, unknown ones come together at the end, and the last line counts every verdict.
 */

import type { FileReport, Report } from "../../kernel/report.ts";
import { escapeText } from "../../kernel/text.ts";
import type { Tree } from "../../kernel/tree.ts";
import { readingText } from "../reading.ts";
import { adviceFor, weightsOnlyNote } from "./advice.ts";
import {
  coverageLine,
  digestLines,
  headLine,
  noteLines,
  reasonLines,
  subLine,
} from "./file-lines.ts";
import type { FileLines } from "./file-lines.ts";
import { lastLine } from "./last-line.ts";
import type { Ending } from "./last-line.ts";
import { cachedText, formatCount, suppressedText } from "./numbers.ts";
import { explained } from "./reasons.ts";
import { makeStyle } from "./style.ts";
import { unknownLines } from "./unknown-lines.ts";
import type { UnknownFile } from "./unknown-lines.ts";

/** Files that the user named one by one are listed whatever they are, up to this many. */
const LISTED_TARGETS = 10;
/** Incomplete files past this many are only counted: a wall of them says nothing more. */
const LISTED_INCOMPLETE = 50;

/** Configurations in what was scanned past this many are only counted. */
const LISTED_CONFIGURATIONS = 5;

export interface TerminalReportOptions {
  readonly trees: readonly Pick<Tree, "kind" | "ref">[];
  readonly write: (text: string) => void;
  readonly color: boolean;
  readonly verbosity: "quiet" | "normal" | "verbose";
  /** Also what is clean or unknown, as it comes. */
  readonly listAll?: boolean;
}

/** Writes as it goes. */
export class TerminalReport {
  readonly #options: TerminalReportOptions;
  readonly #lines: FileLines;
  readonly #kinds: ReadonlyMap<string, Tree["kind"]>;
  readonly #listsTargets: boolean;
  readonly #listsAll: boolean;
  readonly #advised = new Set<string>();
  readonly #unknown: UnknownFile[] = [];
  #incomplete = 0;
  #traced: string | undefined;

  constructor(options: TerminalReportOptions) {
    const { trees, color, verbosity } = options;
    this.#options = options;
    this.#lines = { style: makeStyle(color), verbose: verbosity === "verbose" };
    this.#kinds = new Map(trees.map(({ ref, kind }) => [ref, kind]));
    this.#listsTargets = verbosity === "normal" && trees.length <= LISTED_TARGETS;
    this.#listsAll = options.listAll ?? verbosity === "verbose";
  }

  file(subject: string, file: FileReport): void {
    const path = shownPath(subject, this.#kinds.get(subject), file.path);
    if (this.#isListed(subject, file)) {
      this.#list(subject, path, file);
    } else if (file.verdict === "unknown") {
      this.#unknown.push({ path, report: file });
    }
  }

  /** A line of a pickle as pseudo-Python. */
  trace(locator: string, line: string): void {
    if (locator !== this.#traced) {
      this.#traced = locator;
      this.#write(this.#lines.style.dim(`${escapeText(locator)}:`).concat("\n"));
    }
    this.#write(`    ${escapeText(line)}\n`);
  }

  end(report: Report, ending: Ending): void {
    const { style, verbose } = this.#lines;
    if (this.#incomplete > LISTED_INCOMPLETE && !verbose) {
      const more = formatCount(this.#incomplete - LISTED_INCOMPLETE);
      this.#write(subLine(style.dim(`and ${more} more incomplete files; --verbose lists them`)));
    }
    if (this.#options.verbosity !== "quiet") {
      this.#write(unknownLines(this.#unknown, this.#lines));
      this.#write(subjectLines(report, this.#lines));
      this.#write(configurationLines(report, this.#lines));
      for (const subject of report.subjects) {
        const text = readingText(subject);
        this.#write(
          text === undefined ? "" : `${style.dim(`${escapeText(subject.ref)}: ${text}`)}\n`,
        );
      }
    }
    const cached = cachedText(report);
    if (cached !== undefined) {
      this.#write(`${style.dim(cached)}\n`);
    }
    this.#write(`${lastLine(report, ending, style)}\n`);
  }

  #isListed(subject: string, { verdict }: FileReport): boolean {
    if (verdict === "clean" || verdict === "unknown") {
      return this.#listsAll || (this.#listsTargets && !this.#isInFolder(subject));
    }
    this.#incomplete += verdict === "incomplete" ? 1 : 0;
    return verdict !== "incomplete" || this.#lines.verbose || this.#incomplete <= LISTED_INCOMPLETE;
  }

  #isInFolder(subject: string): boolean {
    const kind = this.#kinds.get(subject);
    return kind === "folder" || kind === "hub";
  }

  #list(subject: string, path: string, file: FileReport): void {
    const lines = this.#lines;
    let text = headLine(file, path, lines) + reasonLines(file, lines);
    if (lines.verbose) {
      text += noteLines(file, lines) + coverageLine(file, lines) + digestLines(file, lines);
    } else if (file.verdict === "clean") {
      text += coverageLine(file, lines);
    }
    const note = weightsOnlyNote(file);
    // Of a clean file it is nothing new.
    const notable = file.verdict !== "clean" && !this.#isInFolder(subject);
    if (note !== undefined && (lines.verbose || notable)) {
      text += subLine(lines.style.dim(note));
    }
    const advice = adviceFor(file);
    // Said once; a folder full of the same needs it no more often.
    if (advice !== undefined && this.#options.verbosity !== "quiet" && !this.#advised.has(advice)) {
      this.#advised.add(advice);
      text += subLine(`→ ${escapeText(advice)}`);
    }
    this.#write(text);
  }

  #write(text: string): void {
    if (text !== "") {
      this.#options.write(text);
    }
  }
}

/** Findings about a folder as a whole. */
function subjectLines({ subjects }: Report, { style, verbose }: FileLines): string {
  let text = "";
  for (const { kind, ref, findings, files } of subjects) {
    const paths = new Set(files.map(({ path }) => path));
    for (const finding of findings) {
      const { locator, rule, implies, suppressed } = finding;
      if (suppressed !== undefined && !verbose) {
        continue;
      }
      const place = paths.has(locator) ? shownPath(ref, kind, locator) : ref;
      const line = `${escapeText(place)}: ${escapeText(explained(finding))} (${rule})`;
      text += implies === "none" || suppressed !== undefined ? `${style.dim(line)}\n` : `${line}\n`;
    }
  }
  return text;
}

/** What a configuration did, and those that arrived with what was scanned. */
function configurationLines({ subjects, totals }: Report, { style, verbose }: FileLines): string {
  const all = subjects.flatMap(({ ref, configurations = [] }) =>
    configurations.map(({ path, used }) => ({ ref, path, used })),
  );
  const shown = verbose ? all : all.slice(0, LISTED_CONFIGURATIONS);
  let text = "";
  for (const { ref, path, used } of shown) {
    const how = used ? "is used as configuration" : "is not used (see --trust-config)";
    text += `${style.dim(`${escapeText(ref)}: ${escapeText(path)}, which comes with it, ${how}`)}\n`;
  }
  if (all.length > shown.length) {
    const more = formatCount(all.length - shown.length);
    text += `${style.dim(`and ${more} more configurations that are not used`)}\n`;
  }
  if (totals.suppressed > 0) {
    const hint = verbose ? "" : "; --verbose shows them";
    text += `${style.dim(suppressedText(totals.suppressed) + hint)}\n`;
  }
  return text;
}

/** How the user would write the path. */
function shownPath(subject: string, kind: Tree["kind"] | undefined, path: string): string {
  switch (kind) {
    case "file":
      return subject;
    case "folder":
      return subject === "." ? path : `${subject.replace(/\/+$/, "")}/${path}`;
    default:
      return path;
  }
}
