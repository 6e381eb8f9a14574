/**
 * Statements: those of Jinja 2, of its extensions `do` and `loopcontrols`, and `generation`, which transformers adds.
 * Whether names of filters, tests and blocks exist is not asked: Jinja asks that later. Specification: the template
 * designer documentation of Jinja 3.1.
 */

import { tokenize } from "./lexer.ts";
import { node } from "./nodes.ts";
import { parseBlockFilter, parseExpression, parseTuple } from "./parse-expression.ts";
import { isReserved } from "./parse-primary.ts";
import type { Body, Expression, Parameter, Statement } from "./syntax.ts";
import { SyntaxProblem } from "./syntax-problem.ts";
import { TokenStream } from "./token-stream.ts";

export interface TemplateProblem {
  /** Half a sentence. */
  readonly message: string;
  /** In UTF-16 units. */
  readonly at: number;
  readonly isLimit: boolean;
}

export interface ParsedTemplate {
  /** Empty where there is a problem. */
  readonly body: Body;
  readonly problem: TemplateProblem | undefined;
}

/** Parses a template. Never throws because of content. */
export function parseTemplate(text: string): ParsedTemplate {
  try {
    const stream = new TokenStream(tokenize(text));
    return { body: parseBody(stream, []), problem: undefined };
  } catch (error) {
    if (error instanceof SyntaxProblem) {
      const { message, at, isLimit } = error;
      return { body: [], problem: { message, at, isLimit } };
    }
    throw error;
  }
}

/** Statements up to a tag that begins with one of the names, or to the end of the text. */
function parseBody(stream: TokenStream, until: readonly string[]): Statement[] {
  const body: Statement[] = [];
  for (;;) {
    const { kind, at, value } = stream.current;
    if (kind === "end") {
      if (until.length > 0) {
        stream.fail(`${until.join(" or ")} is missing`);
      }
      return body;
    }
    stream.take();
    if (kind === "text") {
      body.push({ kind: "text", at, text: value });
    } else if (kind === "variable-begin") {
      body.push({ kind: "print", at, value: parseTuple(stream) });
      stream.expect("variable-end");
    } else {
      if (stream.isName(...until)) {
        return body;
      }
      body.push(...stream.nested(() => parseStatement(stream)));
      stream.expect("block-end");
    }
  }
}

/** The body of a block whose opening tag ends here. Leaves the tag that ends it, without its name. */
function parseBlock(stream: TokenStream, ...until: readonly string[]): Statement[] {
  stream.skip("operator", ":");
  stream.expect("block-end");
  return parseBody(stream, until);
}

function parseClosed(stream: TokenStream, end: string): Statement[] {
  const body = parseBlock(stream, end);
  stream.take();
  return body;
}

function parseStatement(stream: TokenStream): Statement[] {
  const { value, at } = stream.expect("name");
  const parse = Object.hasOwn(STATEMENTS, value) ? STATEMENTS[value] : undefined;
  if (parse === undefined) {
    throw new SyntaxProblem("a tag that Jinja does not know", at);
  }
  const parsed = parse(stream, at);
  return Array.isArray(parsed) ? parsed : [parsed];
}

type StatementParser = (stream: TokenStream, at: number) => Statement | Statement[];

const STATEMENTS: Readonly<Record<string, StatementParser>> = {
  for: parseFor,
  if: parseIf,
  set: parseSet,
  macro: parseMacro,
  call: parseCall,
  block: parseNamedBlock,
  include: parseInclude,
  import: parseImport,
  from: parseFrom,
  with: parseWith,
  print: parsePrint,
  extends: (stream, at) => ({ kind: "extends", at, template: parseExpression(stream) }),
  filter: (stream, at) => {
    const filter = parseBlockFilter(stream);
    return { kind: "filter", at, filter, body: parseClosed(stream, "endfilter") };
  },
  autoescape: (stream, at) => {
    const value = parseExpression(stream);
    return { kind: "autoescape", at, value, body: parseClosed(stream, "endautoescape") };
  },
  generation: (stream, at) => ({
    kind: "generation",
    at,
    body: parseClosed(stream, "endgeneration"),
  }),
  do: (stream, at) => ({ kind: "do", at, value: parseTuple(stream) }),
  break: (_stream, at) => ({ kind: "break", at }),
  continue: (_stream, at) => ({ kind: "continue", at }),
};

function parseFor(stream: TokenStream, at: number): Statement {
  const target = parseTarget(stream);
  stream.expect("name", "in");
  const iterable = parseTuple(stream, { noCondition: true });
  const test = stream.skip("name", "if") ? parseExpression(stream) : undefined;
  stream.skip("name", "recursive");
  const body = parseBlock(stream, "endfor", "else");
  const otherwise = stream.take().value === "else" ? parseClosed(stream, "endfor") : [];
  return { kind: "for", at, target, iterable, test, body, otherwise };
}

function parseIf(stream: TokenStream, at: number): Statement {
  const branches: { test: Expression; body: Body }[] = [];
  let end: string;
  do {
    const test = parseTuple(stream, { noCondition: true });
    branches.push({ test, body: parseBlock(stream, "elif", "else", "endif") });
    end = stream.take().value;
  } while (end === "elif");
  const otherwise = end === "else" ? parseClosed(stream, "endif") : [];
  return { kind: "if", at, branches, otherwise };
}

