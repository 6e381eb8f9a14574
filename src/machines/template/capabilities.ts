/** What the expressions of a template reach: attributes, calls, files, and sizes that explode. */

import type { Argument, Body, Expression, Statement } from "../../codecs/jinja/syntax.ts";
import type { Bindings } from "./bindings.ts";
import type { Capability, CapabilityKind } from "./capability.ts";
import { isList } from "./datum.ts";
import type { Folder } from "./folder.ts";
import {
  ATTRIBUTE_FIRST,
  BY_ATTRIBUTE,
  DANGEROUS,
  DANGEROUS_METHODS,
  FRAMEWORK,
  FUNCTIONS,
  GIVEN,
  isInternal,
  MODULES,
} from "./names.ts";
import { isOwnText } from "./own-text.ts";
import { bodiesOf, expressionsOf, within } from "./walk.ts";

/** Capabilities that are listed for one template. */
const MOST = 200;
/** `range` in Jinja's sandbox refuses more. */
const LONGEST_RANGE = 100_000;
/** Rounds of loops in one another, and characters of padding or repetition. */
const MOST_ROUNDS = 10_000_000;
const PADDING = new Set(["center", "ljust", "rjust", "zfill", "indent", "batch", "slice"]);

/** Lists what a template can do, in the order of the text. */
export function findCapabilities(
  body: Body,
  bindings: Bindings,
  folder: Folder,
): readonly Capability[] {
  const finder = new Finder(bindings, folder);
  finder.body(body, 1);
  return finder.found.toSorted((a, b) => a.at - b.at);
}

class Finder {
  readonly found: Capability[] = [];
  readonly #bindings: Bindings;
  readonly #folder: Folder;

  constructor(bindings: Bindings, folder: Folder) {
    this.#bindings = bindings;
    this.#folder = folder;
  }

