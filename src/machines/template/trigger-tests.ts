/**
 * Whether an expression asks for something particular in what somebody wrote, in its length or in the date: the
 * comparisons, methods, tests and filters that look, and the names that tell what was found.
 */

import type { Expression } from "../../codecs/jinja/syntax.ts";
import { listOf } from "./datum.ts";
import type { Datum } from "./datum.ts";
import type { Derived, Origin } from "./derived.ts";
import type { Folder } from "./folder.ts";
import { nameOf } from "./targets.ts";
import { within } from "./walk.ts";
import type { Written } from "./written.ts";

const LOOKING_METHODS = new Set(
  "startswith endswith find count index rfind rindex split rsplit partition rpartition".split(" "),
);
/** Tests and filters whose arguments are what is looked for. */
const COMPARING_TESTS = new Set(
  "eq equalto == ne != in gt > greaterthan ge >= lt < lessthan le <= sameas divisibleby".split(" "),
);
const CHOOSING_BY_ATTRIBUTE = new Set(["selectattr", "rejectattr"]);
const CHOOSING = new Set(["select", "reject"]);
/** Tests and methods that ask what letters a text has. */
const LETTERS = new Set(
  "isupper islower isdigit isdecimal isnumeric isalpha isalnum istitle isascii upper lower".split(
    " ",
  ),
);
/** Templates ask whether there is anything, and for one part or two. */
const MOST_ORDINARY = 2;

/** What counts as something particular. */
export interface Sought {
  /** Which constants do. */
  readonly isSought: (text: string) => boolean;
  /** Words of its own that guarded text has at least. */
  readonly fewest: number;
  /** Numbers that lengths are compared with and kinds of letters, or any constant that a date is compared with. */
  readonly origin: Origin | undefined;
}

export class TriggerTests {
  readonly #folder: Folder;
  readonly #written: Written;
  readonly #derived: Derived;
  readonly #sought: Sought;
  /** Names that say whether something was there, with what it was; macros have brackets behind theirs. */
  readonly flags = new Map<string, string>();

  constructor(folder: Folder, written: Written, derived: Derived, sought: Sought) {
    this.#folder = folder;
    this.#written = written;
    this.#derived = derived;
    this.#sought = sought;
  }

  /** What an expression looks for, somewhere in it. */
  in(expression: Expression | undefined): string | undefined {
    for (const part of within(expression)) {
      const word = this.#of(part);
      if (word !== undefined) {
        return word;
      }
    }
    return undefined;
  }

  /** The first constant among what expressions may be that is sought. */
  among(expressions: readonly (Expression | undefined)[]): string | undefined {
    return this.#constant(expressions, (value) =>
      typeof value === "string" && this.#sought.isSought(value) ? value : undefined,
    );
  }

  #of(part: Expression): string | undefined {
    switch (part.kind) {
      case "name":
      case "attribute": {
        const name = nameOf(part);
        return name === undefined ? undefined : this.flags.get(name);
      }
      case "compare":
        return this.#compared([part.first, ...part.rest.map(({ value }) => value)]);
      case "call":
        return this.#call(part);
      case "test":
        return this.#test(part);
      case "filter":
        return this.#filter(part);
      default:
        return undefined;
    }
  }

  #compared(sides: readonly Expression[]): string | undefined {
    const others = sides.filter((side) => !this.#written.holds(side));
    const isLooking = others.length < sides.length;
    const word = isLooking
      ? (this.among(others.length === 0 ? sides : others) ?? this.#removed(sides))
      : undefined;
    return word ?? this.#derivedAmong(sides);
  }

  /** A number for a length, anything for a date. */
  #derivedAmong(sides: readonly (Expression | undefined)[]): string | undefined {
    const { origin } = this.#sought;
    const derived = sides.filter(
      (side) => origin !== undefined && this.#derived.of(side) === origin,
    );
    if (derived.length === 0) {
      return undefined;
    }
    if (origin === "date") {
      const word = this.#constant(sides, dateOf);
      return word === undefined ? undefined : `the date ${word}`;
    }
    // The rest of a division is small.
    const isRest = derived.some((side) => side?.kind === "binary" && side.operator === "%");
    const number = this.#constant(sides, (value) =>
      typeof value === "number" && (isRest || Math.abs(value) > MOST_ORDINARY)
        ? String(value)
        : undefined,
    );
    return number === undefined ? undefined : `a length of ${number}`;
  }

  /** A word without which content is another: `content.replace('word', '') != content`. */
  #removed(sides: readonly Expression[]): string | undefined {
    for (const side of sides) {
      for (const part of within(side)) {
        const method =
          part.kind === "call" && part.callee.kind === "attribute" ? part.callee.name : "";
        const isReplacing =
          method === "replace" || (part.kind === "filter" && part.name === "replace");
        const word =
          isReplacing && (part.kind === "call" || part.kind === "filter")
            ? this.among([part.args[0]?.value])
            : undefined;
        if (word !== undefined) {
          return word;
        }
      }
    }
    return undefined;
  }

  #call({ callee, args }: Expression & { kind: "call" }): string | undefined {
    if (callee.kind === "name") {
      return this.flags.get(`${callee.name}()`);
    }
    if (callee.kind !== "attribute") {
      return undefined;
    }
    const { object, name } = callee;
    if (LOOKING_METHODS.has(name) && this.#written.holds(object)) {
      return this.among(args.map(({ value }) => value));
    }
    return args.length === 0 ? this.#letters(name, object) : undefined;
  }

  #letters(name: string, object: Expression | undefined): string | undefined {
    const asks = this.#sought.origin === "measure" && LETTERS.has(name);
    return asks && name.startsWith("is") && this.#written.holds(object)
      ? `letters that are ${name.slice(2)}`
      : undefined;
  }

  #test({ name, object, args }: Expression & { kind: "filter" | "test" }): string | undefined {
    if (!COMPARING_TESTS.has(name)) {
      return this.#letters(`is${name}`, object);
    }
    const values = args.map(({ value }) => value);
    const word = this.#written.holds(object) ? this.among(values) : undefined;
    const isEvery = name === "divisibleby" && this.#sought.origin === "measure";
    return isEvery && this.#derived.of(object) === "measure"
      ? "a length that divides"
      : (word ?? this.#derivedAmong([object, ...values]));
  }

  #filter({ name, object, args }: Expression & { kind: "filter" | "test" }): string | undefined {
    const [first, , ...rest] = args.map(({ value }) => value);
    if (CHOOSING_BY_ATTRIBUTE.has(name)) {
      return this.#written.isField(first) ? this.among(rest) : undefined;
    }
    if (CHOOSING.has(name) && this.#written.holds(object)) {
      return this.among(args.slice(1).map(({ value }) => value));
    }
    return undefined;
  }

  #constant(
    expressions: readonly (Expression | undefined)[],
    choose: (value: Datum) => string | undefined,
  ): string | undefined {
    for (const expression of expressions) {
      for (const value of this.#folder.fold(expression).values) {
        for (const each of typeof value === "string" ? [value] : (listOf(value) ?? [value])) {
          const word = choose(each);
          if (word !== undefined) {
            return word;
          }
        }
      }
    }
    return undefined;
  }
}

function dateOf(value: Datum): string | undefined {
  return typeof value === "number" || (typeof value === "string" && value.trim() !== "")
    ? String(value)
    : undefined;
}
