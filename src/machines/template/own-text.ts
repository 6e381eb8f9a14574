/**
 * Whether an expression is made of the template's own constants alone, however it is computed: a key that comes from
 * data is ordinary, and one that a template builds for itself where it could have been written out is hidden.
 */

import type { Expression } from "../../codecs/jinja/syntax.ts";
import type { Bindings } from "./bindings.ts";
import { FUNCTIONS } from "./names.ts";
import { nameOf } from "./targets.ts";
import { within } from "./walk.ts";

/** Names that are followed for one expression. */
const MOST_NAMES = 64;
/** Assignments of one name that are looked at. */
const MOST_BINDINGS = 64;

export function isOwnText(expression: Expression, { of, macros }: Bindings): boolean {
  const seen = new Set<string>();
  const waiting = [expression];
  while (waiting.length > 0) {
    for (const part of within(waiting.pop())) {
      const name = nameOf(part);
      if (name === undefined || seen.has(name) || FUNCTIONS.has(name) || macros.has(name)) {
        continue;
      }
      const bindings = of.get(name);
      if (bindings === undefined && part.kind === "attribute") {
        continue;
      }
      seen.add(name);
      if (bindings === undefined || seen.size > MOST_NAMES) {
        return false;
      }
      for (const binding of bindings.slice(0, MOST_BINDINGS)) {
        if (binding.kind === "open" || binding.kind === "block") {
          return false;
        }
        waiting.push(binding.kind === "value" ? binding.value : binding.of);
      }
    }
  }
  return true;
}
