/**
 * Which expressions of a template hold words that somebody wrote: what messages contain, what is made of it, and the
 * date. Fields such as `role` and `type` hold no words.
 */

import type { Body, Expression } from "../../codecs/jinja/syntax.ts";
import type { Binding, Bindings } from "./bindings.ts";
import type { Folder } from "./folder.ts";
import { nameOf } from "./targets.ts";
import { statementsOf } from "./walk.ts";

const CONTENT = new Set(["content", "text"]);
/** What keeps the words of a text. */
const KEEPING_FILTERS = new Set(
  `lower upper trim string replace default d safe escape e forceescape first last list join striptags title capitalize
  tojson reverse indent select reject unique sort batch slice truncate wordwrap center map urlencode min max`.split(
    /\s+/,
  ),
);
const KEEPING_METHODS = new Set(
  `lower upper strip lstrip rstrip replace split rsplit casefold title capitalize splitlines partition rpartition get
  removeprefix removesuffix swapcase expandtabs encode decode translate center ljust rjust zfill copy pop`.split(
    /\s+/,
  ),
);
/** What gives messages out of messages. */
const CHOOSING_FILTERS = new Set(
  "list first last reverse selectattr rejectattr select reject batch slice".split(" "),
);

export class Written {
  readonly #bindings: Bindings;
  readonly #folder: Folder;
  /** Names that hold what somebody wrote; macros that write it have brackets behind theirs. */
  readonly #names = new Set<string>();
  /** Names that hold messages. */
  readonly #conversation = new Set(["messages"]);

  constructor(bindings: Bindings, folder: Folder) {
    this.#bindings = bindings;
    this.#folder = folder;
  }

  /** How much is known; it grows with each round of `spread`. */
  get size(): number {
    return this.#names.size + this.#conversation.size;
  }

  /** Follows names one assignment further. */
  spread(body: Body): void {
    for (const [name, bindings] of this.#bindings.of) {
      for (const binding of bindings) {
        if (binding.kind === "block" && this.writes(binding.body)) {
          this.#names.add(name);
        }
        for (const value of this.valuesOf(binding)) {
          if (this.holds(value)) {
            this.#names.add(name);
          }
          if (this.#isConversation(value)) {
            this.#conversation.add(name);
          }
        }
      }
    }
    for (const statement of statementsOf(body)) {
      if (statement.kind === "macro" && this.writes(statement.body)) {
        this.#names.add(`${statement.name}()`);
      }
    }
  }

  /** What a name is bound to, as far as the template says what it is made of. */
  valuesOf(binding: Binding): readonly Expression[] {
    switch (binding.kind) {
      case "value":
        return [binding.value];
      case "part":
        return this.#folder.structure.parts(binding.of, binding.steps).map(({ value }) => value);
      default:
        return [];
    }
  }

  /** Whether some of what statements write is what somebody wrote. */
  writes(body: Body): boolean {
    for (const statement of statementsOf(body)) {
      if (statement.kind === "print" && this.holds(statement.value)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of the names that an expression may be is a field of text. */
  isField(expression: Expression | undefined): boolean {
    return this.#folder.strings(expression).some((name) => CONTENT.has(name));
  }

  holds(expression: Expression | undefined): boolean {
    if (expression === undefined) {
      return false;
    }
    switch (expression.kind) {
      case "name":
        return this.#names.has(expression.name);
      case "attribute": {
        const name = nameOf(expression);
        return CONTENT.has(expression.name) || (name !== undefined && this.#names.has(name));
      }
      case "item": {
        const names = this.#folder.strings(expression.index);
        return names.length > 0
          ? names.some((name) => CONTENT.has(name))
          : this.holds(expression.object) || this.#itemHolds(expression);
      }
      case "call":
        return this.#isCall(expression.callee, expression.args[0]?.value);
      case "filter":
        return this.#isFilter(expression);
      case "concat":
        return expression.items.some((item) => this.holds(item));
      case "binary":
        return this.holds(expression.left) || this.holds(expression.right);
      case "condition":
        return this.holds(expression.chosen) || this.holds(expression.otherwise);
      default:
        return false;
    }
  }

  /** Whether a place of a list that the template itself made does. */
  #itemHolds({ object, index }: Expression & { kind: "item" }): boolean {
    return (
      index.kind === "constant" &&
      typeof index.value === "number" &&
      this.#folder.structure
        .parts(object, [index.value < 0 ? "each" : index.value])
        .some(({ value }) => value.kind !== "item" && this.holds(value))
    );
  }

  #isFilter({ name, object, args }: Expression & { kind: "filter" | "test" }): boolean {
    if (name === "attr" || name === "map") {
      if (args.some(({ value }) => this.isField(value))) {
        return true;
      }
    }
    const isDump = name === "string" || name === "tojson";
    return (
      (KEEPING_FILTERS.has(name) && this.holds(object)) || (isDump && this.#isConversation(object))
    );
  }

  #isCall(callee: Expression, first: Expression | undefined): boolean {
    if (callee.kind === "name") {
      return callee.name === "strftime_now" || this.#names.has(`${callee.name}()`);
    }
    if (callee.kind !== "attribute") {
      return false;
    }
    const { name, object } = callee;
    return (
      (name === "get" && this.isField(first)) ||
      (name === "values" && this.#isConversation(object)) ||
      (KEEPING_METHODS.has(name) && name !== "get" && this.holds(object))
    );
  }

  #isConversation(expression: Expression | undefined): boolean {
    switch (expression?.kind) {
      case "name":
        return this.#conversation.has(expression.name);
      case "attribute": {
        const name = nameOf(expression);
        return name !== undefined && this.#conversation.has(name);
      }
      case "item":
        return (
          this.#folder.strings(expression.index).length === 0 &&
          this.#isConversation(expression.object)
        );
      case "filter":
        return CHOOSING_FILTERS.has(expression.name) && this.#isConversation(expression.object);
      default:
        return false;
    }
  }
}
