/** An index against the tables of its shards: which tensor is where. */

import { nameAt, rowsOf } from "../../kernel/tables.ts";
import type { TensorTable } from "../../kernel/tables.ts";
import { isWhole, shardSets } from "./shard-sets.ts";
import type { Shard, ShardSet } from "./shard-sets.ts";
import type { SubjectView } from "./subject-rule.ts";

/** Names that are kept for the evidence. */
export const LISTED = 20;
/** Tensors of one model whose names are compared: each is a string in a map for a while. */
export const MOST_TENSORS = 2_000_000;

/** Tensors that two shards have in common, and the first of their names. */
export interface Pair {
  readonly first: string;
  readonly second: string;
  readonly names: string[];
  count: number;
}

export interface Compared {
  /** Tensors that two shards hold. */
  readonly twice: Pair[];
  /** Tensors that are in another shard than the index says: where it says, and where they are. */
  readonly elsewhere: Pair[];
  /** Tensors of the index that no shard holds, and tensors that only shards have. */
  readonly nowhere: string[];
  readonly unlisted: string[];
  /** All of it could be compared. */
  readonly complete: boolean;
  readonly bytes: number;
}

/** Rules ask one after the other for the same. */
const compared = new WeakMap<SubjectView, ReadonlyMap<ShardSet, Compared>>();

/** Every index with what comes out of it. */
export function comparedSets(view: SubjectView): ReadonlyMap<ShardSet, Compared> {
  const known = compared.get(view);
  if (known !== undefined) {
    return known;
  }
  const all = new Map<ShardSet, Compared>();
  for (const set of shardSets(view)) {
    all.set(set, compare(set));
  }
  compared.set(view, all);
  return all;
}

function tableOf({ file }: Shard): TensorTable | undefined {
  return file === undefined || !isWhole(file) ? undefined : file.tables.tensors;
}

const NOTHING: Compared = {
  twice: [],
  elsewhere: [],
  nowhere: [],
  unlisted: [],
  complete: false,
  bytes: 0,
};

function compare(set: ShardSet): Compared {
  if (countRows(set) > MOST_TENSORS) {
    return NOTHING;
  }
  const twice = new Pairs();
  const found = new Map<string, Shard>();
  let bytes = 0;
  for (const { shard, table } of tablesOf(set)) {
    for (let row = 0; row < rowsOf(table); row += 1) {
      const name = nameAt(table, row);
      const before = found.get(name);
      if (before === undefined) {
        found.set(name, shard);
      } else {
        twice.add(before.name, shard.name, name);
      }
      bytes += (table.ranges[2 * row + 1] ?? 0) - (table.ranges[2 * row] ?? 0);
    }
  }
  const { placements, shards, shardOf } = set;
  return {
    twice: twice.list(),
    ...againstIndex(set, found, twice.names),
    complete: shardOf.size === placements.files.length && shards.every(hasTable),
    bytes,
  };
}

/** Takes what the index knows out of `found`. */
function againstIndex(
  { placements, shardOf }: ShardSet,
  found: Map<string, Shard>,
  twice: ReadonlySet<string>,
): Pick<Compared, "elsewhere" | "nowhere" | "unlisted"> {
  const elsewhere = new Pairs();
  const nowhere: string[] = [];
  for (let row = 0; row < rowsOf(placements); row += 1) {
    const name = nameAt(placements, row);
    const place = shardOf.get(placements.file[row] ?? 0);
    const there = found.get(name);
    found.delete(name);
    if (place === undefined || !hasTable(place)) {
      continue;
    }
    if (there === undefined) {
      nowhere.push(name);
    } else if (there !== place && !twice.has(name)) {
      elsewhere.add(place.name, there.name, name);
    }
  }
  return { elsewhere: elsewhere.list(), nowhere, unlisted: [...found.keys()] };
}

function* tablesOf({ shards }: ShardSet): Generator<{ shard: Shard; table: TensorTable }> {
  for (const shard of shards) {
    const table = tableOf(shard);
    if (table !== undefined) {
      yield { shard, table };
    }
  }
}

function countRows(set: ShardSet): number {
  let rows = rowsOf(set.placements);
  for (const { table } of tablesOf(set)) {
    rows += rowsOf(table);
  }
  return rows;
}

function hasTable(shard: Shard): boolean {
  return tableOf(shard) !== undefined;
}

/** Tensors by the two shards that they are about. */
class Pairs {
  readonly names = new Set<string>();
  readonly #pairs = new Map<string, Pair>();

  add(first: string, second: string, name: string): void {
    this.names.add(name);
    const key = JSON.stringify([first, second]);
    const pair = this.#pairs.get(key) ?? { first, second, names: [], count: 0 };
    pair.count += 1;
    if (pair.names.length < LISTED) {
      pair.names.push(name);
    }
    this.#pairs.set(key, pair);
  }

  list(): Pair[] {
    return [...this.#pairs.values()];
  }
}
