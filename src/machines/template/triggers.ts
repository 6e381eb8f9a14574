/**
 * Output that depends on words of the conversation. A trigger is a comparison of what somebody wrote, or of the
 * date, with a constant that is a word and no marker; it matters where what it guards writes words of its own.
 * Assignments count wherever they stand, and what is set under a trigger is one.
 */

import type { Argument, Body, Expression, Statement } from "../../codecs/jinja/syntax.ts";
import type { Bindings } from "./bindings.ts";
import type { Capability } from "./capability.ts";
import type { Folder } from "./folder.ts";
import { isInstruction, isMarker, isTriggerWord, wordsOf } from "./words.ts";
import { nameOf } from "./targets.ts";
import { bodiesOf, expressionsOf, statementsOf, within } from "./walk.ts";
import { Written } from "./written.ts";

const LOOKING_METHODS = new Set(
  "startswith endswith find count index rfind rindex split".split(" "),
);
const COMPARING = new Set(["==", "!=", "in", "not in"]);
const COMPARING_TESTS = new Set(["eq", "equalto", "==", "ne", "!=", "in"]);

/** Words that guarded text has of its own, at least. */
const FEWEST_WORDS = 2;
const FEWEST_AT_MARKER = 6;

/** Operators that write one side or not. */
const CHOOSING = new Set(["and", "or", "*"]);

/** Characters of guarded output that are looked at, and what a statement counts for. */
const LONGEST_OUTPUT = 16_384;
const STATEMENT_COST = 4;

/** Finds guarded output, in the order of the text. */
export function findTriggers(
  body: Body,
  bindings: Bindings,
  folder: Folder,
): readonly Capability[] {
  const words = new TriggerFinder(bindings, folder, isTriggerWord, FEWEST_WORDS).run(body);
  // Real templates look for markers, and write little but markers then.
  const markers = new TriggerFinder(bindings, folder, isMarker, FEWEST_AT_MARKER).run(body);
  const known = new Set(words.map(({ at }) => at));
  return [...words, ...markers.filter(({ at }) => !known.has(at))];
}

class TriggerFinder {
  readonly #bindings: Bindings;
  readonly #folder: Folder;
  readonly #written: Written;
  /** Names that say whether a word was there, with the word. */
  readonly #flags = new Map<string, string>();
  readonly #found: Capability[] = [];

  /** Which constants are triggers. */
  readonly #isTrigger: (text: string) => boolean;
  /** Words of its own that guarded text has at least. */
  readonly #fewest: number;

  constructor(
    bindings: Bindings,
    folder: Folder,
    isTrigger: (text: string) => boolean,
    fewest: number,
  ) {
    this.#bindings = bindings;
    this.#folder = folder;
    this.#isTrigger = isTrigger;
    this.#fewest = fewest;
    this.#written = new Written(bindings, folder);
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
    this.#written.spread(body);
    for (const [name, bindings] of this.#bindings.of) {
      for (const binding of bindings) {
        if (binding.kind === "value" || binding.kind === "item") {
          const value = binding.kind === "value" ? binding.value : binding.of;
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
      return isComparing && sides.some((side) => this.#written.holds(side))
        ? this.#wordAmong(sides)
        : undefined;
    }
    if (part.kind === "call" && part.callee.kind === "attribute") {
      const { object, name } = part.callee;
      return LOOKING_METHODS.has(name) && this.#written.holds(object)
        ? this.#wordAmong(part.args.map(({ value }) => value))
        : undefined;
    }
    if (
      part.kind === "test" &&
      COMPARING_TESTS.has(part.name) &&
      this.#written.holds(part.object)
    ) {
      return this.#wordAmong(part.args.map(({ value }) => value));
    }
    if (part.kind === "filter" && (part.name === "selectattr" || part.name === "rejectattr")) {
      const [attribute, , ...rest] = part.args.map(({ value }) => value);
      return this.#written.isField(attribute) ? this.#wordAmong(rest) : undefined;
    }
    return undefined;
  }

  #wordAmong(expressions: readonly Expression[]): string | undefined {
    for (const expression of expressions) {
      for (const value of this.#folder.fold(expression).values) {
        const texts = Array.isArray(value) ? value : [value];
        const word = texts.find((text) => typeof text === "string" && this.#isTrigger(text));
        if (typeof word === "string") {
          return word;
        }
      }
    }
    return undefined;
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
      const method = methodOf(part.callee);
      this.#replacement(method, part);
      if (method[0] === "get") {
        this.#lookUp(method[1], part.args[0]?.value, part.at);
      }
    } else if (part.kind === "item") {
      this.#lookUp(part.object, part.index, part.at);
    } else if (part.kind === "binary" && CHOOSING.has(part.operator)) {
      this.#chosen(part.left, part.right, part.at);
      this.#chosen(part.right, part.left, part.at);
    }
  }

  /** Text that is looked up by what somebody wrote, or by whether a word is in it. */
  #lookUp(object: Expression | undefined, index: Expression | undefined, at: number): void {
    if (object === undefined || index === undefined) {
      return;
    }
    this.#chosen(index, object, at);
    if (!this.#written.holds(index)) {
      return;
    }
    for (const value of this.#folder.fold(object).values) {
      const entries = value instanceof Map ? [...value] : [];
      // Keys have their type in front of them.
      const key = entries.find(([name]) => this.#isTrigger(name.replace(/^\w+ /, "")))?.[0];
      if (key !== undefined) {
        const texts = entries.map(([, text]) => (typeof text === "string" ? text : ""));
        this.#compare(key.replace(/^\w+ /, ""), [texts.join(" "), ""], at);
      }
    }
  }

  /** `word in content and 'text'`, `['', 'text'][word in content]`, `'text' * content.count(word)`. */
  #chosen(test: Expression, text: Expression, at: number): void {
    const word = this.#triggerIn(test);
    const output = word === undefined ? "" : this.#texts(text);
    if (word !== undefined && output !== "") {
      this.#compare(word, [output, ""], at);
    }
  }

  #replacement(
    [name, object]: readonly [string, Expression | undefined],
    part: { readonly args: readonly Argument[]; readonly at: number },
  ): void {
    const [from, to] = part.args.map(({ value }) => value);
    if (name === "replace" && from !== undefined && this.#written.holds(object)) {
      const word = this.#wordAmong([from]);
      if (word !== undefined) {
        this.#compare(word, [this.#texts(to), word], part.at);
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
      return isInstruction(output, own, this.#fewest);
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
