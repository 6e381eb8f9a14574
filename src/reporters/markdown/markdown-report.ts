/**
 * The report for a comment on a pull request or the summary of a job: counts, a table of what is not clean, worst
 * first, and the details folded. GitHub Flavored Markdown; it is kept short enough for a comment, and says what it
 * leaves out. No times: the same bytes give the same text.
 */

import type { FileReport, Report, Subject } from "../../kernel/report.ts";
import { formatBytes } from "../../kernel/text.ts";
import { findingVerdict, verdictRank, VERDICTS } from "../../kernel/verdict.ts";
import type { Verdict } from "../../kernel/verdict.ts";
import { pathOf } from "../artifact-uri.ts";
import { adviceFor, weightsOnlyNote } from "../terminal/advice.ts";
import { placeOf } from "../terminal/file-lines.ts";
import { cachedText, formatCount, formatFiles, suppressedText } from "../terminal/numbers.ts";
import { reasonsOf } from "../terminal/reasons.ts";
import type { Reason } from "../terminal/reasons.ts";
import { readingText } from "../reading.ts";
import { code } from "./code.ts";

const ROWS = 50;
const REASONS = 10;
const PATH_LENGTH = 200;
const MESSAGE_LENGTH = 300;
/** A comment on GitHub may have 65,536 characters. */
const BUDGET = 60_000;
/** So that a table of long rows leaves room for details. */
const TABLE_BUDGET = 30_000;

interface Row {
  readonly verdict: Verdict;
  readonly path: string;
  readonly message: string;
  /** Id of the rule or name of the state. */
  readonly source: string;
  readonly file?: FileReport;
}

/** Writes the document, with a line feed at the end. */
export function writeMarkdownReport(report: Report, write: (text: string) => void): void {
  const rows = report.subjects
    .flatMap((subject) => [...rowsOf(subject)])
    .toSorted((a, b) => verdictRank(b.verdict) - verdictRank(a.verdict));
  const head = `${heading(report)}${notDone(report)}${configured(report)}`;
  const table = tableOf(rows);
  write(head);
  write(table);
  write(detailsOf(rows, BUDGET - head.length - table.length));
}

function heading({ verdict, totals, tool }: Report): string {
  let files = 0;
  const counts = VERDICTS.toReversed().map((name) => {
    files += totals.files[name];
    const count = `${formatCount(totals.files[name])} ${name}`;
    return totals.files[name] > 0 && name !== "clean" ? `**${count}**` : count;
  });
  const sum = `${formatFiles(files)}, ${formatBytes(totals.bytes)}`;
  return `## ${tool.name}: ${verdict}\n\n${sum}: ${counts.join(", ")}\n`;
}

/** What is not clean: findings about a tree, then its files. */
function* rowsOf(subject: Subject): Generator<Row> {
  const paths = new Set(subject.files.map(({ path }) => path));
  for (const finding of subject.findings) {
    const verdict = findingVerdict(finding);
    if (verdict !== "clean") {
      const { locator } = finding;
      const path = paths.has(locator) ? pathOf(subject, locator) : subject.ref;
      yield { verdict, path, message: finding.message, source: finding.rule };
    }
  }
  for (const file of subject.files) {
    if (file.verdict !== "clean") {
      const [reason] = reasonsOf(file);
      const { message, source } = reason ?? { message: "", source: "coverage" };
      yield { verdict: file.verdict, path: pathOf(subject, file.path), message, source, file };
    }
  }
}

function tableOf(rows: readonly Row[]): string {
  if (rows.length === 0) {
    return "";
  }
  let text = "\n| Verdict | File | Why | Rule |\n| --- | --- | --- | --- |\n";
  let shown = 0;
  for (const { verdict, path, message, source } of rows.slice(0, ROWS)) {
    const row = `| ${verdict} | ${code(path, PATH_LENGTH)} | ${code(message, MESSAGE_LENGTH)} | ${code(source, PATH_LENGTH)} |\n`;
    if (text.length + row.length > TABLE_BUDGET) {
      break;
    }
    text += row;
    shown += 1;
  }
  return text + moreRows(rows.slice(shown));
}

