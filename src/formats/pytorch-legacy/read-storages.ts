/**
 * Reads the storages behind the streams: for each key the number of elements in eight bytes, then the
 * elements. Their size comes from the storage class that the object's stream names for the key.
 */

import type { Ledger } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { quote } from "../../kernel/text.ts";
import type { ParseIssue } from "../format.ts";
import type { StorageProblem } from "../pytorch-rules.ts";
import type { NamedStorage } from "../torch-storages.ts";

const COUNT_BYTES = 8;

export interface LegacyStorages {
  /** After the last storage, or where nobody can say how to go on. */
  readonly end: number;
  readonly problems: readonly StorageProblem[];
  readonly issues: readonly ParseIssue[];
}

/** Walks the storages from `start` on; accounts for them in the ledger as plain numbers. */
export function readLegacyStorages(
  source: RandomSource,
  start: number,
  keys: readonly string[],
  named: ReadonlyMap<string, NamedStorage>,
  ledger: Ledger,
): LegacyStorages {
  const problems: StorageProblem[] = [];
  let position = start;
  const stop = (kind: "truncated" | "damaged", message: string): LegacyStorages => ({
    end: position,
    problems,
    issues: [{ kind, message, offset: position }],
  });
  for (const key of keys) {
    const storage = named.get(key);
    if (storage?.itemBytes === undefined) {
      return stop("damaged", `nothing tells what the storage ${quote(key)} consists of`);
    }
    if (position + COUNT_BYTES > source.size) {
      return stop("truncated", `the file ends before the storage ${quote(key)}`);
    }
    const elements = new Reader(readRange(source, position, position + COUNT_BYTES)).u64();
    const data = position + COUNT_BYTES;
    const end = data + elements * storage.itemBytes;
    ledger.understood(position, data);
    if (storage.bytes !== end - data || storage.conflicting) {
      const stated = storage.conflicting ? undefined : storage.bytes;
      problems.push({ key, offset: position, stated, found: end - data });
    }
    if (end > source.size) {
      ledger.inert(data, source.size);
      position = source.size;
      return stop("truncated", `the file ends inside the storage ${quote(key)}`);
    }
    ledger.inert(data, end);
    position = end;
  }
  return { end: position, problems, issues: [] };
}
