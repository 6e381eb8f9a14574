/**
 * Look-up of names: known to be harmless, known to be dangerous, or neither. The tables are data;
 * each library's table is read when a stream first names that library, so a scan pays only for what
 * it meets.
 */

import { readAsset } from "../../../bytes/file-source.ts";
import { loadDangerousNames } from "../effects/dangerous-names.ts";
import type { Danger, DangerousNames } from "../effects/dangerous-names.ts";
import type { Allowed, KnownName, Pattern } from "./known-name.ts";
import { NO_USER_NAMES } from "./user-name.ts";
import type { UserName } from "./user-name.ts";

interface Group {
  readonly kind: KnownName["kind"];
  readonly does: string;
  readonly why: string;
  readonly allow: readonly Allowed[];
  readonly arguments?: readonly Pattern[];
  readonly state?: Pattern;
  readonly makes?: number;
  readonly names: Readonly<Record<string, string>>;
}

interface LibraryFile {
  readonly library: string;
  readonly groups: readonly Group[];
}

const dangerous = new WeakMap<object, DangerousNames>();

/** The index over a table of dangerous names, made once for each table. */
function dangerousNames(asset: unknown): DangerousNames {
  const key = asset as object;
  const known = dangerous.get(key) ?? loadDangerousNames(asset);
  dangerous.set(key, known);
  return known;
}

interface QualifiedName {
  readonly module: string;
  readonly name: string;
}

type Module = Map<string, KnownName>;
type Shared = Omit<KnownName, "module" | "name">;

export class NameTables {
  readonly #read: (path: string) => unknown;
  readonly #files: Readonly<Record<string, string>>;
  readonly #modules = new Map<string, Module>();
  readonly #pending = new Map<string, { readonly names: string; readonly shared: Shared }[]>();
  readonly #loadedFiles = new Set<string>();
  readonly #userNames: readonly UserName[];
  #dangerous: DangerousNames | undefined;
  #both: ReadonlySet<string> | undefined;
  #standardLibrary: ReadonlySet<string> | undefined;
  #python2: { modules: Record<string, string>; names: Record<string, string> } | undefined;

  /** @param read gives a parsed file of `assets/`; tests may hand in tables of their own. */
  constructor(
    userNames: readonly UserName[] = NO_USER_NAMES,
    read: (path: string) => unknown = readAsset,
  ) {
    this.#read = read;
    this.#userNames = userNames;
    this.#files = read("known-names/index.json") as Record<string, string>;
    for (const { module, name, reason } of userNames) {
      this.#modules.set(module, this.#modules.get(module) ?? new Map());
      this.#modules.get(module)?.set(name, {
        module,
        name,
        kind: "class",
        allow: new Set<Allowed>(["instantiate", "build", "call", "items"]),
        arguments: undefined,
        state: undefined,
        makes: undefined,
        does: "as the user states",
        why: reason,
        library: "user",
      });
    }
  }

  get userNames(): readonly UserName[] {
    return this.#userNames;
  }

  known(module: string, name: string): KnownName | undefined {
    const dot = module.indexOf(".");
    const root = dot === -1 ? module : module.slice(0, dot);
    const file = Object.hasOwn(this.#files, root) ? this.#files[root] : undefined;
    if (file !== undefined && !this.#loadedFiles.has(file)) {
      this.#load(file);
    }
    this.#materialize(module);
    return this.#modules.get(module)?.get(name);
  }

  /** What is dangerous about a name. Of names that are known and nothing else the large table is not read. */
  danger(module: string, name: string): Danger | undefined {
    if (this.#isKnownOnly(module, name)) {
      return undefined;
    }
    this.#dangerous ??= dangerousNames(this.#read("dangerous-names.json"));
    return this.#dangerous.lookup(module, name) ?? this.#dangerous.lookupDotted(module, name);
  }

  /** By the list of those that are both, which is held equal to the tables by a test. */
  #isKnownOnly(module: string, name: string): boolean {
    const known = this.known(module, name);
    if (known === undefined || known.library === "user" || this.#dangerous !== undefined) {
      return false;
    }
    this.#both ??= new Set((this.#read("known-and-dangerous.json") as { names: string[] }).names);
    return !this.#both.has(`${module} ${name}`);
  }

  /** Whether a module belongs to the standard library of some Python from 2.7 on. */
  isStandardLibrary(module: string): boolean {
    this.#standardLibrary ??= new Set(
      (this.#read("stdlib-modules.json") as { roots: string[] }).roots,
    );
    return this.#standardLibrary.has(module.split(".", 1)[0] ?? "");
  }

  /** What Python 3 makes of a Python 2 name in protocols 0 to 2; undefined where it changes nothing. */
  python3(module: string, name: string): QualifiedName | undefined {
    this.#python2 ??= this.#read("python2-names.json") as {
      modules: Record<string, string>;
      names: Record<string, string>;
    };
    const key = `${module} ${name}`;
    if (Object.hasOwn(this.#python2.names, key)) {
      const [newModule = module, newName = name] = (this.#python2.names[key] ?? "").split(" ");
      return { module: newModule, name: newName };
    }
    if (Object.hasOwn(this.#python2.modules, module)) {
      return { module: this.#python2.modules[module] ?? module, name };
    }
    return undefined;
  }

  #load(file: string): void {
    this.#loadedFiles.add(file);
    const { library, groups } = this.#read(`known-names/${file}`) as LibraryFile;
    for (const group of groups) {
      const { kind, does, why } = group;
      const shared: Shared = {
        kind,
        allow: new Set(group.allow),
        arguments: group.arguments,
        state: group.state,
        makes: group.makes,
        does,
        why,
        library,
      };
      for (const [module, names] of Object.entries(group.names)) {
        const waiting = this.#pending.get(module);
        if (waiting === undefined) {
          this.#pending.set(module, [{ names, shared }]);
        } else {
          waiting.push({ names, shared });
        }
      }
    }
  }

  /** Builds the table of one module when it is first asked for: most of a library never is. */
  #materialize(module: string): void {
    const waiting = this.#pending.get(module);
    if (waiting === undefined) {
      return;
    }
    this.#pending.delete(module);
    const table: Module = this.#modules.get(module) ?? new Map<string, KnownName>();
    this.#modules.set(module, table);
    for (const { names, shared } of waiting) {
      for (const name of names.split(" ")) {
        // A name that the user pinned keeps the user's words.
        if (!table.has(name)) {
          table.set(name, { module, name, ...shared });
        }
      }
    }
  }
}
