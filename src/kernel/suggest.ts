/** The nearest thing that exists, for something that does not. */

/** Long names are cut: a suggestion is for a typing mistake, and the table is quadratic. */
const MAX_LENGTH = 100;

/** `; did you mean scan?`, or nothing where nothing is near. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const near = nearest(given, known);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** The known word that takes the fewest typing mistakes, when that is at most a third of it. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  const wanted = given.slice(0, MAX_LENGTH).toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const word of known) {
    const candidate = word.slice(0, MAX_LENGTH).toLowerCase();
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    if (Math.abs(wanted.length - candidate.length) <= allowed) {
      const distance = editDistance(wanted, candidate);
      if (distance <= allowed && distance < bestDistance) {
        best = word;
        bestDistance = distance;
      }
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbors (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
