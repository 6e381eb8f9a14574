/**
 * Output that depends on words of the conversation. A trigger is a comparison of what somebody wrote, or of the
 * date, with a constant that is a word and no marker; it matters where what it guards writes words of its own.
 * Assignments count wherever they stand, and what is set under a trigger is one.
 */

import type { Argument, Body, Expression, Statement } from "../../codecs/jinja/syntax.ts";
import type { Bindings } from "./bindings.ts";
import type { Capability } from "./capability.ts";
import { Derived } from "./derived.ts";
import type { Folder } from "./folder.ts";
import { GuardedText } from "./guarded-text.ts";
import { nameOf } from "./targets.ts";
import { TriggerTests } from "./trigger-tests.ts";
import type { Sought } from "./trigger-tests.ts";
import { bodiesOf, expressionsOf, statementsOf, within } from "./walk.ts";
import { isInstruction, isMarker, isShort, isTriggerWord, wordsOf } from "./words.ts";
import { Written } from "./written.ts";

/** Words that guarded text has of its own, at least. */
const FEWEST_WORDS = 2;
const FEWEST_AT_SHORT = 3;
const FEWEST_AT_MARKER = 6;

/** Operators that write one side or not. */
const CHOOSING = new Set(["and", "or", "*"]);

/** Assignments that are followed from one to the next; real templates need three. */
const MOST_ROUNDS = 12;

const SOUGHT: readonly Sought[] = [
  { isSought: isTriggerWord, fewest: FEWEST_WORDS, origin: "date" },
  // Real templates look for markers, and write little but markers then.
  { isSought: isMarker, fewest: FEWEST_AT_MARKER, origin: undefined },
  { isSought: isShort, fewest: FEWEST_AT_SHORT, origin: "measure" },
];

export interface Triggers {
  readonly found: readonly Capability[];
  /** Some of it was not followed: there was too much. */
  readonly isPartial: boolean;
}

/** Finds guarded output, in the order of the text. */
export function findTriggers(body: Body, bindings: Bindings, folder: Folder): Triggers {
  const written = new Written(bindings, folder);
  const derived = new Derived(bindings, written);
  const isSettled = untilSettled(
    () => written.size + derived.size,
    () => {
      written.spread(body);
      derived.spread();
    },
  );
  const text = new GuardedText(body, folder);
  const template: Template = { bindings, folder, written, text };
  const found = new Map<number, Capability>();
  let isPartial = !isSettled;
  for (const sought of SOUGHT) {
    const tests = new TriggerTests(folder, written, derived, sought);
    const finder = new TriggerFinder(template, tests, sought);
    isPartial ||= !finder.run(body);
    for (const capability of finder.found) {
      if (!found.has(capability.at)) {
        found.set(capability.at, capability);
      }
    }
  }
  return { found: [...found.values()], isPartial: isPartial || text.isSpent };
}

/** Repeats what makes something grow, until it does not or there were too many rounds. */
function untilSettled(size: () => number, grow: () => void): boolean {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = size();
    grow();
    if (size() === before) {
      return true;
    }
  }
  return false;
}

/** What is known of a template. */
interface Template {
  readonly bindings: Bindings;
  readonly folder: Folder;
  readonly written: Written;
  readonly text: GuardedText;
}

class TriggerFinder {
  readonly found: Capability[] = [];
  readonly #bindings: Bindings;
  readonly #folder: Folder;
  readonly #written: Written;
  readonly #tests: TriggerTests;
  readonly #text: GuardedText;
  readonly #sought: Sought;

  constructor(template: Template, tests: TriggerTests, sought: Sought) {
    this.#bindings = template.bindings;
    this.#folder = template.folder;
    this.#written = template.written;
    this.#text = template.text;
    this.#tests = tests;
    this.#sought = sought;
  }

  /** @returns whether all was followed. */
  run(body: Body): boolean {
    const { flags } = this.#tests;
    const isSettled = untilSettled(
      () => flags.size,
      () => {
        this.#spread(body);
      },
    );
    for (const statement of statementsOf(body)) {
      this.#look(statement);
    }
    return isSettled;
  }

