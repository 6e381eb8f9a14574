/** Makes nodes of expressions, each with how deep it is: chains such as `a + b + …` are deep without brackets. */

import type { Argument, Expression } from "./syntax.ts";
import { SyntaxProblem } from "./syntax-problem.ts";

/** Walkers recurse over nodes, so they may not lie deeper than any stack bears. */
const DEEPEST = 400;

type Shape<Node> = Node extends unknown ? Omit<Node, "depth"> : never;
type ExpressionShape = Shape<Expression>;

/** A node over others. */
export function node(
  shape: ExpressionShape,
  parts: readonly (Expression | undefined)[] = [],
): Expression {
  let depth = 0;
  for (const part of parts) {
    depth = Math.max(depth, part?.depth ?? 0);
  }
  if (depth >= DEEPEST) {
    throw new SyntaxProblem(`an expression has more than ${DEEPEST} steps`, shape.at, true);
  }
  return { ...shape, depth: depth + 1 };
}

export function values(args: readonly Argument[]): readonly Expression[] {
  return args.map(({ value }) => value);
}