/** `and 250 more: 240 unknown, 10 incomplete` */
function moreRows(rest: readonly Row[]): string {
  const counts = VERDICTS.toReversed().flatMap((verdict) => {
    const count = rest.filter((row) => row.verdict === verdict).length;
    return count === 0 ? [] : [`${formatCount(count)} ${verdict}`];
  });
  return rest.length === 0 ? "" : `\nand ${formatCount(rest.length)} more: ${counts.join(", ")}\n`;
}

function notDone({ subjects }: Report): string {
  const rules = [...new Set(subjects.flatMap((subject) => subject.notRun))].sort();
  const list = rules.map((rule) => code(rule, PATH_LENGTH)).join(", ");
  const quick = subjects
    .map((subject) => ({ ref: subject.ref, text: readingText(subject) }))
    .map(({ ref, text }) => (text === undefined ? "" : `\n${code(ref, PATH_LENGTH)}: ${text}\n`))
    .join("");
  return rules.length === 0 ? quick : `${quick}\nRules that did not run: ${list}\n`;
}

/** Configurations that arrived with what was scanned, what the user's own took out, and what was not read again. */
function configured(report: Report): string {
  const { subjects, totals } = report;
  const lines = subjects.flatMap(({ ref, configurations = [] }) =>
    configurations.map(
      ({ path, used }) =>
        `\nConfiguration in ${code(ref, PATH_LENGTH)}${used ? ", used" : ", not used"}: ${code(path, PATH_LENGTH)}\n`,
    ),
  );
  const suppressed = totals.suppressed > 0 ? `\n${suppressedText(totals.suppressed)}.\n` : "";
  const notRead = cachedText(report);
  const cached = notRead === undefined ? "" : `\n${notRead}.\n`;
  const more = lines.length > ROWS ? `\nand ${formatCount(lines.length - ROWS)} more\n` : "";
  return lines.slice(0, ROWS).join("") + more + suppressed + cached;
}

/** Of what is unknown the table has said all there is. */
function detailsOf(rows: readonly Row[], budget: number): string {
  let text = "";
  let left = 0;
  for (const { path, file, verdict } of rows) {
    if (file === undefined || verdict === "unknown") {
      continue;
    }
    const detail = left > 0 ? "" : details(path, file);
    if (left > 0 || text.length + detail.length > budget) {
      left += 1;
    } else {
      text += detail;
    }
  }
  return left === 0 ? text : `${text}\nDetails of ${formatFiles(left)} more are left out.\n`;
}

function details(path: string, file: FileReport): string {
  const reasons = reasonsOf(file);
  const shown = reasons.slice(0, REASONS);
  const more = reasons.length - shown.length;
  const sha256 = file.digests["sha256"];
  const note = weightsOnlyNote(file);
  const advice = adviceFor(file);
  const about = `${file.verdict}, ${file.format}, ${formatBytes(file.size)}`;
  return [
    "",
    "<details>",
    `<summary>${code(path, PATH_LENGTH)} (${about})</summary>`,
    "",
    ...shown.map((reason) => `- ${item(reason, file)}`),
    ...(more > 0 ? [`- and ${formatCount(more)} more`] : []),
    "",
    ...(advice === undefined ? [] : [advice.replaceAll("<", "&lt;"), ""]),
    ...(note === undefined ? [] : [code(note, MESSAGE_LENGTH), ""]),
    ...(sha256 === undefined ? [] : [`SHA-256 ${code(sha256, PATH_LENGTH)}`, ""]),
    "</details>",
    "",
  ].join("\n");
}

function item({ message, source, severity, locator }: Reason, file: FileReport): string {
  const place = placeOf(locator, file.path);
  return [
    code(message, MESSAGE_LENGTH),
    ...(source === "coverage" ? [] : [code(source, PATH_LENGTH)]),
    ...(severity === undefined ? [] : [severity]),
    // Escaped already; once more changes backslashes alone, which it has as they are.
    ...(place === "" ? [] : [code(place, PATH_LENGTH)]),
  ].join(", ");
}
