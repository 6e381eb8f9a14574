/**
 * Computes what expressions of a template may be, as far as constants say it. Names have every value that is ever
 * assigned to them. The work is counted, so that a template cannot make it explode.
 */

import type { Argument, Body, Expression } from "../../codecs/jinja/syntax.ts";
import type { Binding, Bindings, Step } from "./bindings.ts";
import { listOf, textOf, UNKNOWN } from "./datum.ts";
import type { Datum, Folded } from "./datum.ts";
import { Structure } from "./structure.ts";
import type { Part } from "./structure.ts";
import { applyFilter, binary, callMethod, concat, item, keyOf, slice } from "./pure-functions.ts";

/** Values that one expression may have. */
const MOST_VALUES = 64;
/** Steps for one template. */
const MOST_STEPS = 400_000;
/**
 * Names through one another up to which more than constants are looked up by their places: names that are made of one
 * another would take every way there is.
 */
const MOST_NAMES_EXACTLY = 1;
/** Expressions inside one another, through the names that they mention. */
const DEEPEST = 1000;

export class Folder {
  readonly structure: Structure;
  readonly #bindings: Bindings;
  readonly #known = new Map<Expression, Folded>();
  readonly #names = new Map<string, Folded>();
  readonly #open = new Set<string>();
  /** How often something was left out because it was being computed, or because of a limit. */
  #cuts = 0;
  #steps = 0;
  #depth = 0;

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
    this.structure = new Structure(bindings);
  }

  /** Some of it was not computed: there was too much. */
  get isSpent(): boolean {
    return this.#steps > MOST_STEPS || this.structure.isSpent;
  }

  fold(expression: Expression | undefined): Folded {
    if (expression === undefined) {
      return UNKNOWN;
    }
    const known = this.#known.get(expression);
    if (known !== undefined) {
      return known;
    }
    this.#steps += 1;
    if (this.#steps > MOST_STEPS || this.#depth >= DEEPEST) {
      this.#cuts += 1;
      return UNKNOWN;
    }
    const before = this.#cuts;
    this.#depth += 1;
    const folded = this.#compute(expression);
    this.#depth -= 1;
    for (const value of folded.values) {
      this.#steps += typeof value === "string" ? value.length >> 4 : 1;
    }
    // What was asked for while one of its names was being computed is not all that it may be.
    if (this.#open.size === 0 || this.#cuts === before) {
      this.#known.set(expression, folded);
    }
    return folded;
  }

  /** All strings that an expression may be. */
  strings(expression: Expression | undefined): readonly string[] {
    return this.fold(expression).values.filter((value) => typeof value === "string");
  }

  #compute(expression: Expression): Folded {
    switch (expression.kind) {
      case "constant":
        return one(expression.value);
      case "name":
        return this.#name(expression.name);
      case "list":
      case "tuple":
        return this.#combine(expression.items, (items) => [...items]);
      case "concat":
        return this.#combine(expression.items, concat);
      case "dict":
        return this.#dict(expression.pairs);
      case "binary":
        return this.#binary(expression);
      case "condition":
        return union([this.fold(expression.chosen), this.fold(expression.otherwise)]);
      case "attribute":
        return this.#attribute(expression);
      case "item":
        return this.#item(expression);
      case "filter":
        return this.#exactly(
          this.#filter(expression.name, expression.object, expression.args),
          () => this.structure.entry(expression),
        );
      case "call":
        return this.#exactly(this.#call(expression.callee, expression.args), () =>
          this.structure.entry(expression),
        );
      case "unary":
        return this.#combine([expression.operand], ([value]) =>
          expression.operator === "-" && typeof value === "number" ? -value : undefined,
        );
      default:
        return UNKNOWN;
    }
  }

  /** What parts give together, for each choice of their values. */
  #combine(
    parts: readonly Expression[],
    make: (values: readonly Datum[]) => Datum | undefined,
  ): Folded {
    let choices: Datum[][] = [[]];
    let isOpen = false;
    for (const part of parts) {
      const folded = this.fold(part);
      isOpen ||= folded.isOpen;
      if (choices.length * folded.values.length > MOST_VALUES) {
        return UNKNOWN;
      }
      this.#steps += choices.length;
      const [only] = folded.values;
      if (folded.values.length === 1 && only !== undefined) {
        for (const choice of choices) {
          choice.push(only);
        }
        continue;
      }
      this.#steps += choices.length * folded.values.length * (choices[0]?.length ?? 0);
      if (this.#steps > MOST_STEPS) {
        return UNKNOWN;
      }
      choices = choices.flatMap((choice) => folded.values.map((value) => [...choice, value]));
    }
    const values: Datum[] = [];
    for (const choice of choices) {
      const value = make(choice);
      if (value === undefined) {
        isOpen = true;
      } else {
        values.push(value);
      }
    }
    return { values, isOpen };
  }

  #binary({ operator, left, right }: Expression & { kind: "binary" }): Folded {
    return operator === "or" || operator === "and"
      ? union([this.fold(left), this.fold(right)])
      : this.#combine([left, right], ([a = null, b = null]) => binary(operator, a, b));
  }

  #dict(pairs: readonly (readonly [Expression, Expression])[]): Folded {
    return this.#combine(pairs.flat(), (flat) => {
      const map = new Map<string, Datum>();
      for (let index = 0; index < flat.length; index += 2) {
        map.set(keyOf(flat[index] ?? null), flat[index + 1] ?? null);
      }
      return map;
    });
  }

  /** Of a namespace, or a key of a dictionary. */
  #attribute(expression: Expression & { kind: "attribute" }): Folded {
    const { object, name } = expression;
    const own = object.kind === "name" ? `${object.name}.${name}` : "";
    return this.#bindings.of.has(own)
      ? this.#name(own)
      : this.#exactly(UNKNOWN, () => this.structure.entry(expression));
  }

  #item(expression: Expression & { kind: "item" }): Folded {
    const { object, index } = expression;
    if (index.kind !== "slice") {
      const folded = this.#combine([object, index], ([whole = null, at = null]) => item(whole, at));
      return this.#exactly(folded, () => this.structure.entry(expression));
    }
    const parts = index.parts.map((part) => (part === undefined ? [] : [part]));
    return this.#combine([object, ...parts.flat()], ([whole = null, ...given]) => {
      const numbers = parts.map((part) => (part.length === 0 ? undefined : given.shift()));
      return numbers.every((value) => value === undefined || typeof value === "number")
        ? slice(whole, numbers)
        : undefined;
    });
  }

  #filter(name: string, object: Expression | undefined, args: readonly Argument[]): Folded {
    if (object === undefined || args.some(({ kind }) => kind.includes("star"))) {
      return UNKNOWN;
    }
    if (name === "default" || name === "d") {
      return union([this.fold(object), this.fold(args[0]?.value)]);
    }
    return this.#combine([object, ...args.map(({ value }) => value)], ([value = null, ...rest]) =>
      applyFilter(name, value, rest),
    );
  }

  #call(callee: Expression, args: readonly Argument[]): Folded {
    const isPlain = args.every(({ kind }) => kind === "positional");
    if (callee.kind !== "attribute" || !isPlain) {
      return UNKNOWN;
    }
    const values = args.map(({ value }) => value);
    return this.#combine([callee.object, ...values], ([value = null, ...rest]) =>
      callMethod(callee.name, value, rest),
    );
  }

  #name(name: string): Folded {
    const known = this.#names.get(name);
    if (known !== undefined) {
      return known;
    }
    const bindings = this.#bindings.of.get(name);
    if (bindings === undefined) {
      return UNKNOWN;
    }
    if (this.#open.has(name) || this.#open.size > 64) {
      this.#cuts += 1;
      return UNKNOWN;
    }
    const before = this.#cuts;
    this.#open.add(name);
    const folded = union(bindings.slice(0, 64).map((binding) => this.#bound(binding)));
    this.#open.delete(name);
    if (this.#open.size === 0 || this.#cuts === before) {
      this.#names.set(name, folded);
    }
    return folded;
  }

  #bound(binding: Binding): Folded {
    switch (binding.kind) {
      case "value":
        return this.fold(binding.value);
      case "part":
        return this.#part(binding.of, binding.steps);
      case "block":
        return this.#block(binding.body);
      default:
        return UNKNOWN;
    }
  }

  /** Items of what a loop runs over, and what a tuple of names takes out of a list. */
  #part(of: Expression, steps: readonly Step[]): Folded {
    let folded = this.fold(of);
    for (const step of steps) {
      const lists = folded.values.map((value) => listOf(value) ?? []);
      this.#steps += lists.reduce((sum, list) => sum + list.length, 1);
      if (this.#steps > MOST_STEPS) {
        return UNKNOWN;
      }
      const values = lists.flatMap((list) => (step === "each" ? list : list.slice(step, step + 1)));
      folded = union([{ values, isOpen: folded.isOpen }]);
    }
    return this.#exactly(folded, () => this.structure.parts(of, steps));
  }

  /** Beside something unknown, a constant is known by its place. */
  #exactly(folded: Folded, parts: () => readonly Part[]): Folded {
    if (!folded.isOpen) {
      return folded;
    }
    const isDeep = this.#open.size > MOST_NAMES_EXACTLY;
    const exact = new Set<Expression>();
    for (const { value, isExact } of parts()) {
      if (isExact && (!isDeep || value.kind === "constant")) {
        exact.add(value);
      }
    }
    return exact.size === 0
      ? folded
      : union([folded, ...Array.from(exact, (value) => this.fold(value))]);
  }

  /** The text of a block that has only text and values. */
  #block(body: Body): Folded {
    const parts: Expression[] = [];
    for (const { at, ...statement } of body) {
      if (statement.kind === "text") {
        parts.push({ kind: "constant", at, depth: 1, value: statement.text });
      } else if (statement.kind === "print") {
        parts.push(statement.value);
      } else {
        return UNKNOWN;
      }
    }
    return this.#combine(parts, concat);
  }
}

function one(value: Datum): Folded {
  return { values: [value], isOpen: false };
}

function union(all: readonly Folded[]): Folded {
  const kept: Datum[] = [];
  const texts = new Set<Datum>();
  const isOpen = all.some((folded) => folded.isOpen);
  for (const { values } of all) {
    for (const value of values) {
      if (texts.has(value)) {
        continue;
      }
      if (kept.length === MOST_VALUES) {
        return { values: kept, isOpen: true };
      }
      kept.push(value);
      if (textOf(value) !== undefined) {
        texts.add(value);
      }
    }
  }
  return { values: kept, isOpen };
}
