/** Looking up names: what GLOBAL, INST, STACK_GLOBAL and the extension registry ask a reader for. */

import { quote } from "../../kernel/text.ts";
import type { Machine } from "./machine.ts";
import type { Allowed, KnownName } from "./names/known-name.ts";
import type { NameTables } from "./names/name-tables.ts";
import { USED } from "./names/name-use.ts";
import type { NameUse, Origin } from "./names/name-use.ts";
import { LOADERS } from "./readers.ts";
import { KIND, RichNode, TAINT } from "./value.ts";
import type { Node, Value } from "./value.ts";

/** Every name that the streams of one artifact look up, once each. */
export class NameRegister {
  readonly tables: NameTables;
  readonly #uses = new Map<string, NameUse>();

  constructor(tables: NameTables) {
    this.tables = tables;
  }

  list(): NameUse[] {
    return [...this.#uses.values()];
  }

  /** The use of a name, made at its first look-up. */
  use(module: string | null, name: string | null, origin: Origin, offset: number): NameUse {
    const key = `${origin}\n${module ?? ""}\n${name ?? ""}`;
    let use = this.#uses.get(key);
    if (use === undefined) {
      use =
        module === null || name === null
          ? computedUse(offset)
          : this.#resolve(module, name, origin, offset);
      this.#uses.set(key, use);
    }
    use.lookups += 1;
    return use;
  }

  #resolve(module: string, name: string, origin: Origin, offset: number): NameUse {
    const { tables } = this;
    // Protocols 0 to 2 map Python 2 names, and readers that are told not to do not: both count.
    const python3 = tables.python3(module, name);
    const known =
      (python3 === undefined ? undefined : tables.known(python3.module, python3.name)) ??
      tables.known(module, name) ??
      methodOfBuiltin(tables, module, name) ??
      constructorOf(tables, module, name);
    // `cls.__new__` is what old protocols call to instantiate: as dangerous as its class.
    const judged = name.endsWith(".__new__") ? name.slice(0, -".__new__".length) : name;
    const danger =
      tables.danger(module, judged) ??
      (python3 === undefined ? undefined : tables.danger(python3.module, python3.name));
    return {
      module,
      name,
      origin,
      offset,
      resolved: [{ module, name }, ...(python3 === undefined ? [] : [python3])],
      known,
      danger,
      walk: known === undefined && isWalk(tables, module, name),
      used: USED.IMPORTED,
      lookups: 0,
      calls: 0,
    };
  }
}

function computedUse(offset: number): NameUse {
  return {
    module: null,
    name: null,
    origin: "computed",
    offset,
    resolved: [],
    known: undefined,
    danger: undefined,
    walk: false,
    used: USED.IMPORTED,
    lookups: 0,
    calls: 0,
  };
}

/** Types whose methods are pure: `str.lower`, `dict.get`. */
const PURE_TYPE = /^(?:str|bytes|int|float|complex|bool|tuple|list|dict|set|frozenset)\.[a-z]\w*$/;

/** A method of a builtin type may be referred to; calling it is another matter. */
function methodOfBuiltin(tables: NameTables, module: string, name: string): KnownName | undefined {
  if (!PURE_TYPE.test(name) || (module !== "builtins" && module !== "__builtin__")) {
    return undefined;
  }
  const type = tables.known(module, name.slice(0, name.indexOf(".")));
  return type === undefined
    ? undefined
    : { ...type, name, kind: "function", allow: new Set<Allowed>(), arguments: undefined };
}

/** `cls.__new__` is what protocols without NEWOBJ_EX call: as harmless as instantiating the class. */
function constructorOf(tables: NameTables, module: string, name: string): KnownName | undefined {
  const type = name.endsWith(".__new__") ? tables.known(module, name.slice(0, -8)) : undefined;
  return type?.allow.has("instantiate") === true ? { ...type, name, kind: "function" } : undefined;
}

/**
 * Whether a dotted name is more than a class inside a class, or a method of one. Serializers write
 * nothing else.
 */
function isWalk(tables: NameTables, module: string, name: string): boolean {
  const parts = name.split(".");
  const last = parts.pop() ?? "";
  if (parts.length === 0) {
    return false;
  }
  const classes = parts.every(
    (part, index) =>
      /^[A-Z]\w*$/.test(part) ||
      part === "<locals>" ||
      tables.known(module, parts.slice(0, index + 1).join("."))?.kind === "class",
  );
  return !classes || (last.startsWith("__") && last !== "__new__");
}

