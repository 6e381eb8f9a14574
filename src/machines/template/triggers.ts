/**
 * Output that depends on words of the conversation. A trigger is a comparison of what somebody wrote, or of the
 * date, with a constant that is a word and no marker; it matters where what it guards writes words of its own.
 * Assignments count wherever they stand, and what is set under a trigger is one.
 */

import type { Argument, Body, Expression, Statement } from "../../codecs/jinja/syntax.ts";
import type { Bindings } from "./bindings.ts";
import type { Capability } from "./capability.ts";
import type { Folder } from "./folder.ts";
import { isInstruction, isTriggerWord, wordsOf } from "./words.ts";
import { bodiesOf, expressionsOf, statementsOf, within } from "./walk.ts";

const CONTENT = new Set(["content", "text"]);
/** What keeps the words of a text. */
const KEEPING_FILTERS = new Set(
  "lower upper trim string replace default d safe escape e first last list join striptags title capitalize tojson".split(
    " ",
  ),
);
const KEEPING_METHODS = new Set(
  "lower upper strip lstrip rstrip replace split rsplit casefold title capitalize splitlines partition get".split(
    " ",
  ),
);
const LOOKING_METHODS = new Set(
  "startswith endswith find count index rfind rindex split".split(" "),
);
const COMPARING = new Set(["==", "!=", "in", "not in"]);
const COMPARING_TESTS = new Set(["eq", "equalto", "==", "ne", "!=", "in"]);

/** Characters of guarded output that are looked at, and what a statement counts for. */
const LONGEST_OUTPUT = 16_384;
const STATEMENT_COST = 4;

/** Finds guarded output, in the order of the text. */
export function findTriggers(
  body: Body,
  bindings: Bindings,
  folder: Folder,
): readonly Capability[] {
  return new TriggerFinder(bindings, folder).run(body);
}

class TriggerFinder {
  readonly #bindings: Bindings;
  readonly #folder: Folder;
  /** Names that hold what somebody wrote. */
  readonly #written = new Set<string>();
  /** Names that say whether a word was there, with the word. */
  readonly #flags = new Map<string, string>();
  readonly #found: Capability[] = [];

  constructor(bindings: Bindings, folder: Folder) {
    this.#bindings = bindings;
    this.#folder = folder;
  }

  run(body: Body): readonly Capability[] {
    // Each round follows names one assignment further; hostile templates may need more than any real one.
    for (let round = 0; round < 6; round += 1) {
      const before = this.#written.size + this.#flags.size;
      this.#spread(body);
      if (this.#written.size + this.#flags.size === before) {
        break;
      }
    }
    for (const statement of statementsOf(body)) {
      this.#look(statement);
    }
    return this.#found;
  }

