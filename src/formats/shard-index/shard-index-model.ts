/** What the rules on an index see. */

export interface DuplicateEntry {
  readonly key: string;
  readonly at: number;
  /** Both stand for the same. */
  readonly harmless: boolean;
}

export interface ShardName {
  readonly name: string;
  /** Where it stands first. */
  readonly at: number;
}

export interface ShardIndexModel {
  /** Keys that stand twice, the first of them. */
  readonly duplicates: readonly DuplicateEntry[];
  /** Every shard once. */
  readonly shards: readonly ShardName[];
}
