/** Names that are known to be harmless: data with reasons, read from `assets/known-names`. */

/** What a pickle may do with a known name besides referring to it. */
export type Allowed = "instantiate" | "build" | "call" | "items";

/** What an argument must be; see `pattern.ts`. */
export type Pattern =
  | "plain"
  | "str"
  | "bytes"
  | "int"
  | "number"
  | "bool"
  | "none"
  | "tuple"
  | "dict"
  | "list"
  | "known"
  | "class"
  | "calls"
  | "keeps"
  | "..."
  | { readonly is: readonly (string | number | boolean | null)[] }
  | { readonly class: readonly string[] }
  | { readonly enum: true }
  | { readonly nested: "pickle" | "pytorch" }
  | { readonly oneOf: readonly Pattern[] }
  | { readonly optional: Pattern };

export interface KnownName {
  readonly module: string;
  readonly name: string;
  readonly kind: "class" | "enum" | "function" | "value";
  readonly allow: ReadonlySet<Allowed>;
  /** Omitted: every argument must itself be known. */
  readonly arguments: readonly Pattern[] | undefined;
  /** What the call does with its arguments, and why that is harmless. */
  readonly does: string;
  readonly why: string;
  readonly library: string;
}
