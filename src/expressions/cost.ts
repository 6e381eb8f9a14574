/**
 * How much work a condition can make, known before it is evaluated. Only macros repeat anything, so that a node costs
 * its weight times the longest list for each macro around it. That holds because nothing can grow inside a macro: there,
 * sums have a literal side, and lists and maps hold literals only. Otherwise a chain of `map` doubles a value at each
 * step, which is how small conditions take all memory.
 */

import type { Extent } from "./cel-value.ts";
import { MAX_MACROS } from "./limits.ts";

/** What a node of the syntax tree is; the rest of it is the implementation's. */
export interface SyntaxNode {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
}

export interface Misuse {
  readonly message: string;
  readonly offset: number;
}

/** Nodes by how many macros they lie in, and what each costs. */
export interface Cost {
  work(extent: Extent): number;
}

const MACROS = words("all exists exists_one map filter");
/** What may be called. `lowerAscii` folds more than ASCII there, and what splits, joins or decodes makes values grow. */
const METHODS = words(
  "all exists exists_one map filter startsWith endsWith contains matches size indexOf substring trim",
  "getFullYear getMonth getDate getDayOfWeek getHours getMinutes getSeconds",
);
const FUNCTIONS = words("has size int uint double string bool timestamp duration type dyn");
const GROWING = "inside a macro, one side of + is a literal, and lists and maps hold literals only";

type Weight = "step" | "text" | "pattern" | "deep";

/** Looks through a syntax tree: what must not be there, else what it costs. */
export function measureCost(root: SyntaxNode): Misuse | Cost {
  const nodes: { weight: Weight; depth: number }[] = [];
  let sums = 0;
  const literals = { longest: 0, longestText: 0 };
  const open: { node: SyntaxNode; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    const misuse = misuseOf(node, depth);
    if (misuse !== undefined) {
      return { message: misuse, offset: node.start };
    }
    sums += node.op === "+" ? 1 : 0;
    nodes.push({ weight: weightOf(node), depth });
    const children = childrenOf(node);
    literals.longest = Math.max(literals.longest, node.op === "list" ? children.length : 0);
    literals.longestText = Math.max(literals.longestText, textOf(node).length);
    for (const [child, inside] of children) {
      open.push({ node: child, depth: depth + (inside ? 1 : 0) });
    }
  }
  return {
    work: ({ values, longest, longestText }) =>
      workOf(nodes, sums, {
        values,
        longest: Math.max(longest, literals.longest),
        longestText: Math.max(longestText, literals.longestText),
      }),
  };
}

function textOf(node: SyntaxNode): string {
  return node.op === "value" && typeof node.args === "string" ? node.args : "";
}

function words(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(" ")));
}

function workOf(
  nodes: readonly { weight: Weight; depth: number }[],
  sums: number,
  { values, longest, longestText }: Extent,
): number {
  // A sum outside of macros is at most as long as all its parts.
  const items = Math.max(1, longest * (sums + 1));
  const text = longestText * (sums + 1);
  const weights = { step: 1, text: 1 + text / 64, pattern: 1 + text, deep: 1 + values / 4 };
  return nodes.reduce((total, { weight, depth }) => total + weights[weight] * items ** depth, 0);
}

function weightOf(node: SyntaxNode): Weight {
  if (node.op === "rcall") {
    const [name] = node.args as readonly [string];
    if (name === "matches") {
      return "pattern";
    }
    return MACROS.has(name) ? "step" : "text";
  }
  if (node.op === "==" || node.op === "!=" || node.op === "in") {
    return (node.args as readonly SyntaxNode[]).some(isLiteral) ? "step" : "deep";
  }
  return "step";
}

function misuseOf(node: SyntaxNode, depth: number): string | undefined {
  if (depth > MAX_MACROS) {
    return `more than ${MAX_MACROS} macros lie inside one another`;
  }
  if (node.op === "rcall" || node.op === "call") {
    const [name] = node.args as readonly [string];
    const known = node.op === "rcall" ? METHODS : FUNCTIONS;
    if (!known.has(name)) {
      return `there is no function ${name} in conditions`;
    }
  }
  if (depth > 0 && node.op === "+" && !(node.args as readonly SyntaxNode[]).some(isLiteral)) {
    return GROWING;
  }
  if (depth > 0 && (node.op === "list" || node.op === "map")) {
    return childrenOf(node).every(([child]) => isLiteral(child)) ? undefined : GROWING;
  }
  return undefined;
}

/** A value as it is written, or a list of such. */
function isLiteral(node: SyntaxNode): boolean {
  return (
    node.op === "value" ||
    (node.op === "-_" && isLiteral(node.args as SyntaxNode)) ||
    (node.op === "list" && (node.args as readonly SyntaxNode[]).every(({ op }) => op === "value"))
  );
}

/** Nodes below a node, and whether each is repeated by it. */
export function childrenOf(node: SyntaxNode): readonly (readonly [SyntaxNode, boolean])[] {
  if (node.op === "rcall") {
    const [name, receiver, given] = node.args as readonly [string, SyntaxNode, SyntaxNode[]];
    return [[receiver, false], ...given.map((child) => [child, MACROS.has(name)] as const)];
  }
  const found: (readonly [SyntaxNode, boolean])[] = [];
  collect(node.args, found);
  return found;
}

function collect(value: unknown, found: (readonly [SyntaxNode, boolean])[]): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      collect(item, found);
    }
  } else if (isNode(value)) {
    found.push([value, false]);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
