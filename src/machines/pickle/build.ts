/** BUILD, and storing elements: what a stream does to objects after they exist. */

import { matchesPattern } from "./arguments.ts";
import type { Machine } from "./machine.ts";
import { displayName, USED } from "./names/name-use.ts";
import type { NameUse } from "./names/name-use.ts";
import { describe } from "./describe.ts";
import { isScalar, KIND, kindOf, Node, offsetOf, TAINT } from "./value.ts";
import type { Value } from "./value.ts";

/** Attributes that change what an object does when the interpreter, not the program, touches it. */
const HOOKS = new Set(
  `__setstate__ __reduce__ __reduce_ex__ __class__ __getattr__ __getattribute__ __setattr__ __call__
  __del__ __init__ __new__ __getstate__ __getnewargs__ __getinitargs__ __init_subclass__ __set_name__
  __class_getitem__ __instancecheck__ __subclasscheck__ __get__ __set__ __delete__ __enter__ __exit__
  __iter__ __next__ __len__ __bool__ __hash__ __eq__ __lt__ __repr__ __str__ __format__ __globals__
  __builtins__ __code__ __closure__ __defaults__ __dict__ __bases__ __mro__ __subclasses__ __import__
  __path__ __loader__ __spec__ __missing__ __index__ __int__ __add__ __getitem__`.split(/\s+/),
);

/** The class or function that made an instance. */
function makerOf(instance: Node): NameUse | undefined {
  return typeof instance.callee === "object" ? instance.callee.use : undefined;
}

/** BUILD: `instance.__setstate__(state)`, or attributes set from a dict and slots. */
export function build(machine: Machine, instance: Value, state: Value, at: number): void {
  if (typeof instance === "number") {
    return;
  }
  machine.options.tracer?.build(instance, state);
  if (instance.kind === KIND.GLOBAL || instance.kind === KIND.MODULE) {
    if (instance.use !== undefined) {
      instance.use.used |= USED.BUILT;
    }
    machine.findings.observations.add({
      kind: "state-injection",
      offset: at,
      key: describe(machine, instance),
      message: `overwrites attributes of ${describe(machine, instance)} itself: everything in the process that uses it is changed`,
    });
    return;
  }
  if (instance.kind === KIND.PARTIAL) {
    rebindPartial(machine, instance, state, at);
    return;
  }
  const maker = makerOf(instance);
  if (maker !== undefined) {
    maker.used |= USED.BUILT;
    observeBuild(machine, instance, maker, state, at);
  }
  const hook = hookIn(machine, state);
  if (hook !== undefined) {
    machine.findings.observations.add({
      kind: "state-injection",
      offset: at,
      key: hook,
      message: `sets ${hook} on an instance of ${maker === undefined ? "an unnamed class" : displayName(maker)}: a method that runs by itself`,
    });
  }
  if (typeof state !== "number") {
    instance.taint |= state.taint;
  }
  runInjectedHook(machine, instance, state, at);
  instance.items = [...(instance.items ?? []).slice(0, 7), pinned(machine, state)];
}

/** States with this many elements at most are kept for good: dtypes are looked at again and again. */
const PINNED = 16;

function pinned(machine: Machine, state: Value): Value {
  const kind = kindOf(state);
  const items = machine.itemsOf(state);
  if (kind === undefined || kind > KIND.SET || items === undefined || items.length > PINNED) {
    return state;
  }
  if (typeof state === "object") {
    state.items ??= items;
    return state;
  }
  return new Node(KIND.TUPLE, offsetOf(state), TAINT.NONE, items);
}

/** `functools.partial.__setstate__((func, args, keywords, attributes))`. */
function rebindPartial(machine: Machine, instance: Node, state: Value, at: number): void {
  const [callee, args] = machine.itemsOf(state) ?? [];
  const bound = machine.itemsOf(args);
  if (callee === undefined || bound === undefined) {
    machine.findings.observations.add({
      kind: "unexpected-use",
      offset: at,
      key: "functools.partial state",
      message: "sets a state on a functools.partial that is not a function with its arguments",
    });
    return;
  }
  instance.callee = callee;
  instance.items = bound;
  instance.taint |= typeof state === "number" ? 0 : state.taint;
  machine.options.calls.keep(machine, callee, at);
}

