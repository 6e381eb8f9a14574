/**
 * What parts of lists, tuples and dictionaries are made of, as far as the template itself puts them together: through
 * names, loops over tuples, `items()` and what keeps the order of things. The work is counted.
 */

import type { Expression } from "../../codecs/jinja/syntax.ts";
import type { Bindings, Step } from "./bindings.ts";
import { nameOf } from "./targets.ts";

/** Steps for one template. */
const MOST_STEPS = 200_000;
/** Names and lists inside one another. */
const DEEPEST = 48;
/** Parts of parts. */
const LONGEST_PATH = 4;
/** Assignments of one name that are looked at. */
const MOST_BINDINGS = 64;
/** Filters that give the items of what they are handed, all or some. */
const SAME_ITEMS = new Set(
  "list reverse sort unique select reject selectattr rejectattr default d".split(" "),
);

/** Filters that give one item. */
const PICKING = new Set(["first", "last", "random", "min", "max"]);

/**
 * To any key or value of a dictionary; other steps as loops take them. An entry is a value of a dictionary that the
 * template writes out, any or the one of a key: of others, who asks knows better which one is meant.
 */
type Way = Step | "key" | "value" | "entry" | `=${string}`;

/** What a part may be, or what stands for its parts because it cannot be taken apart. */
export interface Part {
  readonly value: Expression;
  readonly isExact: boolean;
}

export class Structure {
  readonly #bindings: Bindings;
  /** By what is taken apart, for the ways that were asked for. */
  readonly #known = new Map<Expression, Map<string, readonly Part[]>>();
  readonly #entries = new Map<Expression, readonly Part[]>();
  /** Names that this question has followed, with the ways through them. */
  readonly #seen = new Set<string>();
  #steps = 0;

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
  }

  /** Some of it was not followed: there was too much. */
  get isSpent(): boolean {
    return this.#steps >= MOST_STEPS;
  }

  /** What a part of something may be. */
  parts(of: Expression, steps: readonly Step[]): readonly Part[] {
    const known = this.#known.get(of) ?? new Map<string, readonly Part[]>();
    this.#known.set(of, known);
    const way = steps.join(" ");
    const before = known.get(way);
    if (before !== undefined) {
      return before;
    }
    const found: Part[] = [];
    this.#seen.clear();
    this.#follow(of, steps, 0, found);
    known.set(way, found);
    return found;
  }

  /** What an item of something may be, be it asked for by an index, a method or a filter. */
  entry(of: Expression): readonly Part[] {
    const known = this.#entries.get(of);
    if (known !== undefined) {
      return known;
    }
    const found: Part[] = [];
    this.#entries.set(of, found);
    const follow: Follow = (next, way) => {
      this.#follow(next, way, 1, found);
    };
    this.#seen.clear();
    if (of.kind === "item") {
      this.#item(of, [], follow, found);
    } else if (of.kind === "attribute") {
      follow(of.object, [`=${of.name}`]);
    } else if (of.kind === "filter" && PICKING.has(of.name)) {
      follow(of.object, [of.name === "first" ? 0 : "each"]);
    } else if (of.kind === "call" && of.callee.kind === "attribute") {
      const { object, name } = of.callee;
      if (name === "get" || name === "pop") {
        follow(object, [name === "get" ? "entry" : "each"]);
        follow(of.args[1]?.value, []);
      }
    }
    return found;
  }

  #follow(of: Expression | undefined, way: readonly Way[], depth: number, found: Part[]): void {
    this.#steps += 1;
    const [step, ...rest] = way;
    if (of === undefined || this.#steps >= MOST_STEPS || depth > DEEPEST) {
      return;
    }
    if (way.length > LONGEST_PATH) {
      keep(of, way, found);
      return;
    }
    if (step === undefined) {
      found.push({ value: of, isExact: true });
      return;
    }
    const follow: Follow = (next, steps) => {
      this.#follow(next, steps, depth + 1, found);
    };
    switch (of.kind) {
      case "tuple":
      case "list":
        for (const item of typeof step === "number" ? of.items.slice(step, step + 1) : of.items) {
          follow(item, rest);
        }
        break;
      case "dict":
        for (const next of entriesOf(of.pairs, step)) {
          follow(next, rest);
        }
        break;
      case "condition":
        follow(of.chosen, way);
        follow(of.otherwise, way);
        break;
      case "binary":
        follow(of.left, way);
        follow(of.right, way);
        break;
      case "item":
        this.#item(of, way, follow, found);
        break;
      case "filter":
        this.#filter(of, way, follow, found);
        break;
      case "call":
        this.#call(of, way, follow, found);
        break;
      default:
        this.#name(of, way, follow, found);
    }
  }

  #name(of: Expression, way: readonly Way[], follow: Follow, found: Part[]): void {
    keep(way[0] === "value" ? valuesOf(of) : of, way, found);
    const name = nameOf(of);
    const key = `${name} ${way.join(" ")}`;
    if (name === undefined || this.#seen.has(key)) {
      return;
    }
    this.#seen.add(key);
    for (const binding of (this.#bindings.of.get(name) ?? []).slice(0, MOST_BINDINGS)) {
      if (binding.kind === "value") {
        follow(binding.value, way);
      } else if (binding.kind === "part") {
        follow(binding.of, [...binding.steps, ...way]);
      }
    }
  }

  #item(
    of: Expression & { kind: "item" },
    way: readonly Way[],
    follow: Follow,
    found: Part[],
  ): void {
    const { object, index } = of;
    if (index.kind === "slice") {
      follow(object, way);
    } else if (index.kind === "constant" && typeof index.value === "string") {
      keep(of, way, found);
      follow(object, [`=${index.value}`, ...way]);
    } else {
      const place = index.kind === "constant" ? index.value : undefined;
      follow(object, [typeof place === "number" && place >= 0 ? place : "each", ...way]);
    }
  }

  #filter(
    of: Expression & { kind: "filter" | "test" },
    way: readonly Way[],
    follow: Follow,
    found: Part[],
  ): void {
    const { name, object, args } = of;
    const [, second, ...rest] = way;
    if (object === undefined) {
      return;
    }
    if (SAME_ITEMS.has(name)) {
      follow(object, way);
      if (name === "default" || name === "d") {
        follow(args[0]?.value, way);
      }
    } else if (name === "first" || name === "last") {
      follow(object, ["each", ...way]);
    } else if (name === "batch" || name === "slice") {
      follow(object, ["each", ...rest]);
    } else if (name === "items" || name === "dictsort") {
      entries(object, second, rest, follow);
    } else if (name === "groupby") {
      const { at, depth } = of;
      const [field] = args;
      const isName = field?.value.kind === "constant" && typeof field.value.value === "string";
      if (second !== 1 && isName) {
        const named = {
          kind: "attribute",
          at,
          depth,
          object,
          name: field.value.value,
        } as const;
        found.push({ value: named, isExact: false });
      }
      if (second !== 0) {
        found.push({ value: object, isExact: false });
      }
    } else {
      keep(of, way, found);
    }
  }

  #call(
    of: Expression & { kind: "call" },
    way: readonly Way[],
    follow: Follow,
    found: Part[],
  ): void {
    const { callee, args } = of;
    const [, second, ...rest] = way;
    if (callee.kind === "name" && callee.name === "dict") {
      for (const { kind, value } of way[0] === "key" ? [] : args) {
        follow(value, kind === "keyword" ? way.slice(1) : way);
      }
      return;
    }
    if (callee.kind !== "attribute") {
      keep(of, way, found);
      return;
    }
    const { object, name } = callee;
    if (name === "items") {
      entries(object, second, rest, follow);
    } else if (name === "values") {
      follow(object, ["value", ...way.slice(1)]);
    } else if (name === "copy") {
      follow(object, way);
    } else if (name === "get" || name === "pop") {
      keep(of, way, found);
      follow(object, ["entry", ...way]);
      follow(args[1]?.value, way);
    } else {
      keep(of, way, found);
    }
  }
}

