/** Walks over templates: the parts of statements and expressions, outermost first. */

import type { Body, Expression, Parameter, Statement } from "../../codecs/jinja/syntax.ts";

/** Expressions that an expression is made of. */
export function partsOf(expression: Expression): readonly (Expression | undefined)[] {
  switch (expression.kind) {
    case "list":
    case "tuple":
    case "concat":
      return expression.items;
    case "dict":
      return expression.pairs.flat();
    case "attribute":
      return [expression.object];
    case "item":
      return [expression.object, expression.index];
    case "slice":
      return expression.parts;
    case "call":
      return [expression.callee, ...expression.args.map(({ value }) => value)];
    case "filter":
    case "test":
      return [expression.object, ...expression.args.map(({ value }) => value)];
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "compare":
      return [expression.first, ...expression.rest.map(({ value }) => value)];
    case "condition":
      return [expression.test, expression.chosen, expression.otherwise];
    default:
      return [];
  }
}

function fallbacks(parameters: readonly Parameter[]): (Expression | undefined)[] {
  return parameters.map(({ fallback }) => fallback);
}

/** Expressions of a statement, without those of its bodies. */
export function expressionsOf(statement: Statement): readonly (Expression | undefined)[] {
  switch (statement.kind) {
    case "print":
    case "do":
    case "autoescape":
      return [statement.value];
    case "for":
      return [statement.iterable, statement.test];
    case "if":
      return statement.branches.map(({ test }) => test);
    case "macro":
      return fallbacks(statement.parameters);
    case "call":
      return [statement.call, ...fallbacks(statement.parameters)];
    case "filter":
      return [statement.filter];
    case "set":
      return [statement.value];
    case "set-block":
      return [statement.filter];
    case "include":
    case "extends":
    case "import":
      return [statement.template];
    case "with":
      return statement.bindings.map(([, value]) => value);
    default:
      return [];
  }
}

/** Statements that lie in a statement. */
export function bodiesOf(statement: Statement): readonly Body[] {
  switch (statement.kind) {
    case "for":
      return [statement.body, statement.otherwise];
    case "if":
      return [...statement.branches.map(({ body }) => body), statement.otherwise];
    case "macro":
    case "call":
    case "filter":
    case "set-block":
    case "block":
    case "with":
    case "autoescape":
    case "generation":
      return [statement.body];
    default:
      return [];
  }
}

/** All expressions of a body, with what they are made of. */
export function* expressionsIn(body: Body): Generator<Expression> {
  for (const statement of statementsOf(body)) {
    for (const expression of expressionsOf(statement)) {
      yield* within(expression);
    }
  }
}

/** All statements of a body, outermost first. */
export function* statementsOf(body: Body): Generator<Statement> {
  const waiting = [body.values()];
  for (;;) {
    const inner = waiting.at(-1);
    if (inner === undefined) {
      return;
    }
    const { value, done } = inner.next();
    if (done === true) {
      waiting.pop();
    } else {
      yield value;
      for (const part of bodiesOf(value).toReversed()) {
        waiting.push(part.values());
      }
    }
  }
}

/** An expression and all that it is made of. */
export function* within(expression: Expression | undefined): Generator<Expression> {
  const waiting = [expression];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (next !== undefined) {
      yield next;
      for (const part of partsOf(next)) {
        waiting.push(part);
      }
    }
  }
}