  #spread(body: Body): void {
    for (const [name, bindings] of this.#bindings.of) {
      for (const binding of bindings) {
        if (binding.kind === "value" || binding.kind === "item") {
          const value = binding.kind === "value" ? binding.value : binding.of;
          if (this.#isWritten(value)) {
            this.#written.add(name);
          }
          const word = this.#triggerIn(value);
          if (word !== undefined && !this.#flags.has(name)) {
            this.#flags.set(name, word);
          }
        }
      }
    }
    this.#flagAssignments(body, undefined);
  }

  /** What is set to a constant where a word was there tells that it was there. */
  #flagAssignments(body: Body, guard: string | undefined): void {
    for (const statement of body) {
      const name =
        statement.kind === "set" && statement.value.kind === "constant"
          ? nameOf(statement.target)
          : undefined;
      if (guard !== undefined && name !== undefined && !this.#flags.has(name)) {
        this.#flags.set(name, guard);
      }
      const word = statement.kind === "if" ? this.#triggerOf(statement) : undefined;
      for (const inner of bodiesOf(statement)) {
        this.#flagAssignments(inner, guard ?? word);
      }
    }
  }

  #triggerOf(statement: Statement & { kind: "if" }): string | undefined {
    for (const { test } of statement.branches) {
      const word = this.#triggerIn(test);
      if (word !== undefined) {
        return word;
      }
    }
    return undefined;
  }

  /** The word that an expression looks for. */
  #triggerIn(expression: Expression | undefined): string | undefined {
    for (const part of within(expression)) {
      const word = this.#trigger(part);
      if (word !== undefined) {
        return word;
      }
    }
    return undefined;
  }

  #trigger(part: Expression): string | undefined {
    if (part.kind === "name" || part.kind === "attribute") {
      const name = nameOf(part);
      return name === undefined ? undefined : this.#flags.get(name);
    }
    if (part.kind === "compare") {
      const sides = [part.first, ...part.rest.map(({ value }) => value)];
      const isComparing = part.rest.some(
        ({ operator }) => COMPARING.has(operator) || sides.some((side) => isDate(side)),
      );
      return isComparing && sides.some((side) => this.#isWritten(side))
        ? this.#wordAmong(sides)
        : undefined;
    }
    if (part.kind === "call" && part.callee.kind === "attribute") {
      const { object, name } = part.callee;
      return LOOKING_METHODS.has(name) && this.#isWritten(object)
        ? this.#wordAmong(part.args.map(({ value }) => value))
        : undefined;
    }
    if (part.kind === "test" && COMPARING_TESTS.has(part.name) && this.#isWritten(part.object)) {
      return this.#wordAmong(part.args.map(({ value }) => value));
    }
    if (part.kind === "filter" && (part.name === "selectattr" || part.name === "rejectattr")) {
      const [attribute, , ...rest] = part.args.map(({ value }) => value);
      return this.#folder.strings(attribute).some((name) => CONTENT.has(name))
        ? this.#wordAmong(rest)
        : undefined;
    }
    return undefined;
  }

  #wordAmong(expressions: readonly Expression[]): string | undefined {
    for (const expression of expressions) {
      for (const value of this.#folder.fold(expression).values) {
        const texts = Array.isArray(value) ? value : [value];
        const word = texts.find((text) => typeof text === "string" && isTriggerWord(text));
        if (typeof word === "string") {
          return word;
        }
      }
    }
    return undefined;
  }

  /** Whether an expression holds words that somebody wrote, or the date. */
  #isWritten(expression: Expression | undefined): boolean {
    if (expression === undefined) {
      return false;
    }
    switch (expression.kind) {
      case "name":
        return this.#written.has(expression.name);
      case "attribute": {
        const name = nameOf(expression);
        return CONTENT.has(expression.name) || (name !== undefined && this.#written.has(name));
      }
      case "item":
        return this.#isWrittenItem(expression.object, expression.index);
      case "call":
        return this.#isWrittenCall(expression.callee, expression.args[0]?.value);
      case "filter":
        return (
          (KEEPING_FILTERS.has(expression.name) && this.#isWritten(expression.object)) ||
          (expression.name === "map" &&
            expression.args.some(({ value }) =>
              this.#folder.strings(value).some((name) => CONTENT.has(name)),
            ))
        );
      case "concat":
        return expression.items.some((item) => this.#isWritten(item));
      case "binary":
        return this.#isWritten(expression.left) || this.#isWritten(expression.right);
      case "condition":
        return this.#isWritten(expression.chosen) || this.#isWritten(expression.otherwise);
      default:
        return false;
    }
  }

  /** Parts of a text, and fields that hold text; other fields, such as `type`, hold no words. */
  #isWrittenItem(object: Expression, index: Expression): boolean {
    const names = this.#folder.strings(index);
    return names.length > 0 ? names.some((name) => CONTENT.has(name)) : this.#isWritten(object);
  }

  #isWrittenCall(callee: Expression, first: Expression | undefined): boolean {
    if (callee.kind === "name") {
      return callee.name === "strftime_now";
    }
    if (callee.kind !== "attribute") {
      return false;
    }
    const gets =
      callee.name === "get" && this.#folder.strings(first).some((name) => CONTENT.has(name));
    return gets || (KEEPING_METHODS.has(callee.name) && this.#isWritten(callee.object));
  }

  #look(statement: Statement): void {
    for (const expression of expressionsOf(statement)) {
      for (const part of within(expression)) {
        this.#lookInside(part);
      }
    }
    if (statement.kind === "if") {
      const word = this.#triggerOf(statement);
      if (word !== undefined) {
        this.#compare(
          word,
          bodiesOf(statement).map((body) => this.#output(body)),
          statement.at,
        );
      }
    } else if (statement.kind === "for" && statement.test !== undefined) {
      const word = this.#triggerIn(statement.test);
      if (word !== undefined) {
        this.#compare(word, [this.#output(statement.body), ""], statement.at);
      }
    }
  }

  /** Conditions, replacements and look-ups inside expressions. */
  #lookInside(part: Expression): void {
    if (part.kind === "condition") {
      const word = this.#triggerIn(part.test);
      if (word !== undefined) {
        this.#compare(word, [this.#texts(part.chosen), this.#texts(part.otherwise)], part.at);
      }
    } else if (part.kind === "filter") {
      this.#replacement([part.name, part.object], part);
    } else if (part.kind === "call") {
      this.#replacement(methodOf(part.callee), part);
    } else if (part.kind === "item" && part.object.kind === "dict" && this.#isWritten(part.index)) {
      const word = this.#wordAmong(part.object.pairs.map(([key]) => key));
      if (word !== undefined) {
        this.#compare(word, [this.#texts(part.object), ""], part.at);
      }
    }
  }

  #replacement(
    [name, object]: readonly [string, Expression | undefined],
    part: { readonly args: readonly Argument[]; readonly at: number },
  ): void {
    const [from, to] = part.args.map(({ value }) => value);
    if (name === "replace" && from !== undefined && this.#isWritten(object)) {
      const word = this.#wordAmong([from]);
      if (word !== undefined) {
        this.#compare(word, [this.#texts(to), ""], part.at);
      }
    }
  }

  /** Tells when one of several outputs has words that another lacks. */
  #compare(word: string, outputs: readonly string[], at: number): void {
    const others = outputs.map((output) => new Set(wordsOf(output)));
    const differs = outputs.some((output, index) => {
      const own = wordsOf(output).filter((each) =>
        others.some((other, place) => place !== index && !other.has(each)),
      );
      return isInstruction(output, own);
    });
    if (differs && this.#found.length < 50) {
      this.#found.push({ kind: "conditional-output", subject: word, at, isHidden: false });
    }
  }

  /** Constant text that statements write, or set for later, as far as it is looked at. */
  #output(body: Body): string {
    const parts: string[] = [];
    let left = LONGEST_OUTPUT;
    for (const statement of statementsOf(body)) {
      if (left <= 0) {
        break;
      }
      let text = "";
      if (statement.kind === "text") {
        text = statement.text.slice(0, left);
      } else if (statement.kind === "print" || statement.kind === "set") {
        text = this.#texts(statement.value).slice(0, left);
      }
      parts.push(text);
      left -= text.length + STATEMENT_COST;
    }
    return parts.join("\n");
  }

  #texts(expression: Expression | undefined): string {
    const parts: string[] = [];
    const waiting = [expression];
    while (waiting.length > 0) {
      const part = waiting.pop();
      if (part?.kind === "constant" && typeof part.value === "string") {
        parts.push(part.value);
      } else if (part?.kind === "name") {
        parts.push(...this.#folder.strings(part));
      } else if (part !== undefined) {
        waiting.push(...writtenParts(part));
      }
    }
    return parts.join(" ");
  }
}

/** The parts of an expression that are written with it: not what is compared, indexed or handed on. */
function writtenParts(part: Expression): readonly (Expression | undefined)[] {
  switch (part.kind) {
    case "concat":
    case "list":
    case "tuple":
      return part.items;
    case "dict":
      return part.pairs.map(([, value]) => value);
    case "binary":
      return [part.left, part.right];
    case "condition":
      return [part.chosen, part.otherwise];
    case "filter":
      return [part.object];
    case "call":
      return part.callee.kind === "attribute" ? [part.callee.object] : [];
    default:
      return [];
  }
}

function isDate(expression: Expression): boolean {
  return (
    expression.kind === "call" &&
    expression.callee.kind === "name" &&
    expression.callee.name === "strftime_now"
  );
}

/** The name of a method, and whose it is. */
function methodOf(callee: Expression): readonly [string, Expression | undefined] {
  return callee.kind === "attribute" ? [callee.name, callee.object] : ["", undefined];
}

/** `name`, or `name.attribute` of a namespace. */
function nameOf(target: Expression): string | undefined {
  if (target.kind === "name") {
    return target.name;
  }
  return target.kind === "attribute" && target.object.kind === "name"
    ? `${target.object.name}.${target.name}`
    : undefined;
}
