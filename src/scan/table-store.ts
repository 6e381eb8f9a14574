/**
 * The tables of one subject's files, until all of them are known. They are kept in memory, so there is a budget: a
 * subject that goes past it has none at all, whichever of its files came first, so that the report stays the same.
 */

import { bytesOf } from "../kernel/tables.ts";
import type { LocatedTables } from "../kernel/tables.ts";

/** Some 8 million tensors; the largest models have 100,000 in all their shards. */
const BUDGET = 512 * 1024 ** 2;

export class TableStore {
  readonly #budget: number;
  #byPath = new Map<string, readonly LocatedTables[]>();
  #bytes = 0;

  constructor(budget = BUDGET) {
    this.#budget = budget;
  }

  add(path: string, tables: readonly LocatedTables[]): void {
    this.#bytes += tables.reduce((sum, located) => sum + bytesOf(located.tables), 0);
    if (this.overflowed) {
      this.#byPath = new Map();
    } else {
      this.#byPath.set(path, tables);
    }
  }

  /** Whether there were more than are kept. */
  get overflowed(): boolean {
    return this.#bytes > this.#budget;
  }

  get(path: string): readonly LocatedTables[] {
    return this.#byPath.get(path) ?? [];
  }

  /** Those of some paths, in their order. */
  of(paths: Iterable<string>): ReadonlyMap<string, readonly LocatedTables[]> {
    const tables = new Map<string, readonly LocatedTables[]>();
    for (const path of paths) {
      const found = this.#byPath.get(path);
      if (found !== undefined) {
        tables.set(path, found);
      }
    }
    return tables;
  }
}
