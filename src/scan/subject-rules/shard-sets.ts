/** Indexes with the shards that they list, and what folders hold beside them. */

import type { JsonValue } from "../../kernel/rule.ts";
import type { PlacementTable } from "../../kernel/tables.ts";
import type { SubjectFile, SubjectView } from "./subject-rule.ts";

/** Loaders find an index by its name: `model.safetensors.index.json`, `model.safetensors.index.fp16.json`. */
const INDEX_NAME = /^(.+)\.index((?:\.[\w-]+)?)\.json$/;
/** What leads out of the folder has a rule of its own. */
const OUTSIDE = /^[/~]|:|\\|(?:^|\/)\.\.(?:\/|$)/;

export interface Shard {
  /** As the index has it. */
  readonly name: string;
  /** Undefined where the subject has no such file. */
  readonly file: SubjectFile | undefined;
}

export interface ShardSet {
  readonly index: SubjectFile;
  /** Folder of the index, with a slash behind it unless it is the root. */
  readonly folder: string;
  /** Name of the index in front of `.index`, and between that and `.json`. */
  readonly stem: string;
  readonly variant: string;
  readonly placements: PlacementTable;
  /** In the order of the index; those that lead out of the folder are left out. */
  readonly shards: readonly Shard[];
  /** Number of a shard in `placements` → its place in `shards`. */
  readonly shardOf: ReadonlyMap<number, Shard>;
}

/** What stands in front of the last slash, and what behind it. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const at = path.lastIndexOf("/") + 1;
  return { folder: path.slice(0, at), name: path.slice(at) };
}

/** Whether it is an index that a loader would look for. */
export function isShardIndex({ path, facts }: SubjectFile): boolean {
  return facts["shardIndex"] !== undefined && INDEX_NAME.test(splitPath(path).name);
}

/** Every index that was read whole, with its shards. */
export function* shardSets({ files }: SubjectView): Generator<ShardSet> {
  for (const index of files.values()) {
    const { placements } = index.tables;
    const { folder, name } = splitPath(index.path);
    const match = INDEX_NAME.exec(name);
    if (placements === undefined || match === null || !isWhole(index)) {
      continue;
    }
    const shardOf = new Map<number, Shard>();
    for (const [number, shard] of placements.files.entries()) {
      if (!OUTSIDE.test(shard)) {
        const path = folder + shard.replaceAll(/(?:^|(?<=\/))(?:\.?\/)+/g, "");
        shardOf.set(number, { name: shard, file: files.get(path) });
      }
    }
    const [, stem = "", variant = ""] = match;
    yield { index, folder, stem, variant, placements, shards: [...shardOf.values()], shardOf };
  }
}

/** Whether there is an index that could not be judged: a damaged one, or one whose table was not kept. */
export function hasUnreadIndex({ files }: SubjectView): boolean {
  for (const file of files.values()) {
    if (isShardIndex(file) && (file.tables.placements === undefined || !isWhole(file))) {
      return true;
    }
  }
  return false;
}

/** Whether a file was read to its end, so that what is not in its tables is not in the file. */
export function isWhole({ verdict, issues }: SubjectFile): boolean {
  return verdict !== "incomplete" && issues.every(({ kind }) => kind === "deviation");
}

/** `"a"`, `"b" and 3 more`, for messages. */
export function andMore(shown: readonly string[], count: number): string {
  const rest = count - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}

/** A fact within a fact, where there is one. */
export function factOf(
  { facts }: Pick<SubjectFile, "facts">,
  key: string,
  inner: string,
): JsonValue | undefined {
  const value: JsonValue | undefined = facts[key];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)[inner]
    : undefined;
}
