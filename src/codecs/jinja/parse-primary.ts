/** The innermost parts of expressions, and what stands behind them: attributes, items, calls, filters, tests. */

import { node, values } from "./nodes.ts";
import type { Argument, Constant, Expression } from "./syntax.ts";
import type { TokenStream } from "./token-stream.ts";

/** What primaries contain, handed in because the files would import each other. */
interface Parsers {
  parseExpression(stream: TokenStream): Expression;
  parseTuple(stream: TokenStream, options: { readonly inBrackets: boolean }): Expression;
  dottedName(stream: TokenStream): string;
}

const WORDS: Readonly<Record<string, Constant>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};

/** Whether a name is a constant, to which nothing can be assigned. */
export function isReserved(name: string): boolean {
  return Object.hasOwn(WORDS, name);
}

export function parsePrimary(stream: TokenStream, parsers: Parsers): Expression {
  const { kind, value, at } = stream.current;
  if (kind === "name") {
    stream.take();
    return isReserved(value)
      ? node({ kind: "constant", at, value: WORDS[value] ?? null })
      : node({ kind: "name", at, name: value });
  }
  if (kind === "string") {
    const parts: string[] = [];
    while (stream.is("string")) {
      parts.push(stream.take().value);
    }
    return node({ kind: "constant", at, value: parts.join("") });
  }
  if (kind === "number") {
    stream.take();
    return node({ kind: "constant", at, value: Number(value.replaceAll("_", "")) });
  }
  if (stream.skip("operator", "(")) {
    const inner = parsers.parseTuple(stream, { inBrackets: true });
    stream.expect("operator", ")");
    return inner;
  }
  if (stream.skip("operator", "[")) {
    const items = separated(stream, "]", () => parsers.parseExpression(stream));
    return node({ kind: "list", at, items }, items);
  }
  if (stream.skip("operator", "{")) {
    const pairs = separated(stream, "}", () => {
      const key = parsers.parseExpression(stream);
      stream.expect("operator", ":");
      return [key, parsers.parseExpression(stream)] as const;
    });
    return node({ kind: "dict", at, pairs }, pairs.flat());
  }
  return stream.fail("an expression is missing");
}

/** Items with commas up to a bracket, which it takes. */
function separated<Item>(stream: TokenStream, close: string, parse: () => Item): Item[] {
  const items: Item[] = [];
  while (!stream.isOperator(close)) {
    if (items.length > 0) {
      stream.expect("operator", ",");
      if (stream.isOperator(close)) {
        break;
      }
    }
    items.push(parse());
  }
  stream.expect("operator", close);
  return items;
}

/** Attributes, items and calls. */
export function parsePostfix(stream: TokenStream, start: Expression, parsers: Parsers): Expression {
  let object = start;
  for (;;) {
    if (stream.isOperator(".")) {
      object = parseAttribute(stream, object);
    } else if (stream.isOperator("[")) {
      object = parseItem(stream, object, parsers);
    } else if (stream.isOperator("(")) {
      object = parseCall(stream, object, parsers);
    } else {
      return object;
    }
  }
}

function parseCall(stream: TokenStream, callee: Expression, parsers: Parsers): Expression {
  const args = parseArguments(stream, parsers);
  return node({ kind: "call", at: callee.at, callee, args }, [callee, ...values(args)]);
}

function parseAttribute(stream: TokenStream, object: Expression): Expression {
  const { at } = stream.take();
  const { kind, value } = stream.take();
  if (kind === "name") {
    return node({ kind: "attribute", at, object, name: value }, [object]);
  }
  if (kind === "number" && !/[.]|^[\d_]+e/i.test(value)) {
    const index = node({ kind: "constant", at, value: Number(value.replaceAll("_", "")) });
    return node({ kind: "item", at, object, index }, [object]);
  }
  return stream.fail("a name or number is missing");
}

function parseItem(stream: TokenStream, object: Expression, parsers: Parsers): Expression {
  const { at } = stream.take();
  const parts: Expression[] = [];
  while (!stream.isOperator("]")) {
    if (parts.length > 0) {
      stream.expect("operator", ",");
    }
    parts.push(parseSubscript(stream, parsers));
  }
  stream.take();
  const [only] = parts;
  const index =
    only !== undefined && parts.length === 1
      ? only
      : node({ kind: "tuple", at, items: parts }, parts);
  return node({ kind: "item", at, object, index }, [object, index]);
}