type Follow = (next: Expression | undefined, way: readonly Way[]) => void;

/** Lets something stand for its parts. Keys of what nobody knows are no words of a conversation. */
function keep(of: Expression, way: readonly Way[], found: Part[]): void {
  const isEntry = (step: Way): boolean =>
    step === "key" || step === "entry" || (typeof step === "string" && step.startsWith("="));
  if (!way.some(isEntry)) {
    found.push({ value: of, isExact: false });
  }
}

/** Keys or values of a dictionary to which a step leads. */
function entriesOf(
  pairs: readonly (readonly [Expression, Expression])[],
  step: Way,
): readonly Expression[] {
  if (step === "key" || step === "each" || typeof step === "number") {
    return pairs.map(([key]) => key);
  }
  return pairs
    .filter(([key]) => {
      const isNamed = step.startsWith("=") && key.kind === "constant";
      return !isNamed || `=${String(key.value)}` === step;
    })
    .map(([, value]) => value);
}

/** Pairs of a dictionary: which half of them is asked for, or both. */
function entries(
  object: Expression,
  half: Way | undefined,
  rest: readonly Way[],
  follow: Follow,
): void {
  if (half !== 1) {
    follow(object, ["key", ...rest]);
  }
  if (half !== 0) {
    follow(object, ["value", ...rest]);
  }
}

/** What nothing is known of gives its values as `values()` does. */
function valuesOf(object: Expression): Expression {
  const { at, depth } = object;
  const callee: Expression = { kind: "attribute", at, depth, object, name: "values" };
  return { kind: "call", at, depth, callee, args: [] };
}
