/** What a header is remarked on while it is read: problems, oddities, keys that stand twice. Bounded. */

import { HEADER_START } from "./header.ts";
import type { DuplicateKey, HeaderOddity, HeaderProblem } from "./header.ts";

/** Of each kind so many are kept. */
const KEPT = 64;

/**
 * Collects remarks; positions are given as in the header and kept as in the file. A message is made when it is
 * kept: a header may have millions of the same mistake.
 */
export class HeaderRemarks {
  readonly problems: HeaderProblem[] = [];
  readonly oddities: HeaderOddity[] = [];
  readonly duplicates: DuplicateKey[] = [];
  /** All problems, kept or not. */
  count = 0;

  problem(kind: HeaderProblem["kind"], message: () => string, at: number): void {
    this.count += 1;
    if (this.problems.length < KEPT) {
      this.problems.push({ kind, message: message(), offset: at + HEADER_START });
    }
  }

  odd(kind: HeaderOddity["kind"], message: () => string, at: number): void {
    if (this.oddities.length < KEPT) {
      this.oddities.push({ kind, message: message(), offset: at + HEADER_START });
    }
  }

  twice(of: DuplicateKey["of"], name: () => string, at: number): void {
    if (this.duplicates.length < KEPT) {
      this.duplicates.push({ of, name: name(), at: at + HEADER_START });
    }
  }
}
