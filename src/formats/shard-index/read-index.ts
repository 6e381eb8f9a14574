/**
 * Reads an index: `{"metadata": {"total_size": …}, "weight_map": {tensor: shard}}`. Of a key that stands twice the
 * last one counts, as in Python. What is no string where a shard should be is a problem, and the entry none.
 */

import { JsonNames } from "../../codecs/json-names.ts";
import { JsonScanner, PUNCTUATION } from "../../codecs/json-scanner.ts";
import { quote } from "../../kernel/text.ts";
import type { PlacementTable } from "../../kernel/tables.ts";
import type { ParseIssue } from "../format.ts";
import { NameColumnBuilder } from "../name-column.ts";
import type { DuplicateEntry, ShardIndexModel, ShardName } from "./shard-index-model.ts";

const { colon, quote: QUOTE, openObject, closeObject } = PUNCTUATION;
/** Problems and duplicates that are told. */
const KEPT = 64;
/** Longer names and values are no index's: nobody vouches for them. */
const LONGEST = 4096;

export interface ReadIndex {
  readonly model: ShardIndexModel;
  readonly placements: PlacementTable;
  readonly totalSize: number | undefined;
  readonly issues: readonly ParseIssue[];
  /** How far it was understood. */
  readonly understood: number;
  /** What in front of that was read and means nothing to a loader. */
  readonly strange: readonly { readonly start: number; readonly end: number }[];
}

/** @param most entries that are read. */
export function readShardIndex(bytes: Uint8Array, most: number): ReadIndex {
  return new IndexReader(bytes, most).read();
}

class IndexReader {
  readonly #json: JsonScanner;
  #left: number;
  readonly #issues: ParseIssue[] = [];
  readonly #duplicates: DuplicateEntry[] = [];
  readonly #strange: { start: number; end: number }[] = [];
  readonly #members = new Set<string>();
  /** Shards by name, and of each tensor which one it is in. */
  readonly #shards = new Map<string, number>();
  readonly #shardNames: ShardName[] = [];
  #names: JsonNames;
  #tensors: { readonly start: number; readonly end: number; readonly plain: boolean }[] = [];
  #places: number[] = [];
  #totalSize: number | undefined;

  constructor(bytes: Uint8Array, most: number) {
    this.#json = new JsonScanner(bytes);
    this.#names = new JsonNames(this.#json);
    this.#left = most;
  }

  read(): ReadIndex {
    const json = this.#json;
    const isWhole = this.#object(() => this.#member());
    if (isWhole && json.peek() !== -1) {
      json.fail("something follows the object");
    }
    const { failure } = json;
    if (failure !== undefined && this.#left >= 0) {
      const message = `the index is not valid JSON: ${failure.detail}`;
      const kind = failure.isEnd ? "truncated" : "damaged";
      this.#issues.unshift({ kind, message, offset: failure.at });
    }
    return {
      model: { duplicates: this.#duplicates, shards: this.#shardNames },
      placements: this.#table(),
      totalSize: this.#totalSize,
      issues: this.#issues,
      understood: failure?.at ?? json.bytes.length,
      strange: this.#strange,
    };
  }

  #table(): PlacementTable {
    const names = new NameColumnBuilder();
    for (const { start, end, plain } of this.#tensors) {
      names.add(this.#json.value(start, end, plain));
    }
    return {
      names: names.done(),
      files: this.#shardNames.map(({ name }) => name),
      file: Uint32Array.from(this.#places),
    };
  }

  /** An object whose members `read` reads from behind their keys; false where it is none or breaks off. */
  #object(read: () => boolean): boolean {
    const json = this.#json;
    const opened = json.open(openObject);
    if (opened !== "filled") {
      return opened === "empty";
    }
    do {
      if (!json.string()) {
        return false;
      }
      if (json.end - json.start > LONGEST) {
        this.#strange.push({ start: json.start, end: json.end });
      }
      if (!read()) {
        return false;
      }
    } while (json.more(closeObject));
    return json.failure === undefined;
  }

  #member(): boolean {
    const json = this.#json;
    const at = json.start - 1;
    const key = json.value();
    if (this.#members.has(key)) {
      this.#twice(key, at, false);
    }
    this.#members.add(key);
    if (!json.take(colon)) {
      return false;
    }
    if (key === "weight_map") {
      return this.#map();
    }
    return key === "metadata" && json.peek() === openObject
      ? this.#object(() => this.#metadata())
      : this.#skip(1);
  }

  #metadata(): boolean {
    const json = this.#json;
    const isSize = json.value() === "total_size";
    if (!json.take(colon)) {
      return false;
    }
    const byte = json.peek();
    if (isSize && byte >= 0x30 && byte <= 0x39) {
      const text = json.number();
      this.#totalSize = text === undefined ? undefined : Number(text);
      return text !== undefined;
    }
    return this.#skip(2);
  }

  /** A value that loaders do not look at. */
  #skip(depth: number): boolean {
    const json = this.#json;
    const start = json.at;
    const isSound = json.skip(depth);
    if (json.at - start > LONGEST) {
      this.#strange.push({ start, end: json.at });
    }
    return isSound;
  }

  #map(): boolean {
    const json = this.#json;
    if (json.peek() !== openObject) {
      this.#wrong("weight_map is not an object");
      return json.skip(1);
    }
    this.#names = new JsonNames(json);
    this.#tensors = [];
    this.#places = [];
    return this.#object(() => this.#entry());
  }

  #entry(): boolean {
    const json = this.#json;
    const { start, end, plain, escaped } = json;
    this.#left -= 1;
    if (this.#left < 0) {
      const message = "the index has more entries than are read";
      this.#issues.push({ kind: "limit", message, offset: start });
      return json.fail(message);
    }
    if (!json.take(colon)) {
      return false;
    }
    if (json.peek() !== QUOTE) {
      this.#wrong(`the shard of ${quote(json.value(start, end, plain))} is not a string`);
      return json.skip(2);
    }
    if (!json.string()) {
      return false;
    }
    const shard = this.#shard();
    const row = this.#names.add({ start, end, plain }, escaped);
    if (row < this.#places.length) {
      this.#twice(json.value(start, end, plain), start - 1, this.#places[row] === shard);
    } else {
      this.#tensors.push({ start, end, plain });
    }
    this.#places[row] = shard;
    return true;
  }

  /** The number of the shard whose name was read last. */
  #shard(): number {
    const json = this.#json;
    const at = json.start - 1;
    if (json.end - json.start > LONGEST) {
      this.#strange.push({ start: json.start, end: json.end });
    }
    const name = json.value();
    let shard = this.#shards.get(name);
    if (shard === undefined) {
      shard = this.#shards.size;
      this.#shards.set(name, shard);
      this.#shardNames.push({ name, at });
    }
    return shard;
  }

  #wrong(message: string): void {
    if (this.#issues.length < KEPT) {
      this.#issues.push({ kind: "damaged", message, offset: this.#json.at });
    }
  }

  #twice(key: string, at: number, harmless: boolean): void {
    if (this.#duplicates.length < KEPT) {
      this.#duplicates.push({ key, at, harmless });
    }
  }
}
