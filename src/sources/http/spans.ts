/** Which places of a file were read: ranges without overlap, in order, neighbors joined. */

export type Span = readonly [start: number, end: number];

export class Spans {
  readonly #list: Span[] = [];

  /** Adds `[start, end)`. */
  add(start: number, end: number): void {
    if (end <= start) {
      return;
    }
    const low = this.#firstEndingFrom(start);
    let high = low;
    let joined: Span = [start, end];
    for (let next = this.#list[high]; next !== undefined && next[0] <= end;) {
      joined = [Math.min(joined[0], next[0]), Math.max(joined[1], next[1])];
      high += 1;
      next = this.#list[high];
    }
    this.#list.splice(low, high - low, joined);
  }

  all(): readonly Span[] {
    return [...this.#list];
  }

  /** Index of the first span that ends at or after `position`. */
  #firstEndingFrom(position: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#list[middle]?.[1] ?? 0) >= position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
