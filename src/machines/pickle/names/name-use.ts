/** A global name that a stream looks up, and what becomes of it. */

import type { Danger } from "../effects/dangerous-names.ts";
import type { RichNode } from "../value.ts";
import type { KnownName } from "./known-name.ts";

/** How the machine came to know the name. */
export type Origin = "literal" | "folded" | "computed";

export const USED = { IMPORTED: 1, CALLED: 2, INSTANTIATED: 4, BUILT: 8 } as const;

export interface NameUse {
  /** As the stream has it; null where it cannot be folded. */
  readonly module: string | null;
  readonly name: string | null;
  readonly origin: Origin;
  /** Position of the first look-up. */
  readonly offset: number;
  /** Names that readers resolve it to: itself, and what Python 3 maps a Python 2 name to. */
  readonly resolved: readonly { readonly module: string; readonly name: string }[];
  readonly known: KnownName | undefined;
  readonly danger: Danger | undefined;
  /** Set where the name walks through attributes of a module or past a class. */
  readonly walk: boolean;
  /** Bits of `USED`. */
  used: number;
  lookups: number;
  /** Number of calls. */
  calls: number;
  /** What it is called in the tables of functions that are folded, once it was asked for. */
  canonical?: readonly string[];
  /** Whether it is one of those, once it was asked for. */
  folds?: boolean;
  /** Where a call of it leads that is judged there instead, once it was asked for. */
  leadsTo?: "attribute" | "type" | "call" | "nothing else";
  /** Whether it is some class's `__new__`, once it was asked for. */
  instantiates?: boolean;
  /** What its calls give when one result is as good as another. */
  result?: RichNode;
}

/** `module.name` for people. */
export function displayName(use: NameUse): string {
  return use.module === null ? "a computed name" : `${use.module}.${use.name ?? "?"}`;
}
