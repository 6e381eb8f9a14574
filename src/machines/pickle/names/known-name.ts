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
  | "set"
  | "known"
  | "class"
  | "calls"
  | "keeps"
  | "..."
  /** One of these literal values. */
  | { readonly is: readonly (string | number | boolean | null)[] }
  /** A reference to one of these, as `module.name`. */
  | { readonly class: readonly string[] }
  /** A reference to a class that is then instantiated, called, …: it is judged by itself there. */
  | { readonly may: Allowed }
  /** What a call of one of these returned. */
  | { readonly from: readonly string[] }
  /** Text that this regular expression matches whole. */
  | { readonly matches: string }
  /** A tuple of exactly these. */
  | { readonly tuple: readonly Pattern[] }
  /** A dict in which these keys, where they occur, have such values; the others are known. */
  | { readonly attributes: Readonly<Record<string, Pattern>> }
  /** A reference to an enumeration. */
  | { readonly enum: true }
  /** Literal bytes that will be unpickled. */
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
  /** What the state of BUILD must be; omitted: known. */
  readonly state: Pattern | undefined;
  /** Position of the argument that is the class of the result. */
  readonly makes: number | undefined;
  /** What the call does with its arguments, and why that is harmless. */
  readonly does: string;
  readonly why: string;
  readonly library: string;
}