/** An index, or a slice. */
function parseSubscript(stream: TokenStream, parsers: Parsers): Expression {
  const { at } = stream.current;
  const parts: (Expression | undefined)[] = [];
  if (stream.skip("operator", ":")) {
    parts.push(undefined);
  } else {
    const start = parsers.parseExpression(stream);
    if (!stream.skip("operator", ":")) {
      return start;
    }
    parts.push(start);
  }
  const isPart = (): boolean => !stream.isOperator("]") && !stream.isOperator(",");
  parts.push(
    isPart() && !stream.isOperator(":") ? parsers.parseExpression(stream) : undefined,
    stream.skip("operator", ":") && isPart() ? parsers.parseExpression(stream) : undefined,
  );
  return node({ kind: "slice", at, parts }, parts);
}

export function parseArguments(stream: TokenStream, parsers: Parsers): Argument[] {
  stream.expect("operator", "(");
  const args: Argument[] = [];
  const has = (...kinds: readonly Argument["kind"][]): boolean =>
    args.some(({ kind }) => kinds.includes(kind));
  while (!stream.isOperator(")")) {
    if (args.length > 0) {
      stream.expect("operator", ",");
      if (stream.isOperator(")")) {
        break;
      }
    }
    const { kind, value: name } = stream.current;
    if (stream.skip("operator", "*")) {
      args.push({ kind: "star", name: "", value: parsers.parseExpression(stream) });
    } else if (stream.skip("operator", "**")) {
      args.push({ kind: "double-star", name: "", value: parsers.parseExpression(stream) });
    } else if (kind === "name" && stream.next.kind === "operator" && stream.next.value === "=") {
      stream.take();
      stream.take();
      args.push({ kind: "keyword", name, value: parsers.parseExpression(stream) });
    } else {
      args.push({ kind: "positional", name: "", value: parsers.parseExpression(stream) });
    }
    const last = args.pop();
    if (last !== undefined) {
      const isMisplaced =
        has("double-star") ||
        (last.kind === "star" && has("star")) ||
        (last.kind === "positional" && has("star", "keyword"));
      if (isMisplaced) {
        stream.fail("arguments of a call are in no order that Jinja takes");
      }
      args.push(last);
    }
  }
  stream.expect("operator", ")");
  return args;
}

/** Filters, tests, and calls of what they give. */
export function parseFilters(
  stream: TokenStream,
  start: Expression,
  parsers: Parsers,
  onlyFilters = false,
): Expression {
  let object = start;
  for (;;) {
    if (stream.isOperator("|")) {
      const { at } = stream.take();
      const name = parsers.dottedName(stream);
      const args = stream.isOperator("(") ? parseArguments(stream, parsers) : [];
      object = node({ kind: "filter", at, object, name, args }, [object, ...values(args)]);
    } else if (!onlyFilters && stream.isName("is")) {
      object = parseTest(stream, object, parsers);
    } else if (!onlyFilters && stream.isOperator("(")) {
      object = parseCall(stream, object, parsers);
    } else {
      return object;
    }
  }
}

function parseTest(stream: TokenStream, object: Expression, parsers: Parsers): Expression {
  const { at } = stream.take();
  const isNegated = stream.skip("name", "not");
  const name = parsers.dottedName(stream);
  const args: Argument[] = [];
  if (stream.isOperator("(")) {
    args.push(...parseArguments(stream, parsers));
  } else if (startsPrimary(stream)) {
    if (stream.isName("is")) {
      stream.fail("tests do not follow one another");
    }
    const first = stream.nested(() => parsePrimary(stream, parsers));
    args.push({ kind: "positional", name: "", value: parsePostfix(stream, first, parsers) });
  }
  const test = node({ kind: "test", at, object, name, args }, [object, ...values(args)]);
  return isNegated ? node({ kind: "unary", at, operator: "not", operand: test }, [test]) : test;
}

function startsPrimary(stream: TokenStream): boolean {
  const { kind, value } = stream.current;
  return (
    kind === "string" ||
    kind === "number" ||
    (kind === "name" && !["else", "or", "and"].includes(value)) ||
    (kind === "operator" && (value === "[" || value === "{"))
  );
}
