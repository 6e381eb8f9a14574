/**
 * Tables of tensors that are too long for a report, as JSON lines beside it: one tensor a line, in the order of the
 * report and then of the file. `facts.tensors.sidecar` of the report names the file, or is null where there is none.
 */

import { memberLocator } from "../../kernel/locator.ts";
import type { FileReport, Report } from "../../kernel/report.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { LISTED_ROWS, rowsOf, tensorAt } from "../../kernel/tables.ts";
import type { LocatedTables, TensorTable } from "../../kernel/tables.ts";
import { jsonText } from "./json-text.ts";

/** Tables by subject and path, as a scan gives them. */
export type ReportTables = readonly ReadonlyMap<string, readonly LocatedTables[]>[];

/** Writes every row of the tables that a report cannot list. */
export function writeTensorRows(tables: ReportTables, write: (text: string) => void): void {
  for (const [subject, files] of tables.entries()) {
    for (const located of files.values()) {
      for (const { locator, table } of longTables(located)) {
        for (let row = 0; row < rowsOf(table); row += 1) {
          const { name, dtype, shape, range } = tensorAt(table, row);
          write(`${line({ subject, locator, name, dtype, shape, range })}\n`);
        }
      }
    }
  }
}

/** Whether there is anything to write. */
export function hasTensorRows(tables: ReportTables): boolean {
  return tables.some((files) => [...files.values()].some((one) => longTables(one).length > 0));
}

/**
 * The report with the name of the file of rows in the facts of those whose tensors are there; null in the facts of
 * all others whose tensors the report does not list.
 *
 * @param name undefined where no such file is written.
 */
export function withSidecar(
  report: Report,
  tables: ReportTables,
  name: string | undefined,
): Report {
  return {
    ...report,
    subjects: report.subjects.map((subject, index) => ({
      ...subject,
      files: subject.files.map((file) => {
        const located = name === undefined ? [] : (tables[index]?.get(file.path) ?? []);
        const written = new Set(longTables(located).map(({ locator }) => locator));
        return namedIn(file, file.path, (locator) =>
          written.has(locator) ? (name ?? null) : null,
        );
      }),
    })),
  };
}

/** The same report where nothing in it has more tensors than are listed. */
function namedIn(
  file: FileReport,
  locator: string,
  nameOf: (locator: string) => string | null,
): FileReport {
  const children = file.children.map((child) =>
    namedIn(child, memberLocator(locator, child.path), nameOf),
  );
  const { tensors } = file.facts;
  const isLong = isCounted(tensors) && tensors.count > LISTED_ROWS;
  if (!isLong && children.every((child, index) => child === file.children[index])) {
    return file;
  }
  const facts = isLong
    ? { ...file.facts, tensors: { ...tensors, sidecar: nameOf(locator) } }
    : file.facts;
  return { ...file, children, facts };
}

function isCounted(
  value: JsonValue | undefined,
): value is { readonly [key: string]: JsonValue; readonly count: number } {
  return (
    typeof value === "object" &&
    value !== null &&
    "count" in value &&
    typeof value["count"] === "number"
  );
}

function longTables(
  located: readonly LocatedTables[],
): readonly { readonly locator: string; readonly table: TensorTable }[] {
  return located.flatMap(({ locator, tables: { tensors } }) =>
    tensors === undefined || rowsOf(tensors) <= LISTED_ROWS ? [] : [{ locator, table: tensors }],
  );
}

/** JSON in one line; only line feeds between values are real ones. */
function line(value: object): string {
  return jsonText(value, 0).replaceAll(/\n */g, "");
}