function observeBuild(
  machine: Machine,
  instance: Node,
  maker: NameUse,
  state: Value,
  at: number,
): void {
  if (maker.known === undefined || maker.known.kind === "function") {
    // Unknown makers were reported when they were called; a known function states what it returns.
    return;
  }
  if (!maker.known.allow.has("build") && !maker.known.allow.has("call")) {
    machine.findings.observations.add({
      kind: "unexpected-use",
      offset: at,
      key: `${displayName(maker)} build`,
      message: `sets state on an instance of ${displayName(maker)}, which is not known to be harmless there`,
    });
  }
  const { state: pattern } = maker.known;
  if (pattern !== undefined && !matchesPattern(machine, pattern, state, at)) {
    machine.findings.observations.add({
      kind: "unexpected-use",
      offset: at,
      key: `${displayName(maker)} state`,
      message: `sets a state on an instance of ${displayName(maker)} that it is not known to be harmless with`,
    });
  }
  instance.taint |= TAINT.KNOWN;
}

/** The first attribute in a state that hooks into the interpreter. */
function hookIn(machine: Machine, state: Value): string | undefined {
  const items = machine.itemsOf(state) ?? [];
  if (kindOf(state) === KIND.DICT) {
    return hookAmong(machine, items);
  }
  if (kindOf(state) !== KIND.TUPLE || items.length !== 2) {
    return undefined;
  }
  // Attributes, and slots.
  for (const part of items) {
    const hook =
      kindOf(part) === KIND.DICT ? hookAmong(machine, machine.itemsOf(part) ?? []) : undefined;
    if (hook !== undefined) {
      return hook;
    }
  }
  return undefined;
}

function hookAmong(machine: Machine, items: readonly Value[]): string | undefined {
  for (let index = 0; index < items.length; index += 2) {
    const name = hookName(machine, items[index]);
    if (name !== undefined && HOOKS.has(name)) {
      return name;
    }
  }
  return undefined;
}

/** The text of a key, where it could be a hook's. */
function hookName(machine: Machine, key: Value | undefined): string | undefined {
  if (typeof key === "object") {
    return typeof key.literal === "string" ? key.literal : undefined;
  }
  return key !== undefined && isScalar(key) && machine.literals.startsDunder(key)
    ? machine.literals.text(key)
    : undefined;
}

/** A second BUILD calls the `__setstate__` that a first one planted. */
function runInjectedHook(machine: Machine, instance: Node, state: Value, at: number): void {
  for (const earlier of instance.items ?? []) {
    if (typeof earlier === "number" || earlier.kind !== KIND.DICT) {
      continue;
    }
    const items = machine.itemsOf(earlier) ?? [];
    for (let index = 0; index + 1 < items.length; index += 2) {
      const key = items[index];
      const value = items[index + 1];
      if (
        key !== undefined &&
        isScalar(key) &&
        typeof value === "object" &&
        machine.literals.startsDunder(key) &&
        machine.literals.text(key) === "__setstate__"
      ) {
        machine.call(value, [state], at, "BUILD");
      }
    }
  }
}

type Store = "append" | "extend" | "update" | "setitem";

/** APPEND(S), SETITEM(S), ADDITEMS. For a dict `items` holds keys and values in turn. */
export function storeItems(
  machine: Machine,
  target: Value,
  items: readonly Value[],
  at: number,
  how: Store,
): void {
  if (typeof target === "number") {
    return;
  }
  switch (target.kind) {
    case KIND.LIST:
    case KIND.DICT:
    case KIND.SET:
    case KIND.BYTEARRAY:
      machine.keep(target, items, 0, items.length);
      return;
    case KIND.GLOBAL:
    case KIND.MODULE:
      machine.findings.observations.add({
        kind: "changes-import",
        offset: at,
        key: describe(machine, target),
        message: `stores elements into ${describe(machine, target)}, which belongs to the loading process`,
      });
      break;
    case KIND.INSTANCE:
    case KIND.CALL:
      storeIntoInstance(machine, target, at, how);
      break;
    default:
      break;
  }
  machine.options.tracer?.store(target, items, how);
  machine.keep(target, items, 0, Math.min(16, items.length));
}

function storeIntoInstance(machine: Machine, target: Node, at: number, how: Store): void {
  const maker = makerOf(target);
  if (maker?.known === undefined) {
    if (target.kind === KIND.CALL && maker !== undefined) {
      machine.findings.observations.add({
        kind: "changes-import",
        offset: at,
        key: `${displayName(maker)} ${how}`,
        message: `stores elements into what ${displayName(maker)} returned`,
      });
    }
    return;
  }
  if (!maker.known.allow.has("items") && maker.known.kind !== "function") {
    machine.findings.observations.add({
      kind: "unexpected-use",
      offset: at,
      key: `${displayName(maker)} ${how}`,
      message: `stores elements into an instance of ${displayName(maker)}, which is not known to be harmless there`,
    });
  }
}
