/**
 * The syntax tree of a template: what Jinja 2 parses, without whitespace control, which changes no meaning.
 * `at` is where a node begins, in UTF-16 units of the text; `depth` bounds how far walkers recurse.
 */

export type Constant = string | number | boolean | null;

interface Node {
  readonly at: number;
  readonly depth: number;
}

export interface Argument {
  readonly kind: "positional" | "keyword" | "star" | "double-star";
  readonly name: string;
  readonly value: Expression;
}

export type Expression = Node &
  (
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "constant"; readonly value: Constant }
    | { readonly kind: "list" | "tuple" | "concat"; readonly items: readonly Expression[] }
    | { readonly kind: "dict"; readonly pairs: readonly (readonly [Expression, Expression])[] }
    | { readonly kind: "attribute"; readonly object: Expression; readonly name: string }
    | { readonly kind: "item"; readonly object: Expression; readonly index: Expression }
    /** Start, stop and step; only inside brackets. */
    | { readonly kind: "slice"; readonly parts: readonly (Expression | undefined)[] }
    | { readonly kind: "call"; readonly callee: Expression; readonly args: readonly Argument[] }
    /** Without an object it takes the text of its block. */
    | {
        readonly kind: "filter" | "test";
        readonly object: Expression | undefined;
        readonly name: string;
        readonly args: readonly Argument[];
      }
    | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression }
    | {
        readonly kind: "binary";
        readonly operator: string;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: "compare";
        readonly first: Expression;
        readonly rest: readonly { readonly operator: string; readonly value: Expression }[];
      }
    | {
        readonly kind: "condition";
        readonly test: Expression;
        readonly chosen: Expression;
        readonly otherwise: Expression | undefined;
      }
  );

export interface Parameter {
  readonly name: string;
  readonly fallback: Expression | undefined;
}

export type Body = readonly Statement[];

export type Statement = { readonly at: number } & (
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print" | "do"; readonly value: Expression }
  | {
      readonly kind: "for";
      readonly target: Expression;
      readonly iterable: Expression;
      readonly test: Expression | undefined;
      readonly body: Body;
      readonly otherwise: Body;
    }
  | {
      readonly kind: "if";
      readonly branches: readonly { readonly test: Expression; readonly body: Body }[];
      readonly otherwise: Body;
    }
  | {
      readonly kind: "macro";
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: Body;
    }
  | {
      readonly kind: "call";
      readonly call: Expression;
      readonly parameters: readonly Parameter[];
      readonly body: Body;
    }
  | { readonly kind: "filter"; readonly filter: Expression; readonly body: Body }
  | { readonly kind: "set"; readonly target: Expression; readonly value: Expression }
  | {
      readonly kind: "set-block";
      readonly target: Expression;
      readonly filter: Expression | undefined;
      readonly body: Body;
    }
  | { readonly kind: "block"; readonly name: string; readonly body: Body }
  | { readonly kind: "include" | "extends"; readonly template: Expression }
  | {
      readonly kind: "import";
      readonly template: Expression;
      /** Names that it defines. */
      readonly names: readonly string[];
    }
  | {
      readonly kind: "with";
      readonly bindings: readonly (readonly [Expression, Expression])[];
      readonly body: Body;
    }
  | { readonly kind: "autoescape"; readonly value: Expression; readonly body: Body }
  | { readonly kind: "generation"; readonly body: Body }
  | { readonly kind: "break" | "continue" }
);
