/**
 * The shape of `assets/dangerous-names.json` and its index. A group names modules as a whole, single names of
 * modules (`"os": "system popen"`), names anywhere in a package (`"pandas.*": "read_pickle"`), methods of any
 * class (`"*.from_pretrained"`) and all methods of one (`"Logger.*"`). The strings are split when a module
 * is first asked for: a scan meets few of them.
 */

import { invariant } from "../../../kernel/errors.ts";
import type { Implication } from "../../../kernel/verdict.ts";
import { EFFECTS } from "./effects.ts";
import type { Effect } from "./effects.ts";

/** When a call changes files: always, or when the mode at this position says so. */
export type Writes =
  | "always"
  | {
      /** Position of a mode such as `"w"`; without that argument the call reads. */
      readonly mode: number;
      /** Template of the sentence for writing. */
      readonly sentence: string;
    };

export interface DangerGroup {
  readonly effect: Effect;
  /** Verb phrase after "would" and "could". */
  readonly does: string;
  /** The same with arguments in it: `run the shell command {0}`. */
  readonly sentence?: string;
  readonly write?: Writes;
  /** Replaces what the effect implies. */
  readonly implies?: { readonly called: Implication; readonly referenced: Implication };
  readonly modules?: readonly string[];
  /** Modules, and `module:Name Name`, that `modules` does not cover. */
  readonly except?: readonly string[];
  readonly names?: Readonly<Record<string, string>>;
  readonly references?: readonly string[];
}

export interface DangerAsset {
  readonly groups: readonly DangerGroup[];
  /** Advisories by `module.name`. */
  readonly advisories?: Readonly<Record<string, readonly string[]>>;
}

interface Names {
  readonly exact: Map<string, DangerGroup>;
  /** `*.name`: in any class. */
  readonly methods: Map<string, DangerGroup>;
}

interface Pending {
  readonly group: DangerGroup;
  readonly names: string;
}

export interface Found {
  readonly group: DangerGroup;
  readonly whole: boolean;
}

/** Qualified names of real classes are short; longer ones are judged by their first components. */
const MAX_COMPONENTS = 8;

export class DangerTable {
  readonly #modules = new Map<string, Pending[]>();
  readonly #packages = new Map<string, Pending[]>();
  readonly #whole = new Map<string, DangerGroup>();
  readonly #except = new Map<string, Set<string>>();
  readonly #split = new Map<Pending[], Names>();
  /** First components of all modules in the table. */
  readonly roots = new Set<string>();

  constructor(asset: DangerAsset) {
    for (const group of asset.groups) {
      invariant(Object.hasOwn(EFFECTS, group.effect), `no such effect: ${group.effect}`);
      for (const module of group.modules ?? []) {
        this.#addRoot(module);
        if (!this.#whole.has(module)) {
          this.#whole.set(module, group);
        }
      }
      for (const [module, names] of Object.entries(group.names ?? {})) {
        this.#addRoot(module);
        const inPackage = module.endsWith(".*");
        append(
          inPackage ? this.#packages : this.#modules,
          inPackage ? module.slice(0, -2) : module,
          { group, names },
        );
      }
      for (const exception of group.except ?? []) {
        this.#addException(exception);
      }
    }
  }

  /** What the table says of a name in a module, spelled exactly so. */
  find(module: string, qualname: string): Found | undefined {
    const group = this.#named(module, qualname);
    if (group !== undefined) {
      return { group, whole: false };
    }
    const names = this.#except.get(module);
    const whole =
      names !== undefined && startsWithAny(qualname, names) ? undefined : this.wholeModule(module);
    return whole === undefined ? undefined : { group: whole, whole: true };
  }

  /** The group that names a module, or a package that it is in, as a whole. */
  wholeModule(module: string): DangerGroup | undefined {
    for (const path of parents(module)) {
      const group = this.#whole.get(path);
      if (group !== undefined) {
        return group;
      }
      // An exception without names takes a module, and what is in it, out of the package around it.
      if (this.#except.get(path)?.size === 0) {
        return undefined;
      }
    }
    return undefined;
  }

  #named(module: string, qualname: string): DangerGroup | undefined {
    const exact = this.#modules.get(module);
    const found = exact === undefined ? undefined : match(this.#names(exact), qualname);
    if (found !== undefined) {
      return found;
    }
    for (const path of parents(module)) {
      const pending = this.#packages.get(path);
      const group = pending === undefined ? undefined : match(this.#names(pending), qualname);
      if (group !== undefined) {
        return group;
      }
    }
    return undefined;
  }

  #names(pending: Pending[]): Names {
    let names = this.#split.get(pending);
    if (names === undefined) {
      names = { exact: new Map(), methods: new Map() };
      for (const { group, names: list } of pending) {
        for (const name of list.split(" ")) {
          const isMethod = name.startsWith("*.");
          const into = isMethod ? names.methods : names.exact;
          const key = isMethod ? name.slice(2) : name;
          if (!into.has(key)) {
            into.set(key, group);
          }
        }
      }
      this.#split.set(pending, names);
    }
    return names;
  }

  #addException(exception: string): void {
    const colon = exception.indexOf(":");
    const module = colon < 0 ? exception : exception.slice(0, colon);
    const names = this.#except.get(module) ?? new Set<string>();
    for (const name of colon < 0 ? [] : exception.slice(colon + 1).split(" ")) {
      names.add(name);
    }
    this.#except.set(module, names);
  }

  #addRoot(module: string): void {
    this.roots.add(module.split(".", 1)[0] ?? module);
  }
}

/** The group of the longest leading part that is listed, else of a method that is. */
function match(names: Names, qualname: string): DangerGroup | undefined {
  const components = qualname.split(".", MAX_COMPONENTS);
  for (let end = components.length; end > 0; end -= 1) {
    const part = components.slice(0, end).join(".");
    const group =
      names.exact.get(part) ?? names.exact.get(`${components.slice(0, end - 1).join(".")}.*`);
    if (group !== undefined) {
      return group;
    }
  }
  for (const component of components.slice(1)) {
    const group = names.methods.get(component);
    if (group !== undefined) {
      return group;
    }
  }
  return undefined;
}

function startsWithAny(qualname: string, names: ReadonlySet<string>): boolean {
  const dot = qualname.indexOf(".");
  return names.has(qualname) || (dot > 0 && names.has(qualname.slice(0, dot)));
}

/** `a.b.c`, `a.b`, `a`. */
function* parents(module: string): Generator<string> {
  let path = module;
  for (;;) {
    yield path;
    const dot = path.lastIndexOf(".");
    if (dot <= 0) {
      return;
    }
    path = path.slice(0, dot);
  }
}

function append(map: Map<string, Pending[]>, key: string, value: Pending): void {
  const list = map.get(key);
  if (list === undefined) {
    map.set(key, [value]);
  } else {
    list.push(value);
  }
}
