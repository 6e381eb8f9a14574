/** The tables that the corpus runner prints. */

import { VERDICTS } from "../../src/kernel/verdict.ts";
import type { Verdict } from "../../src/kernel/verdict.ts";
import { escapeText } from "../../src/kernel/text.ts";
import { EXPECTED, SINCE } from "./labels.ts";
import { knownRows, weightsOnlyDisagreements } from "./result.ts";
import type { Result } from "./result.ts";

const COLUMNS: readonly (Verdict | "error")[] = [...VERDICTS, "error"];

function alignRight(cells: readonly (string | number)[], widths: readonly number[]): string {
  return cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0)).join(" ");
}

/** For every corpus and `since`: what was expected down, what came out across. */
export function confusionTables(results: readonly Result[]): string[] {
  const lines: string[] = [];
  for (const corpus of new Set(results.map(({ label }) => label.corpus))) {
    for (const since of SINCE) {
      const rows = results.filter(({ label }) => label.corpus === corpus && label.since === since);
      if (rows.length > 0) {
        const late = rows[0]?.due === true ? "" : ", not due yet";
        lines.push("", `${corpus}, since ${since}${late}`, ...confusionTable(rows));
      }
    }
  }
  return lines;
}

function confusionTable(rows: readonly Result[]): string[] {
  const widths = [10, ...COLUMNS.map(({ length }) => Math.max(length, 5)), 6];
  const lines = [alignRight(["", ...COLUMNS, "short"], widths)];
  for (const expected of EXPECTED) {
    const group = rows.filter(({ label }) => label.expected === expected);
    if (group.length > 0) {
      const counts = COLUMNS.map((verdict) => {
        const { length } = group.filter((row) => row.verdict === verdict);
        return length === 0 ? "." : length;
      });
      lines.push(
        alignRight([expected, ...counts, group.filter(({ holds }) => !holds).length], widths),
      );
    }
  }
  return lines;
}

function list(title: string, rows: readonly Result[], limit: number): string[] {
  if (rows.length === 0) {
    return [];
  }
  const lines = rows
    .slice(0, limit)
    .flatMap(({ label, verdict, format, reasons }) => [
      `  ${label.corpus}/${label.path}: ${label.expected} came out ${verdict} (${format || "-"})${label.note === "" ? "" : ` [${label.note}]`}`,
      ...reasons.slice(0, 3).map((reason) => `      ${escapeText(reason.slice(0, 200))}`),
    ]);
  const more = rows.length > limit ? [`  … and ${rows.length - limit} more (--all)`] : [];
  return ["", `${title}: ${rows.length}`, ...lines, ...more];
}

/** Everything that falls short or could be said better. */
export function findingsLists(results: readonly Result[], limit: number): string[] {
  const short = results.filter(({ holds }) => !holds);
  const merely = results.filter(
    ({ label, verdict, due }) => due && label.expected === "flagged" && verdict === "suspicious",
  );
  const unknown = results.filter(
    ({ label, verdict, due }) => due && label.expected === "benign" && verdict === "unknown",
  );
  const bare = results.filter(
    (result) => result.bare !== undefined && result.bare !== result.verdict,
  );
  return [
    ...list("Flagged rows that are merely suspicious", merely, limit),
    ...grouped("Why benign rows that are due are unknown", unknown, limit),
    ...weightsOnly(results, limit),
    ...(bare.length === 0
      ? []
      : [
          "",
          `Another verdict without extension: ${bare.length}`,
          ...bare
            .slice(0, limit)
            .map(
              ({ label, verdict, bare: other }) =>
                `  ${label.corpus}/${label.path}: ${verdict}, then ${String(other)}`,
            ),
        ]),
    ...grouped("Why rows fall short", short, limit),
    ...list("Rows that fall short", short, limit),
  ];
}

/** Rows by reason, the most frequent reason first. */
function grouped(title: string, rows: readonly Result[], limit: number): string[] {
  const groups = new Map<string, Result[]>();
  for (const row of rows) {
    for (const reason of row.reasons.length === 0 ? [`came out ${row.verdict}`] : row.reasons) {
      groups.set(reason, [...(groups.get(reason) ?? []), row]);
    }
  }
  const sorted = [...groups].toSorted(([, a], [, b]) => b.length - a.length);
  if (sorted.length === 0) {
    return [];
  }
  const lines = sorted.slice(0, limit).map(([reason, group]) => {
    const known = group.filter(({ label }) => label.known).length;
    const example = group.find(({ label }) => label.known) ?? group[0];
    return `  ${alignRight([group.length, known], [5, 5])}  ${escapeText(reason.slice(0, 140))}  ${example?.label.path ?? ""}`;
  });
  const more =
    sorted.length > limit ? [`  … and ${sorted.length - limit} more reasons (--all)`] : [];
  return [
    "",
    `${title}: ${rows.length} rows`,
    "   rows known  reason, and a row with it",
    ...lines,
    ...more,
  ];
}

function weightsOnly(results: readonly Result[], limit: number): string[] {
  const asked = results.filter(({ label, due }) => due && label.weightsOnly !== "");
  const differ = weightsOnlyDisagreements(results);
  if (asked.length === 0) {
    return [];
  }
  const lines = differ
    .slice(0, limit)
    .map(
      ({ label, weightsOnly: said }) =>
        `  ${label.corpus}/${label.path}: torch says ${label.weightsOnly}, the report ${said}`,
    );
  const more = differ.length > limit ? [`  … and ${differ.length - limit} more (--all)`] : [];
  return [
    "",
    `weights_only: ${asked.length - differ.length} of ${asked.length} rows agree`,
    ...lines,
    ...more,
  ];
}

/** The last lines. */
export function summary(results: readonly Result[], seconds: number, maxUnknown: number): string[] {
  const { known, unknown } = knownRows(results);
  const short = results.filter(({ holds }) => !holds).length;
  const share = known.length === 0 ? 0 : unknown.length / known.length;
  const slowest = results.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 3);
  return [
    "",
    `${results.length} files in ${seconds.toFixed(1)} s; slowest: ${slowest
      .map(({ label, milliseconds }) => `${label.path} ${Math.round(milliseconds)} ms`)
      .join(", ")}`,
    ...(known.length === 0
      ? []
      : [
          `unknown among known rows: ${unknown.length} of ${known.length}, ${(100 * share).toFixed(1)} % (at most ${100 * maxUnknown} %)`,
        ]),
    short === 0 ? "every row holds" : `${short} rows fall short`,
  ];
}
