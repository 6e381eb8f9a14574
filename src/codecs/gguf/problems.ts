/** What is wrong with a file, as readers meet it: kept in order, and only so many of it. */

export interface GgufProblem {
  readonly kind: "deviation" | "truncated" | "damaged" | "unsupported" | "limit";
  /** One sentence without a period. */
  readonly message: string;
  readonly offset: number;
}

/** A number that made a published reader compute a size that wraps around. */
export interface GgufOverflow {
  /** Which number: `tensor count`, `string length` … */
  readonly what: string;
  /** The advisory of the reader that it was used against. */
  readonly advisory: string;
  readonly message: string;
  readonly offset: number;
}

const KEPT = 100;

export class GgufProblems {
  readonly overflows: GgufOverflow[] = [];
  readonly #kept: GgufProblem[] = [];
  #further: GgufProblem | undefined;

  add(kind: GgufProblem["kind"], message: string, offset: number): void {
    if (this.#kept.length < KEPT) {
      this.#kept.push({ kind, message, offset });
    } else if (this.#further === undefined || kind !== "deviation") {
      // What is not listed may be worse than what is.
      const worse = kind === "deviation" ? kind : "damaged";
      this.#further = { kind: worse, message: "there are further problems", offset };
    }
  }

  overflow(overflow: GgufOverflow): void {
    if (this.overflows.length < KEPT) {
      this.overflows.push(overflow);
    }
  }

  list(): readonly GgufProblem[] {
    return this.#further === undefined ? this.#kept : [...this.#kept, this.#further];
  }
}
