/** Constant text that parts of a template write, through names and macros, as far as it is looked at. */

import type { Body, Expression } from "../../codecs/jinja/syntax.ts";
import type { Folder } from "./folder.ts";
import { statementsOf } from "./walk.ts";

/** Characters of guarded output that are looked at, and what a statement counts for. */
const LONGEST_OUTPUT = 16_384;
const STATEMENT_COST = 4;
/** Characters and statements of all guarded output of one template. */
const MOST_WORK = 8_000_000;
/** Macros that call one another. */
const DEEPEST = 4;
/** Methods and filters whose arguments are written. */
const JOINING = new Set(["join", "format", "append", "extend", "insert"]);

export class GuardedText {
  readonly #folder: Folder;
  readonly #macros = new Map<string, Body>();
  readonly #outputs = new Map<string, string>();

  #left = MOST_WORK;

  constructor(body: Body, folder: Folder) {
    this.#folder = folder;
    for (const statement of statementsOf(body)) {
      if (statement.kind === "macro") {
        this.#macros.set(statement.name, statement.body);
      }
    }
  }

  /** Some of it was not looked at: there was too much. */
  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** What statements write, or set for later. */
  output(body: Body, depth = 0): string {
    const parts: string[] = [];
    let left = Math.min(LONGEST_OUTPUT, this.#left);
    for (const statement of statementsOf(body)) {
      if (left <= 0) {
        break;
      }
      let text = "";
      if (statement.kind === "text") {
        text = statement.text.slice(0, left);
      } else if (
        statement.kind === "print" ||
        statement.kind === "set" ||
        statement.kind === "do"
      ) {
        text = this.texts(statement.value, depth).slice(0, left);
      }
      parts.push(text);
      left -= text.length + STATEMENT_COST;
      this.#left -= text.length + STATEMENT_COST;
    }
    return parts.join("\n");
  }

  /** Constants that an expression writes, in any order. */
  texts(expression: Expression | undefined, depth = 0): string {
    const parts: string[] = [];
    const waiting = [expression];
    let left = Math.min(LONGEST_OUTPUT, this.#left);
    while (waiting.length > 0 && left > 0) {
      const part = waiting.pop();
      if (part === undefined) {
        continue;
      }
      left -= STATEMENT_COST;
      const { values, isOpen } = this.#folder.fold(part);
      const own = values.filter((value) => typeof value === "string");
      for (const text of own) {
        parts.push(text);
        left -= text.length;
      }
      if (isOpen || own.length === 0) {
        waiting.push(...writtenParts(part));
        if (part.kind === "call" && part.callee.kind === "name") {
          waiting.push(...this.#macro(part.callee.name, part, depth, parts));
        }
      }
    }
    const text = parts.join(" ").slice(0, LONGEST_OUTPUT);
    this.#left -= text.length;
    return text;
  }

  /** What a macro writes by itself goes to `parts`; what it is handed is given back. */
  #macro(
    name: string,
    { args }: Expression & { kind: "call" },
    depth: number,
    parts: string[],
  ): readonly Expression[] {
    const body = this.#macros.get(name);
    if (body === undefined) {
      return [];
    }
    if (depth < DEEPEST) {
      const output = this.#outputs.get(name) ?? this.output(body, depth + 1);
      this.#outputs.set(name, output);
      parts.push(output);
    }
    return args.map(({ value }) => value);
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
      return JOINING.has(part.name)
        ? [part.object, ...part.args.map(({ value }) => value)]
        : [part.object];
    case "call": {
      const { callee, args } = part;
      if (callee.kind !== "attribute") {
        return [];
      }
      const written = JOINING.has(callee.name) ? args.map(({ value }) => value) : [];
      return [callee.object, ...written];
    }
    default:
      return [];
  }
}
