/**
 * CEL behind the port of `condition.ts`. The only file that knows `@marcbachmann/cel-js`; `conformance.test.ts` holds
 * it to the language, so that it can be replaced.
 *
 * Of the language, `matches` is ours (the implementation would run JavaScript's patterns, which take exponential time),
 * and what makes values grow is left out (`cost.ts`). JSON's whole numbers are integers, so that `1.0 == 1` holds and
 * `1 / 2.0` has no meaning; write `double(x)`.
 */

import { Environment } from "@marcbachmann/cel-js";

import { celValue, InputTooLarge } from "./cel-value.ts";
import type { Extent } from "./cel-value.ts";
import { placeIn } from "./condition.ts";
import type { Answer, Compilation, ConditionProblem, Input, Variables } from "./condition.ts";
import { childrenOf, measureCost } from "./cost.ts";
import type { Cost, Misuse, SyntaxNode } from "./cost.ts";
import { MAX_DEPTH, MAX_NODES, MAX_SOURCE, MAX_WORK } from "./limits.ts";
import { compilePattern } from "./pattern.ts";
import type { Pattern } from "./pattern.ts";

const TYPES = { json: "dyn", text: "string", time: "google.protobuf.Timestamp" } as const;
/** Stands for `matches` in the syntax tree; nobody can write it, since it is no function of conditions. */
const MATCHES = "matchesLinearly";

type Parsed = ReturnType<Environment["parse"]>;

/** Compiles a condition. Never throws because of the source. */
export function compileCondition(source: string, variables: Variables): Compilation {
  if (source.length > MAX_SOURCE) {
    return broken({ message: `the condition has more than ${MAX_SOURCE} characters` });
  }
  try {
    const patterns = new Map<string, Pattern>();
    const parsed = environment(variables, patterns).parse(source);
    const cost = measureCost(parsed.ast);
    if ("message" in cost) {
      return broken(at(source, cost));
    }
    const misuse = replaceMatches(parsed.ast, patterns);
    if (misuse !== undefined) {
      return broken(at(source, misuse));
    }
    const { valid, type, error } = parsed.check();
    if (!valid) {
      return broken(problemOf(error, source));
    }
    if (type !== "bool" && type !== "dyn") {
      return broken({ message: `it gives ${type ?? "something"}, and conditions give yes or no` });
    }
    const evaluate = (input: Input): Answer => answer(parsed, cost, source, variables, input);
    return { kind: "condition", condition: { source, patterns: [...patterns.keys()], evaluate } };
  } catch (error) {
    return broken(problemOf(error, source));
  }
}

function environment(variables: Variables, patterns: ReadonlyMap<string, Pattern>): Environment {
  const made = new Environment({ limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH } });
  for (const [name, type] of Object.entries(variables)) {
    made.registerVariable(name, TYPES[type]);
  }
  made.registerFunction(
    `string.${MATCHES}(string): bool`,
    (text: string, pattern: string) => patterns.get(pattern)?.isIn(text) ?? false,
  );
  return made;
}

/** Patterns are literals, and so are compiled once; one out of what is asked about would be somebody else's. */
function replaceMatches(root: SyntaxNode, patterns: Map<string, Pattern>): Misuse | undefined {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const given = node.args as [string, SyntaxNode, SyntaxNode[]];
    if (node.op === "rcall" && given[0] === "matches") {
      const [pattern] = given[2];
      if (given[2].length !== 1 || pattern?.op !== "value" || typeof pattern.args !== "string") {
        return { message: "matches takes one pattern, written as text", offset: node.start };
      }
      const compiled = compilePattern(pattern.args);
      if (compiled.kind === "problem") {
        return { message: compiled.message, offset: pattern.start };
      }
      patterns.set(pattern.args, compiled.pattern);
      given[0] = MATCHES;
    }
    open.push(...childrenOf(node).map(([child]) => child));
  }
  return undefined;
}

function answer(
  parsed: Parsed,
  cost: Cost,
  source: string,
  variables: Variables,
  input: Input,
): Answer {
  try {
    const extent: Extent = { values: 0, longest: 0, longestText: 0 };
    const values = new Map(
      Object.entries(variables).map(([name, type]) => [
        name,
        type === "time" ? input[name] : celValue(input[name], extent),
      ]),
    );
    if (cost.work(extent) > MAX_WORK) {
      return failed({ message: "it could take too long for something as large as this" });
    }
    const value: unknown = parsed(values);
    return typeof value === "boolean"
      ? { kind: "answer", value }
      : failed({ message: "it gives something other than yes or no" });
  } catch (error) {
    return failed(problemOf(error, source));
  }
}

function at(source: string, { message, offset }: Misuse): ConditionProblem {
  return { message, ...placeIn(source, offset) };
}

/** Errors of the implementation, with the expression that they are about. */
function problemOf(error: unknown, source: string): ConditionProblem {
  if (error instanceof InputTooLarge) {
    return { message: error.message };
  }
  const { summary, message, range, node } = error as {
    readonly summary?: string;
    readonly message?: string;
    readonly range?: { readonly start: number };
    readonly node?: { readonly op?: string; readonly start: number; readonly end: number };
  };
  const said = (summary ?? message ?? "it cannot be evaluated")
    .split("\n", 1)
    .join()
    .replaceAll(/dyn<(\w+)>/g, "$1");
  const where = range === undefined ? {} : placeIn(source, range.start);
  const missing = said.startsWith("No such key: ") ? pathOf(source, node) : undefined;
  return { message: missing === undefined ? said : `there is no ${missing}`, ...where };
}

/** The path as it is written; nodes of members begin at the member's name. */
function pathOf(source: string, node: { start: number; end: number } | undefined): string {
  if (node === undefined) {
    return "such key";
  }
  const before = /[\w.[\]"'?]*$/.exec(source.slice(0, node.start))?.[0] ?? "";
  return (before + source.slice(node.start, node.end)).slice(-200);
}

function broken(problem: ConditionProblem): Compilation {
  return { kind: "problem", problem };
}

function failed(problem: ConditionProblem): Answer {
  return { kind: "failed", problem };
}
