/** One name for what goes by several, for the tables of functions that are folded. */

import type { NameUse } from "../names/name-use.ts";

/** `module.name` without the private twins of modules: `_codecs.encode` is `codecs.encode`. */
export function canonical(use: NameUse): readonly string[] {
  use.canonical ??= canonicalNames(use);
  return use.canonical;
}

function canonicalNames(use: NameUse): string[] {
  return use.resolved.map(
    ({ module, name }) =>
      `${module
        .replace(/^_+(?=[a-z])/, "")
        .replace(/^_builtin__$/, "builtins")
        .replace(/^builtin__$/, "builtins")
        .replace(/^copy_reg$/, "copyreg")}.${name}`,
  );
}
