/**
 * The tables of a file whose report was remembered, so that rules over the whole subject say the same whether a file
 * was known or not. They are kept beside the report; large ones are read once more, as a quick scan reads them.
 */

import { FORMATS } from "../formats/registry.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { CachedResult } from "../kernel/result-cache.ts";
import type { FileReport } from "../kernel/report.ts";
import type { LocatedTables } from "../kernel/tables.ts";
import type { TreeFile } from "../kernel/tree.ts";
import { NO_USER_NAMES } from "../machines/pickle/names/user-name.ts";
import type { ScanOptions } from "./events.ts";
import { tablesAsText, tablesOfText } from "./kept-tables.ts";
import { scanFile } from "./scan-file.ts";
import type { TableStore } from "./table-store.ts";

/** A report with its tables, as far as they can be kept. */
export function withTables(report: FileReport, taken: readonly LocatedTables[]): CachedResult {
  const tables = hasTables(report) || taken.length > 0 ? tablesAsText(taken) : undefined;
  return tables === undefined ? { report } : { report, tables };
}

/** Adds the tables of a file to the store, where it has some and they are not there yet. */
export async function retakeTables(
  file: TreeFile,
  { report, tables }: CachedResult,
  store: TableStore,
  { limits, signal }: Pick<ScanOptions, "limits" | "signal">,
): Promise<void> {
  if (store.get(file.path).length > 0 || store.overflowed) {
    return;
  }
  const kept = tables === undefined ? undefined : tablesOfText(tables);
  if (kept !== undefined) {
    if (kept.length > 0) {
      store.add(file.path, kept);
    }
    return;
  }
  if (!hasTables(report)) {
    return;
  }
  await scanFile(
    { path: file.path, open: () => file.open() },
    {
      formats: FORMATS,
      userNames: NO_USER_NAMES,
      limits: { ...DEFAULT_LIMITS, ...limits },
      quick: true,
      ...(signal === undefined ? {} : { signal }),
      onTables: (path, again) => store.add(path, again),
    },
  );
}

/** Recursion ends: nesting is held to a limit when the report is made. */
function hasTables({ facts, children }: FileReport): boolean {
  const own = facts["tensors"] !== undefined || facts["shardIndex"] !== undefined;
  return own || children.some(hasTables);
}