/** A name operand as text, and where the text comes from. */
function nameText(
  machine: Machine,
  value: string | Value,
): { text: string; origin: Origin } | "computed" | "not text" {
  if (typeof value === "string") {
    return { text: value, origin: "literal" };
  }
  if (typeof value === "number") {
    const text = value < 0 ? undefined : machine.literals.text(value);
    return text === undefined ? "not text" : { text, origin: "literal" };
  }
  if (value.kind === KIND.FOLDED) {
    return typeof value.literal === "string"
      ? { text: value.literal, origin: "folded" }
      : "not text";
  }
  return value.kind <= KIND.SET ? "not text" : "computed";
}

/**
 * Looks a name up and gives the node that stands for what a reader would find.
 *
 * @param origin `attribute` for what `getattr` finds on a class, as serializers write methods and, in
 *   old protocols, classes inside classes: put together, and nothing is hidden by it.
 */
export function lookUp(
  machine: Machine,
  module: string | Value,
  name: string | Value,
  origin: Origin | "attribute",
  at: number,
): Node {
  const { findings } = machine;
  const moduleText = nameText(machine, module);
  const nameOperand = nameText(machine, name);
  if (moduleText === "not text" || nameOperand === "not text") {
    machine.diverge(at, LOADERS, "a name is not a string");
    return machine.opaque(at);
  }
  if (moduleText === "computed" || nameOperand === "computed") {
    const use = findings.names.use(null, null, "computed", at);
    findings.observations.add({
      kind: "computed-name",
      offset: at,
      key: "computed",
      message: "looks up a name that only exists at load time: it cannot be known what it is",
    });
    return globalNode(use, at);
  }
  const hidden = [origin, moduleText.origin, nameOperand.origin].includes("folded");
  const use = findings.names.use(
    moduleText.text,
    nameOperand.text,
    hidden || origin === "attribute" ? "folded" : "literal",
    at,
  );
  if (use.lookups === 1) {
    observeName(machine, use, at, origin !== "attribute");
  }
  if (hidden) {
    observeHidden(machine, use, at);
  }
  return globalNode(use, at);
}

function globalNode(use: NameUse, at: number): Node {
  // A known name that is also dangerous is harmless with the arguments of its entry only: nobody vouches for
  // what else it is handed to does with it.
  let taint: number = use.known === undefined ? TAINT.UNKNOWN : TAINT.KNOWN;
  if (use.danger !== undefined) {
    taint = use.known === undefined ? TAINT.DANGEROUS : TAINT.UNKNOWN;
  }
  const node = new RichNode(KIND.GLOBAL, at, taint);
  node.use = use;
  return node;
}

/** Looks up a code of the extension registry, which only the process that loads knows. */
export function lookUpExtension(machine: Machine, code: number, at: number): Node {
  const registered = machine.extensions.get(code);
  machine.findings.observations.add({
    kind: "extension-code",
    offset: at,
    key: String(code),
    message:
      registered === undefined
        ? `looks up extension code ${code}, which only the loading process can resolve`
        : `looks up ${registered.module}.${registered.name} by the extension code ${code}`,
  });
  return registered === undefined
    ? globalNode(machine.findings.names.use(null, null, "computed", at), at)
    : lookUp(machine, registered.module, registered.name, "folded", at);
}

function observeHidden(machine: Machine, use: NameUse, at: number): void {
  const full = `${use.module ?? ""}.${use.name ?? ""}`;
  machine.findings.observations.add({
    kind: "folded-name",
    offset: at,
    key: full,
    message: `hides the name ${quote(full)}: it is put together at load time`,
  });
}

function observeName(machine: Machine, use: NameUse, at: number, spelled: boolean): void {
  const { observations } = machine.findings;
  const full = `${use.module ?? ""}.${use.name ?? ""}`;
  // What `getattr` finds on a class is judged by its name alone: instances may be of lower-case classes.
  if (use.walk && (spelled || use.name?.includes("__") === true)) {
    observations.add({
      kind: "attribute-walk",
      offset: at,
      key: full,
      message: `reaches ${quote(full)} by walking through attributes`,
    });
  }
  if (isConfusable(full)) {
    observations.add({
      kind: "confusable-name",
      offset: at,
      key: full,
      message: `the name ${quote(full)} has characters that look like others or like nothing`,
    });
  }
}

function isConfusable(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7e || text.charCodeAt(index) < 0x20) {
      return (
        text.normalize("NFKC") !== text ||
        /[^\p{L}\p{N}_.<>\- ]/u.test(text) ||
        (/[a-z]/i.test(text) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(text))
      );
    }
  }
  return false;
}
