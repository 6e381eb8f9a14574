/**
 * How torch finds a record in a zip archive: miniz sorts the central directory by lower-cased name
 * with a heap sort and searches it by halves. Names that are the same without case are therefore
 * the same record, and which of several such members is found follows from the sort.
 */

import type { ZipRecord } from "./miniz-archive.ts";

/** ASCII only, as miniz does it. */
function lowerCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function isLess(names: readonly string[], left: number, right: number): boolean {
  return (names[left] ?? "") < (names[right] ?? "");
}

/** Lets the element at `root` sink within the heap `order[0, end)`. */
function sink(order: number[], names: readonly string[], root: number, end: number): void {
  let at = root;
  while (true) {
    let child = at * 2 + 1;
    if (child >= end) {
      return;
    }
    if (child + 1 < end && isLess(names, order[child] ?? 0, order[child + 1] ?? 0)) {
      child += 1;
    }
    if (!isLess(names, order[at] ?? 0, order[child] ?? 0)) {
      return;
    }
    swap(order, at, child);
    at = child;
  }
}

function swap(order: number[], a: number, b: number): void {
  const kept = order[a] ?? 0;
  order[a] = order[b] ?? 0;
  order[b] = kept;
}

function heapSort(names: readonly string[]): number[] {
  const order = names.map((_, index) => index);
  for (let root = Math.floor((order.length - 2) / 2); root >= 0; root -= 1) {
    sink(order, names, root, order.length);
  }
  for (let end = order.length - 1; end > 0; end -= 1) {
    swap(order, 0, end);
    sink(order, names, 0, end);
  }
  return order;
}

/** Finds records by full name. */
export class ArchiveIndex {
  readonly #records: readonly ZipRecord[];
  readonly #names: readonly string[];
  /** Where every name is one record's alone, the order does not matter. */
  readonly #unique: ReadonlyMap<string, ZipRecord> | undefined;
  readonly #order: readonly number[];

  constructor(records: readonly ZipRecord[]) {
    this.#records = records;
    this.#names = records.map((record) => lowerCase(record.name));
    const unique = new Map(this.#names.map((name, index) => [name, records[index] as ZipRecord]));
    this.#unique = unique.size === records.length ? unique : undefined;
    this.#order = this.#unique === undefined ? heapSort(this.#names) : [];
  }

  find(name: string): ZipRecord | undefined {
    const wanted = lowerCase(name);
    return this.#unique === undefined ? this.#search(wanted) : this.#unique.get(wanted);
  }

  #search(wanted: string): ZipRecord | undefined {
    let low = 0;
    let high = this.#order.length - 1;
    while (low <= high) {
      const middle = low + Math.floor((high - low) / 2);
      const index = this.#order[middle] ?? 0;
      const found = this.#names[index] ?? "";
      if (found === wanted) {
        return this.#records[index];
      }
      if (found < wanted) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return undefined;
  }
}
