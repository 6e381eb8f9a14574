/** Numbers that measure what somebody wrote, such as its length, and what is made of the date. */

import type { Expression } from "../../codecs/jinja/syntax.ts";
import type { Bindings } from "./bindings.ts";
import { nameOf } from "./targets.ts";
import type { Written } from "./written.ts";

export type Origin = "measure" | "date";

const MEASURING_FILTERS = new Set(["length", "count", "wordcount"]);
const MEASURING_METHODS = new Set(["count", "find", "index", "rfind", "rindex"]);

export class Derived {
  readonly #bindings: Bindings;
  readonly #written: Written;
  readonly #names = new Map<string, Origin>();

  constructor(bindings: Bindings, written: Written) {
    this.#bindings = bindings;
    this.#written = written;
  }

  /** How much is known; it grows with each round of `spread`. */
  get size(): number {
    return this.#names.size;
  }

  /** Follows names one assignment further. */
  spread(): void {
    for (const [name, bindings] of this.#bindings.of) {
      for (const binding of this.#names.has(name) ? [] : bindings) {
        const origin = binding.kind === "value" ? this.of(binding.value) : undefined;
        if (origin !== undefined) {
          this.#names.set(name, origin);
          break;
        }
      }
    }
  }

  of(expression: Expression | undefined): Origin | undefined {
    switch (expression?.kind) {
      case "name":
      case "attribute": {
        const name = nameOf(expression);
        return name === undefined ? undefined : this.#names.get(name);
      }
      case "item":
        return this.of(expression.object);
      case "unary":
        return this.of(expression.operand);
      case "binary":
        return this.of(expression.left) ?? this.of(expression.right);
      case "concat":
      case "tuple":
      case "list":
        return expression.items.map((item) => this.of(item)).find((origin) => origin !== undefined);
      case "condition":
        return this.of(expression.chosen) ?? this.of(expression.otherwise);
      case "filter": {
        const { name, object } = expression;
        const measures = MEASURING_FILTERS.has(name) && this.#written.holds(object);
        return this.of(object) ?? (measures ? "measure" : undefined);
      }
      case "call":
        return this.#call(expression.callee);
      default:
        return undefined;
    }
  }

  #call(callee: Expression): Origin | undefined {
    if (callee.kind === "name") {
      return callee.name === "strftime_now" ? "date" : undefined;
    }
    if (callee.kind !== "attribute") {
      return undefined;
    }
    const measures = MEASURING_METHODS.has(callee.name) && this.#written.holds(callee.object);
    return this.of(callee.object) ?? (measures ? "measure" : undefined);
  }
}
