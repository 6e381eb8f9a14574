/**
 * Expressions, in the precedence of Jinja 2: condition, or, and, not, comparison, `+ -`, `~`, `* / // %`, `**`,
 * sign, then what stands behind a primary. Names that Python reserves are names like any other, as in Jinja.
 */

import { parseArguments, parsePostfix, parsePrimary, parseFilters } from "./parse-primary.ts";
import { node } from "./nodes.ts";
import type { Expression } from "./syntax.ts";
import type { TokenStream } from "./token-stream.ts";

const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">="]);

export function parseExpression(stream: TokenStream): Expression {
  return stream.nested(() => parseCondition(stream));
}

function parseCondition(stream: TokenStream): Expression {
  let chosen = parseOr(stream);
  while (stream.isName("if")) {
    const { at } = stream.take();
    const test = parseOr(stream);
    const otherwise = stream.skip("name", "else") ? parseExpression(stream) : undefined;
    chosen = node({ kind: "condition", at, test, chosen, otherwise }, [test, chosen, otherwise]);
  }
  return chosen;
}

/** An expression that is no condition: what `for` iterates over. */
function parseOr(stream: TokenStream): Expression {
  return chain(stream, "name", ["or"], (inner) => chain(inner, "name", ["and"], parseNot));
}

function parseNot(stream: TokenStream): Expression {
  if (stream.isName("not")) {
    const { at } = stream.take();
    const operand = stream.nested(() => parseNot(stream));
    return node({ kind: "unary", at, operator: "not", operand }, [operand]);
  }
  return parseCompare(stream);
}

function parseCompare(stream: TokenStream): Expression {
  const first = parseSum(stream);
  const rest: { operator: string; value: Expression }[] = [];
  for (;;) {
    const { kind, value } = stream.current;
    if (kind === "operator" && COMPARISONS.has(value)) {
      stream.take();
      rest.push({ operator: value, value: parseSum(stream) });
    } else if (stream.skip("name", "in")) {
      rest.push({ operator: "in", value: parseSum(stream) });
    } else if (stream.isName("not") && stream.next.kind === "name" && stream.next.value === "in") {
      stream.take();
      stream.take();
      rest.push({ operator: "not in", value: parseSum(stream) });
    } else {
      break;
    }
  }
  const parts = [first, ...rest.map(({ value }) => value)];
  return rest.length === 0 ? first : node({ kind: "compare", at: first.at, first, rest }, parts);
}

function parseSum(stream: TokenStream): Expression {
  return chain(stream, "operator", ["+", "-"], parseConcat);
}

function parseConcat(stream: TokenStream): Expression {
  const first = parseProduct(stream);
  const items = [first];
  while (stream.skip("operator", "~")) {
    items.push(parseProduct(stream));
  }
  return items.length === 1 ? first : node({ kind: "concat", at: first.at, items }, items);
}

function parseProduct(stream: TokenStream): Expression {
  return chain(stream, "operator", ["*", "/", "//", "%"], (inner) =>
    chain(inner, "operator", ["**"], (power) => parseUnary(power, true)),
  );
}

/** Left-associative operators of one rank. */
function chain(
  stream: TokenStream,
  kind: "name" | "operator",
  operators: readonly string[],
  parse: (stream: TokenStream) => Expression,
): Expression {
  let left = parse(stream);
  while (stream.is(kind) && operators.includes(stream.current.value)) {
    const operator = stream.take().value;
    const right = parse(stream);
    left = node({ kind: "binary", at: left.at, operator, left, right }, [left, right]);
  }
  return left;
}

function parseUnary(stream: TokenStream, withFilters: boolean): Expression {
  const { at, value } = stream.current;
  let result: Expression;
  if (stream.isOperator("-") || stream.isOperator("+")) {
    stream.take();
    const operand = stream.nested(() => parseUnary(stream, false));
    result = node({ kind: "unary", at, operator: value, operand }, [operand]);
  } else {
    result = parsePrimary(stream, PARSERS);
  }
  result = parsePostfix(stream, result, PARSERS);
  return withFilters ? parseFilters(stream, result, PARSERS) : result;
}

interface TupleOptions {
  /** Only primaries: the targets of assignments. */
  readonly isTarget?: boolean;
  readonly noCondition?: boolean;
  /** In brackets, where nothing is an empty tuple. */
  readonly inBrackets?: boolean;
}

/** One expression, or several with commas. */
export function parseTuple(stream: TokenStream, options: TupleOptions = {}): Expression {
  const { at } = stream.current;
  const items: Expression[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0) {
      stream.expect("operator", ",");
    }
    if (isTupleEnd(stream)) {
      break;
    }
    items.push(stream.nested(() => parseItem(stream, options)));
    if (!stream.isOperator(",")) {
      break;
    }
    isTuple = true;
  }
  const [only] = items;
  if (!isTuple && only !== undefined) {
    return only;
  }
  if (!isTuple && options.inBrackets !== true) {
    stream.fail("an expression is missing");
  }
  return node({ kind: "tuple", at, items }, items);
}

function parseItem(stream: TokenStream, { isTarget, noCondition }: TupleOptions): Expression {
  if (isTarget === true) {
    return parsePrimary(stream, PARSERS);
  }
  return noCondition === true ? parseOr(stream) : parseExpression(stream);
}

function isTupleEnd(stream: TokenStream): boolean {
  return stream.is("variable-end") || stream.is("block-end") || stream.isOperator(")");
}

/** A filter without its object, as `filter` and `set` blocks have it. */
export function parseBlockFilter(stream: TokenStream): Expression {
  const { at } = stream.current;
  const name = dottedName(stream);
  const args = stream.isOperator("(") ? parseArguments(stream, PARSERS) : [];
  const first = node(
    { kind: "filter", at, object: undefined, name, args },
    args.map(({ value }) => value),
  );
  return parseFilters(stream, first, PARSERS, true);
}

function dottedName(stream: TokenStream): string {
  let name = stream.expect("name").value;
  while (stream.skip("operator", ".")) {
    name += `.${stream.expect("name").value}`;
  }
  return name;
}

const PARSERS = { parseExpression, parseTuple, dottedName };
