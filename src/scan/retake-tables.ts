/**
 * The tables of a file whose report was remembered. Reports are kept and tables are not, so they are read once more,
 * as a quick scan reads them: rules over the whole subject say the same whether a file was known or not.
 */

import { FORMATS } from "../formats/registry.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { FileReport } from "../kernel/report.ts";
import type { TreeFile } from "../kernel/tree.ts";
import { NO_USER_NAMES } from "../machines/pickle/names/user-name.ts";
import type { ScanOptions } from "./events.ts";
import { scanFile } from "./scan-file.ts";
import type { TableStore } from "./table-store.ts";

/** Adds the tables of a file to the store, where it has some and they are not there yet. */
export async function retakeTables(
  file: TreeFile,
  { facts }: FileReport,
  store: TableStore,
  { limits, signal }: ScanOptions,
): Promise<void> {
  const has = facts["tensors"] !== undefined || facts["shardIndex"] !== undefined;
  if (!has || store.get(file.path).length > 0 || store.overflowed) {
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
      onTables: (path, tables) => store.add(path, tables),
    },
  );
}
