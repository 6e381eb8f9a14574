/**
 * Names that a pickle must not call: what they would do, in words. The list decides how loud a scan is and which
 * words it uses, never what is clean: names that are neither here nor known to be harmless are `unknown`. Data:
 * `assets/dangerous-names.json`.
 */

import { invariant } from "../../../kernel/errors.ts";
import type { Implication } from "../../../kernel/verdict.ts";
import { DangerTable } from "./danger-table.ts";
import type { DangerAsset, DangerGroup, Writes } from "./danger-table.ts";
import { EFFECT_NAMES } from "./effects.ts";
import type { Effect } from "./effects.ts";
import { moduleAliases } from "./module-aliases.ts";
import { walkAttributes } from "./walk-attributes.ts";

export interface Danger {
  readonly effect: Effect;
  /** Verb phrase after "would" and "could". */
  readonly does: string;
  /** The same with places for arguments, `{0}` the first. */
  readonly sentence?: string;
  /** When a call changes files. */
  readonly write?: Writes;
  /** Replaces what the effect implies. */
  readonly implies?: { readonly called: Implication; readonly referenced: Implication };
  /** The module in whose entry the name was found: `os` for `posix.system` and for `random._os.system`. */
  readonly module: string;
  readonly name: string;
  readonly references: readonly string[];
  /** The whole module is listed, and this name of it not by itself. */
  readonly whole: boolean;
}

export interface DangerousNames {
  /** What calling `module.qualname` would do; undefined for a name that is not listed. */
  lookup(module: string, qualname: string): Danger | undefined;
  /**
   * What is reached by walking from a module through attributes: another module (`random` and `_os.system`), or
   * an attribute from which everything can be reached (`__globals__`).
   */
  lookupDotted(module: string, qualname: string): Danger | undefined;
}

/** Indexes the parsed `assets/dangerous-names.json`. Throws where that is not what it should be. */
export function loadDangerousNames(asset: unknown): DangerousNames {
  invariant(isAsset(asset), "the table of dangerous names is not one");
  const table = new DangerTable(asset);
  const advisories = new Map(Object.entries(asset.advisories ?? {}));

  function toDanger(group: DangerGroup, whole: boolean, module: string, name: string): Danger {
    const { effect, does, sentence, write, implies, references = [] } = group;
    const own = advisories.get(`${module}.${name}`);
    return {
      effect,
      does,
      ...(sentence === undefined ? {} : { sentence }),
      ...(write === undefined ? {} : { write }),
      ...(implies === undefined ? {} : { implies }),
      module,
      name,
      references: own === undefined ? references : [...references, ...own],
      whole,
    };
  }

  function find(module: string, qualname: string): Danger | undefined {
    let fallback: Danger | undefined;
    for (const alias of moduleAliases(module)) {
      const found = table.find(alias, qualname);
      if (found !== undefined && !found.whole) {
        return toDanger(found.group, false, alias, qualname);
      }
      if (found !== undefined) {
        fallback ??= toDanger(found.group, true, alias, qualname);
      }
    }
    return fallback ?? programModule(module, qualname);
  }

  function lookupDotted(module: string, qualname: string): Danger | undefined {
    return walkAttributes(module, qualname, {
      lookup: find,
      isRoot: (name) => table.roots.has(name),
      wholeModule: (name) => {
        const group = table.wholeModule(name);
        return group === undefined ? undefined : toDanger(group, true, name, "");
      },
    });
  }

  return {
    lookup(module, qualname) {
      const found = find(module, qualname);
      // `tempfile` is listed as a whole, and `tempfile._os.system` is worse than what tempfile does.
      return found?.whole === true ? worse(found, lookupDotted(module, qualname)) : found;
    },
    lookupDotted,
  };
}

function worse(whole: Danger, walked: Danger | undefined): Danger {
  if (walked === undefined) {
    return whole;
  }
  const { effect } = walked;
  return EFFECT_NAMES.indexOf(effect) <= EFFECT_NAMES.indexOf(whole.effect) ? walked : whole;
}

/** `package.__main__`: looking up anything in it imports it, which runs the program. */
function programModule(module: string, name: string): Danger | undefined {
  return module.endsWith(".__main__")
    ? {
        effect: "import",
        does: "import the main module of a package, which runs its program",
        module,
        name,
        references: [],
        whole: true,
      }
    : undefined;
}

function isAsset(asset: unknown): asset is DangerAsset {
  return (
    typeof asset === "object" && asset !== null && "groups" in asset && Array.isArray(asset.groups)
  );
}
