/** One index: read whole, since a model of a trillion parameters has one of 10 MB. */

import { isUtf8 } from "node:buffer";
import { Ledger } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { rowsOf } from "../../kernel/tables.ts";
import type { ParseContext, Parsed, ParseIssue } from "../format.ts";
import { readShardIndex } from "./read-index.ts";
import type { ReadIndex } from "./read-index.ts";
import type { ShardIndexModel } from "./shard-index-model.ts";

/** What an entry takes in memory, at most about. */
const ENTRY_BYTES = 200;
/** Shards that the report lists, and characters of each. */
const LISTED_SHARDS = 1000;
const LISTED_CHARACTERS = 256;

/** Reads one file. */
export function parseShardIndex(
  source: RandomSource,
  { governor }: ParseContext,
): Parsed<ShardIndexModel> {
  const ledger = new Ledger(source.size);
  if (!governor.take("memory", source.size)) {
    const message = `an index of ${source.size} bytes is not read`;
    return nothing(ledger, { kind: "limit", message });
  }
  try {
    const bytes = readRange(source, 0, source.size);
    ledger.read(bytes.length);
    if (!isUtf8(bytes)) {
      return nothing(ledger, { kind: "damaged", message: "it is not UTF-8" });
    }
    const index = readShardIndex(bytes, Math.floor(governor.left("memory") / ENTRY_BYTES));
    let at = 0;
    for (const { start, end } of index.strange) {
      ledger.understood(at, start);
      at = end;
    }
    ledger.understood(at, Math.max(at, index.understood));
    return {
      model: index.model,
      issues: index.issues,
      ledger,
      children: [],
      facts: { shardIndex: factsOf(index) },
      tables: { placements: index.placements },
    };
  } finally {
    governor.release("memory", source.size);
  }
}

function factsOf({ placements, model, totalSize }: ReadIndex): JsonValue {
  return {
    tensors: rowsOf(placements),
    ...(totalSize === undefined ? {} : { totalSize }),
    shardCount: model.shards.length,
    shards: model.shards.slice(0, LISTED_SHARDS).map(({ name }) => cut(name)),
  };
}

function cut(text: string): string {
  return text.length <= LISTED_CHARACTERS ? text : `${text.slice(0, LISTED_CHARACTERS)}…`;
}

function nothing(ledger: Ledger, issue: ParseIssue): Parsed<ShardIndexModel> {
  return { model: { duplicates: [], shards: [] }, issues: [issue], ledger, children: [] };
}
