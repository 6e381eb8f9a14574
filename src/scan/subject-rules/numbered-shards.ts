/** Files that are numbered as parts of one model and that no index lists: `model-00002-of-00003.safetensors`. */

import { shardSets, splitPath } from "./shard-sets.ts";
import type { SubjectView } from "./subject-rule.ts";

const NUMBERED = /^(.+)-(\d{1,6})-of-(\d{1,6})(\.(?:safetensors|bin|pt|pth))$/;
const LISTED = 20;

export interface NumberedSet {
  /** Path of the first of them in the order of the report. */
  readonly first: string;
  readonly total: number;
  /** How many are not there. */
  readonly missing: number;
  /** The first numbers that are not there. */
  readonly numbers: readonly number[];
}

/** Sets of two files or more, by what their names say. An index that lists one of them speaks for all. */
export function* numberedSets(view: SubjectView): Generator<NumberedSet> {
  const listed = new Set<string>();
  for (const { folder, placements } of shardSets(view)) {
    for (const name of placements.files) {
      listed.add(folder + name);
    }
  }
  const sets = new Map<string, { first: string; total: number; present: Set<number> }>();
  const spoken = new Set<string>();
  for (const path of view.files.keys()) {
    const { folder, name } = splitPath(path);
    const [, stem, number, total, extension] = NUMBERED.exec(name) ?? [];
    if (stem === undefined || Number(total) < 2) {
      continue;
    }
    const key = `${folder}${stem}\n${total}\n${extension}`;
    if (listed.has(path)) {
      spoken.add(key);
    }
    const set = sets.get(key) ?? { first: path, total: Number(total), present: new Set() };
    set.present.add(Number(number));
    sets.set(key, set);
  }
  for (const [key, { first, total, present }] of sets) {
    if (!spoken.has(key)) {
      yield { first, total, ...absent(present, total) };
    }
  }
}

/** Some count from zero, and some write one file more than they say: only too few files are missing some. */
function absent(
  present: ReadonlySet<number>,
  total: number,
): Pick<NumberedSet, "missing" | "numbers"> {
  const missing = Math.max(0, total - present.size);
  const start = present.has(0) ? 0 : 1;
  const numbers: number[] = [];
  for (let number = start; numbers.length < Math.min(missing, LISTED); number += 1) {
    if (!present.has(number)) {
      numbers.push(number);
    }
  }
  return { missing, numbers };
}
