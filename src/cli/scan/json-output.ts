/** The JSON report, and beside its file the tables that are too long for it. */

import { statSync } from "node:fs";
import { basename } from "node:path";

import { escapeText } from "../../kernel/text.ts";
import type { Report } from "../../kernel/report.ts";
import type { SubjectTables } from "../../scan/events.ts";

interface JsonOutputOptions {
  /** Where the report goes; standard output without one. */
  readonly file: string | undefined;
  readonly quiet: boolean;
  readonly say: (line: string) => void;
}

/** Gives what a report becomes in this place: the report that names its tables, which are written by then. */
export async function jsonOutput(
  options: JsonOutputOptions,
): Promise<(report: Report, tables: readonly SubjectTables[]) => Report> {
  const { hasTensorRows, withSidecar, writeTensorRows } =
    await import("../../reporters/json/tensor-rows.ts");
  const { file, quiet, say } = options;
  const output = file === undefined ? undefined : await import("./output-file.ts");
  return (report, tables) => {
    if (!hasTensorRows(tables)) {
      return withSidecar(report, tables, undefined);
    }
    if (file === undefined || output === undefined || !isPlace(file)) {
      if (!quiet) {
        say(
          "note: some files have more tensors than the report lists; --output json=FILE adds them",
        );
      }
      return withSidecar(report, tables, undefined);
    }
    const path = `${file}.tensors.jsonl`;
    const sidecar = output.openOutputFile(path);
    try {
      writeTensorRows(tables, (text) => sidecar.write(text));
      sidecar.finish();
    } finally {
      sidecar.discard();
    }
    if (!quiet) {
      say(`tensors: ${escapeText(path)}`);
    }
    return withSidecar(report, tables, basename(path));
  };
}

/** Whether something can lie beside it: a device or a pipe has no neighbors. */
function isPlace(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
}