function parseSet(stream: TokenStream, at: number): Statement {
  const target = parseTarget(stream, true);
  if (stream.skip("operator", "=")) {
    return { kind: "set", at, target, value: parseTuple(stream) };
  }
  const filter = stream.skip("operator", "|") ? parseBlockFilter(stream) : undefined;
  return { kind: "set-block", at, target, filter, body: parseClosed(stream, "endset") };
}

/** A name, a tuple of names, or, where it may be, an attribute of a namespace. */
function parseTarget(stream: TokenStream, mayBeNamespace = false): Expression {
  const { at } = stream.current;
  if (mayBeNamespace && stream.next.kind === "operator" && stream.next.value === ".") {
    const object = node({ kind: "name", at, name: stream.expect("name").value });
    stream.take();
    return node({ kind: "attribute", at, object, name: stream.expect("name").value }, [object]);
  }
  const target = parseTuple(stream, { isTarget: true });
  if (!isTarget(target)) {
    throw new SyntaxProblem("nothing can be assigned to that", at);
  }
  return target;
}

function isTarget(target: Expression): boolean {
  return target.kind === "tuple" ? target.items.every(isTarget) : target.kind === "name";
}

function parseName(stream: TokenStream): string {
  const { value, at } = stream.expect("name");
  if (isReserved(value)) {
    throw new SyntaxProblem("nothing can be assigned to that", at);
  }
  return value;
}

function parseParameters(stream: TokenStream): Parameter[] {
  stream.expect("operator", "(");
  const parameters: Parameter[] = [];
  while (!stream.isOperator(")")) {
    if (parameters.length > 0) {
      stream.expect("operator", ",");
    }
    const name = parseName(stream);
    const fallback = stream.skip("operator", "=") ? parseExpression(stream) : undefined;
    if (fallback === undefined && parameters.at(-1)?.fallback !== undefined) {
      stream.fail("a parameter without a default follows one that has it");
    }
    parameters.push({ name, fallback });
  }
  stream.expect("operator", ")");
  return parameters;
}

function parseMacro(stream: TokenStream, at: number): Statement {
  const name = parseName(stream);
  const parameters = parseParameters(stream);
  return { kind: "macro", at, name, parameters, body: parseClosed(stream, "endmacro") };
}

function parseCall(stream: TokenStream, at: number): Statement {
  const parameters = stream.isOperator("(") ? parseParameters(stream) : [];
  const call = parseExpression(stream);
  if (call.kind !== "call") {
    stream.fail("a call block calls nothing");
  }
  return { kind: "call", at, call, parameters, body: parseClosed(stream, "endcall") };
}

function parseNamedBlock(stream: TokenStream, at: number): Statement {
  const name = stream.expect("name").value;
  stream.skip("name", "scoped");
  const isRequired = stream.skip("name", "required");
  const body = parseClosed(stream, "endblock");
  stream.skip("name", name);
  if (isRequired && !body.every((part) => part.kind === "text" && part.text.trim() === "")) {
    throw new SyntaxProblem("a required block is not empty", at);
  }
  return { kind: "block", at, name, body };
}

function parseContext(stream: TokenStream): boolean {
  const { next } = stream;
  const found =
    stream.isName("with", "without") && next.kind === "name" && next.value === "context";
  if (found) {
    stream.take();
    stream.take();
  }
  return found;
}

function parseInclude(stream: TokenStream, at: number): Statement {
  const template = parseExpression(stream);
  if (stream.isName("ignore") && stream.next.kind === "name" && stream.next.value === "missing") {
    stream.take();
    stream.take();
  }
  parseContext(stream);
  return { kind: "include", at, template };
}

function parseImport(stream: TokenStream, at: number): Statement {
  const template = parseExpression(stream);
  stream.expect("name", "as");
  const names = [parseName(stream)];
  parseContext(stream);
  return { kind: "import", at, template, names };
}

function parseFrom(stream: TokenStream, at: number): Statement {
  const template = parseExpression(stream);
  stream.expect("name", "import");
  const names: string[] = [];
  do {
    if (!stream.is("name")) {
      stream.fail("a name is missing");
    }
    if (parseContext(stream)) {
      break;
    }
    const name = parseName(stream);
    if (name.startsWith("_")) {
      stream.fail("a name that begins with an underscore is not imported");
    }
    names.push(stream.skip("name", "as") ? parseName(stream) : name);
  } while (!parseContext(stream) && stream.skip("operator", ","));
  return { kind: "import", at, template, names };
}

function parseWith(stream: TokenStream, at: number): Statement {
  const bindings: (readonly [Expression, Expression])[] = [];
  while (!stream.is("block-end")) {
    if (bindings.length > 0) {
      stream.expect("operator", ",");
    }
    const target = parseTarget(stream);
    stream.expect("operator", "=");
    bindings.push([target, parseExpression(stream)]);
  }
  return { kind: "with", at, bindings, body: parseClosed(stream, "endwith") };
}

function parsePrint(stream: TokenStream, at: number): Statement[] {
  const statements: Statement[] = [];
  while (!stream.is("block-end")) {
    if (statements.length > 0) {
      stream.expect("operator", ",");
    }
    statements.push({ kind: "print", at, value: parseExpression(stream) });
  }
  return statements;
}