  #add(kind: CapabilityKind, subject: string, at: number, isHidden = false): void {
    if (this.found.length < MOST) {
      this.found.push({ kind, subject, at, isHidden });
    }
  }

  /** @param rounds how often the loops around it run, as far as constants say so. */
  body(body: Body, rounds: number): void {
    for (const statement of body) {
      for (const expression of expressionsOf(statement)) {
        for (const part of within(expression)) {
          this.#expression(part);
        }
      }
      this.#statement(statement);
      const inner = rounds * (statement.kind === "for" ? this.#rounds(statement.iterable) : 1);
      if (inner > MOST_ROUNDS && rounds <= MOST_ROUNDS) {
        this.#add("exhaustion", `loops that run ${inner} times`, statement.at);
      }
      for (const part of bodiesOf(statement)) {
        this.body(part, inner);
      }
    }
  }

  #rounds(iterable: Expression): number {
    if (iterable.kind === "call" && iterable.callee.kind === "name") {
      return iterable.callee.name === "range" ? Math.max(1, this.#rangeLength(iterable.args)) : 1;
    }
    const { values } = this.#folder.fold(iterable);
    return Math.max(1, ...values.map((value) => (isList(value) ? value.length : 1)));
  }

  #statement(statement: Statement): void {
    const { kind, at } = statement;
    if (kind === "include" || kind === "extends" || kind === "import") {
      const [path] = this.#folder.strings(statement.template);
      this.#add("file-access", path ?? "a file whose name is computed", at, path === undefined);
    }
  }

  #expression(expression: Expression): void {
    switch (expression.kind) {
      case "name":
        if (FRAMEWORK.has(expression.name) && !this.#bindings.of.has(expression.name)) {
          this.#add("framework-object", expression.name, expression.at);
        }
        break;
      case "attribute":
        this.#attribute(expression.object, expression.name, expression.at, false);
        break;
      case "item":
        this.#item(expression.object, expression.index, expression.at);
        break;
      case "filter":
        this.#filter(expression.name, expression.object, expression.args, expression.at);
        break;
      case "call":
        this.#call(expression.callee, expression.args, expression.at);
        break;
      case "binary":
        this.#binary(expression);
        break;
      default:
    }
  }

  #attribute(object: Expression | undefined, name: string, at: number, isHidden: boolean): void {
    const isPrivate = name.startsWith("_") && object !== undefined && !this.#isData(object);
    if (isInternal(name) || isPrivate) {
      this.#add("internals", name, at, isHidden);
    }
  }

  /** Whether something can be data: nothing that is certainly a function, a module or a constant. */
  #isData(object: Expression): boolean {
    switch (object.kind) {
      case "name":
        return (
          this.#bindings.of.has(object.name) ||
          !(GIVEN.has(object.name) || this.#bindings.macros.has(object.name))
        );
      case "constant":
      case "concat":
      case "tuple":
        return false;
      case "list":
      case "dict":
        return object.kind === "dict" ? object.pairs.length > 0 : object.items.length > 0;
      case "attribute":
      case "item":
        return this.#isData(object.object);
      default:
        return true;
    }
  }

  #item(object: Expression, index: Expression, at: number): void {
    for (const name of this.#folder.strings(index)) {
      this.#attribute(object, name, at, index.kind !== "constant");
    }
    const { isOpen, values } = this.#folder.fold(index);
    const isNumber = values.length > 0 && values.every((value) => typeof value === "number");
    const isText = this.#folder.strings(object).length > 0 || object.kind === "concat";
    const mayBeName = index.kind !== "slice" && index.kind !== "unary" && !isNumber && !isText;
    const isBuilt =
      values.some((value) => typeof value === "string") && isOwnText(index, this.#bindings);
    if (isOpen && mayBeName && (isBuilt || !this.#isData(object))) {
      const what = isBuilt ? "a name out of its own constants" : "an item of what is no data";
      this.#add("computed-name", what, at, true);
    }
  }

  #filter(
    name: string,
    object: Expression | undefined,
    args: readonly Argument[],
    at: number,
  ): void {
    if (BY_ATTRIBUTE.has(name)) {
      for (const [index, argument] of args.entries()) {
        const isFirst = argument.kind === "positional" && index === 0 && ATTRIBUTE_FIRST.has(name);
        if (isFirst || (argument.kind === "keyword" && argument.name === "attribute")) {
          this.#attributeArgument(name === "attr" ? object : undefined, argument.value, at);
        } else if (argument.kind.includes("star")) {
          this.#add("computed-name", `arguments of the filter ${name}`, at, true);
        }
      }
    }
    if (name === "map" && args[0]?.kind === "positional") {
      // `map('attr', name)` hands names to another filter.
      const isAttr = this.#folder.strings(args[0].value).includes("attr");
      if (isAttr) {
        this.#attributeArgument(undefined, args[1]?.value, at);
      }
    }
    this.#padding(name, args, at);
    if (name === "format") {
      this.#wideFormat(object, at);
    }
  }

  /** Names in an argument: attributes of attributes have dots. */
  #attributeArgument(
    object: Expression | undefined,
    value: Expression | undefined,
    at: number,
  ): void {
    if (value === undefined) {
      return;
    }
    const { values, isOpen } = this.#folder.fold(value);
    for (const known of values) {
      if (typeof known === "string") {
        for (const name of known.split(".")) {
          this.#attribute(object, name, at, value.kind !== "constant" || value.value !== known);
        }
      }
    }
    if (isOpen) {
      this.#add("computed-name", "the name of an attribute", at, true);
    }
  }

  #call(callee: Expression, args: readonly Argument[], at: number): void {
    if (callee.kind === "name") {
      this.#callOfName(callee.name, args, at);
      return;
    }
    if (callee.kind !== "attribute") {
      return;
    }
    const { object, name } = callee;
    const root = rootOf(object);
    const isModule = root !== undefined && MODULES.has(root) && !this.#bindings.of.has(root);
    if (DANGEROUS_METHODS.has(name) || isModule) {
      this.#add("dangerous-call", isModule ? `${root} … ${name}` : name, at);
    }
    if (name === "format" || name === "format_map") {
      this.#formatCall(object, at);
      this.#wideFormat(object, at);
    }
    this.#padding(name, args, at);
  }

  #callOfName(name: string, args: readonly Argument[], at: number): void {
    if (this.#bindings.macros.has(name) || this.#bindings.of.has(name)) {
      return;
    }
    if (name === "range") {
      const length = this.#rangeLength(args);
      if (length > LONGEST_RANGE) {
        this.#add("exhaustion", `a range of ${length}`, at);
      }
    } else if (DANGEROUS.has(name)) {
      this.#add("dangerous-call", name, at);
    } else if (!GIVEN.has(name) && !FUNCTIONS.has(name) && !FRAMEWORK.has(name)) {
      this.#add("unknown-call", name, at);
    }
  }

  #rangeLength(args: readonly Argument[]): number {
    const numbers = args.map(({ value }) => {
      const known = this.#folder.fold(value).values.filter((each) => typeof each === "number");
      return known.length === 0 ? undefined : Math.max(...known);
    });
    const [first, second, step = 1] = numbers;
    const [from, to] = args.length === 1 ? [0, first] : [first ?? 0, second];
    return to === undefined || step === 0 ? 0 : Math.max(0, Math.ceil((to - from) / step));
  }

  /** `str.format` reaches attributes of its arguments by itself. */
  #formatCall(object: Expression, at: number): void {
    const { values, isOpen } = this.#folder.fold(object);
    for (const template of values) {
      if (typeof template !== "string") {
        continue;
      }
      for (const [, path = ""] of template.matchAll(/\{([^{}]{0,500})/g)) {
        for (const name of path
          .split(/[!:]/, 1)[0]
          ?.split(/[.[\]]+/)
          .slice(1) ?? []) {
          this.#attribute(undefined, name, at, object.kind !== "constant");
        }
      }
    }
    if (isOpen) {
      this.#add("computed-name", "the text of a format", at, true);
    }
  }

  #binary({ operator, left, right, at }: Expression & { kind: "binary" }): void {
    if (operator === "%") {
      this.#wideFormat(left, at);
    }
    if (operator !== "*" && operator !== "**") {
      return;
    }
    const largest = (side: Expression): number =>
      Math.max(0, ...this.#folder.fold(side).values.filter((value) => typeof value === "number"));
    const [a, b] = [largest(left), largest(right)];
    const isText = (side: Expression): boolean =>
      this.#folder.fold(side).values.some((value) => typeof value === "string" || isList(value)) ||
      side.kind === "list";
    if (operator === "**" ? b > 10_000 || (a > 1 && b * Math.log10(a) > 10_000) : false) {
      this.#add("exhaustion", `a power of ${b}`, at);
    } else if (
      operator === "*" &&
      Math.max(a, b) > MOST_ROUNDS &&
      (isText(left) || isText(right))
    ) {
      this.#add("exhaustion", `a repetition of ${Math.max(a, b)}`, at);
    }
  }

  #padding(name: string, args: readonly Argument[], at: number): void {
    if (PADDING.has(name)) {
      for (const { value } of args) {
        const wide = this.#folder
          .fold(value)
          .values.find((width) => typeof width === "number" && width > MOST_ROUNDS);
        if (typeof wide === "number") {
          this.#add("exhaustion", `padding of ${wide} characters`, at);
        }
      }
    }
  }

  #wideFormat(template: Expression | undefined, at: number): void {
    for (const text of this.#folder.strings(template)) {
      if (/(?:%[-+ #0]*|:[^{}\d]{0,3})0*[1-9]\d{7}/.test(text)) {
        this.#add("exhaustion", "a format that pads with millions of characters", at);
      }
    }
  }
}

/** The name that a chain of attributes, items and calls begins with. */
function rootOf(expression: Expression): string | undefined {
  let inner = expression;
  for (;;) {
    if (inner.kind === "name") {
      return inner.name;
    }
    if (inner.kind === "attribute" || inner.kind === "item") {
      inner = inner.object;
    } else if (inner.kind === "call") {
      inner = inner.callee;
    } else {
      return undefined;
    }
  }
}
