/** Which subtrees a proof names: RFC 6962 sections 2.1.1 and 2.1.2, as ranges of leaves. */

/** The leaves `start` to before `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The subtrees of an inclusion proof, from the leaf's sibling to a child of the root. `index` is below `size`. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees of a consistency proof from the first `older` leaves to `newer` of them; 0 < older <= newer. */
export function consistencyRanges(older: number, newer: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = newer;
  while (older < end) {
    const middle = start + splitOf(end - start);
    if (older <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // What both trees have in full is known from the older root alone where it is that whole tree.
  return (start === 0 ? ranges : [...ranges, { start, end }]).reverse();
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) {
    split *= 2;
  }
  return split;
}