  #spread(body: Body): void {
    for (const [name, bindings] of this.#bindings.of) {
      for (const binding of bindings) {
        for (const value of this.#written.valuesOf(binding)) {
          // Items of `content.split('…')` are content, and tell nothing by themselves.
          if (binding.kind === "value" || !this.#written.holds(value)) {
            this.#flag(name, this.#tests.in(value));
          }
        }
      }
    }
    this.#flagAssignments(body, undefined);
  }

  #flag(name: string | undefined, word: string | undefined): void {
    const { flags } = this.#tests;
    if (name !== undefined && word !== undefined && !flags.has(name)) {
      flags.set(name, word);
    }
  }

  /** What is set to a constant where a word was there tells that it was there. */
  #flagAssignments(body: Body, guard: string | undefined): void {
    for (const statement of body) {
      if (statement.kind === "set" && statement.value.kind === "constant") {
        this.#flag(nameOf(statement.target), guard);
      }
      this.#flagBlock(statement);
      const word = statement.kind === "if" ? this.#triggerOf(statement) : undefined;
      for (const inner of bodiesOf(statement)) {
        this.#flagAssignments(inner, guard ?? word);
      }
    }
  }

  /** What macros and blocks write tells it, too, where they write nothing of what they look at. */
  #flagBlock(statement: Statement): void {
    const isBlock = statement.kind === "macro" || statement.kind === "set-block";
    if (!isBlock || this.#written.writes(statement.body)) {
      return;
    }
    if (statement.kind === "macro") {
      this.#flag(`${statement.name}()`, this.#triggerInside(statement.body));
    } else {
      this.#flag(nameOf(statement.target), this.#triggerInside(statement.body));
    }
  }

  #triggerInside(body: Body): string | undefined {
    for (const statement of statementsOf(body)) {
      let word: string | undefined;
      if (statement.kind === "if") {
        word = this.#triggerOf(statement);
      } else if (statement.kind === "print") {
        word = this.#tests.in(statement.value);
      }
      if (word !== undefined) {
        return word;
      }
    }
    return undefined;
  }

  #triggerOf(statement: Statement & { kind: "if" }): string | undefined {
    for (const { test } of statement.branches) {
      const word = this.#tests.in(test);
      if (word !== undefined) {
        return word;
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
          bodiesOf(statement).map((body) => this.#text.output(body)),
          statement.at,
        );
      }
    } else if (statement.kind === "for" && statement.test !== undefined) {
      const word = this.#tests.in(statement.test);
      if (word !== undefined) {
        this.#compare(word, [this.#text.output(statement.body), ""], statement.at);
      }
    }
  }

  /** Conditions, replacements and look-ups inside expressions. */
  #lookInside(part: Expression): void {
    if (part.kind === "condition") {
      const word = this.#tests.in(part.test);
      if (word !== undefined) {
        this.#compare(
          word,
          [this.#text.texts(part.chosen), this.#text.texts(part.otherwise)],
          part.at,
        );
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
      const key = entries.find(([name]) => this.#sought.isSought(name.replace(/^\w+ /, "")))?.[0];
      if (key !== undefined) {
        const texts = entries.map(([, text]) => (typeof text === "string" ? text : ""));
        this.#compare(key.replace(/^\w+ /, ""), [texts.join(" "), ""], at);
      }
    }
  }

  /** `word in content and 'text'`, `['', 'text'][word in content]`, `'text' * content.count(word)`. */
  #chosen(test: Expression, text: Expression, at: number): void {
    const word = this.#tests.in(test);
    const output = word === undefined ? "" : this.#text.texts(text);
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
      const word = this.#tests.among([from]);
      if (word !== undefined) {
        this.#compare(word, [this.#text.texts(to), word], part.at);
      }
    }
  }

  /** Tells when one of several outputs has words that another lacks. */
  #compare(word: string, outputs: readonly string[], at: number): void {
    const words = outputs.map((output) => new Set(wordsOf(output)));
    const counts = new Map<string, number>();
    for (const each of words.flatMap((own) => [...own])) {
      counts.set(each, (counts.get(each) ?? 0) + 1);
    }
    // Whoever adds a line that may be there already looks for its words.
    const sought = new Set(wordsOf(word));
    const differs = outputs.some((output, index) => {
      const own = [...(words[index] ?? [])].filter(
        (each) => counts.get(each) !== outputs.length && !sought.has(each),
      );
      return isInstruction(output, own, this.#sought.fewest);
    });
    if (differs && this.found.length < 50) {
      this.found.push({ kind: "conditional-output", subject: word, at, isHidden: false });
    }
  }
}

/** The name of a method, and whose it is. */
function methodOf(callee: Expression): readonly [string, Expression | undefined] {
  return callee.kind === "attribute" ? [callee.name, callee.object] : ["", undefined];
}
