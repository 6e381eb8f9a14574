/**
 * What names of a template may stand for, without following its order: every assignment of a name counts, wherever
 * it stands. That is more than what is possible, and never less.
 */

import type { Body, Expression, Parameter } from "../../codecs/jinja/syntax.ts";
import { nameOf } from "./targets.ts";
import { statementsOf, expressionsOf, within } from "./walk.ts";

/** From a value to a part of it: the part with this number, or any part. */
export type Step = number | "each";

/** One thing that a name may stand for. */
export type Binding =
  | { readonly kind: "value"; readonly value: Expression }
  /** A part of something: an item of what is iterated over, or what a tuple of names takes apart. */
  | { readonly kind: "part"; readonly of: Expression; readonly steps: readonly Step[] }
  /** The text of a block. */
  | { readonly kind: "block"; readonly body: Body }
  | { readonly kind: "open" };

export interface Bindings {
  /** By name; attributes of namespaces as `name.attribute`. */
  readonly of: ReadonlyMap<string, readonly Binding[]>;
  readonly macros: ReadonlySet<string>;
}

export function collectBindings(body: Body): Bindings {
  const of = new Map<string, Binding[]>();
  const macros = new Map<string, readonly Parameter[]>();
  const add = (name: string, binding: Binding): void => {
    const known = of.get(name);
    if (known === undefined) {
      of.set(name, [binding]);
    } else {
      known.push(binding);
    }
  };
  const calls: Expression[] = [];
  for (const statement of statementsOf(body)) {
    for (const expression of expressionsOf(statement)) {
      for (const part of within(expression)) {
        if (part.kind === "call") {
          calls.push(part);
        }
      }
    }
    switch (statement.kind) {
      case "set":
        assign(statement.target, { kind: "value", value: statement.value }, add);
        break;
      case "set-block":
        assign(statement.target, { kind: "block", body: statement.body }, add);
        break;
      case "with":
        for (const [target, value] of statement.bindings) {
          assign(target, { kind: "value", value }, add);
        }
        break;
      case "for":
        assign(statement.target, { kind: "part", of: statement.iterable, steps: ["each"] }, add);
        break;
      case "import":
        for (const name of statement.names) {
          add(name, { kind: "open" });
        }
        break;
      case "macro":
        macros.set(statement.name, statement.parameters);
        addParameters(statement.parameters, add);
        break;
      case "call":
        addParameters(statement.parameters, add);
        break;
      default:
    }
  }
  for (const call of calls) {
    addArguments(call, macros, add);
    addGrown(call, add);
  }
  return { of, macros: new Set(macros.keys()) };
}

type Add = (name: string, binding: Binding) => void;

function assign(target: Expression, binding: Binding, add: Add): void {
  if (target.kind === "name") {
    add(target.name, binding);
    const { value } = binding.kind === "value" ? binding : { value: undefined };
    // The attributes that a namespace begins with.
    if (
      value?.kind === "call" &&
      value.callee.kind === "name" &&
      value.callee.name === "namespace"
    ) {
      for (const { kind, name, value: initial } of value.args) {
        if (kind === "keyword") {
          add(`${target.name}.${name}`, { kind: "value", value: initial });
        }
      }
    }
  } else if (target.kind === "attribute" && target.object.kind === "name") {
    add(`${target.object.name}.${target.name}`, binding);
  } else if (target.kind === "tuple" || target.kind === "list") {
    for (const [index, inner] of target.items.entries()) {
      assign(inner, partOf(binding, index), add);
    }
  }
}

/** What one of several names gets. */
function partOf(binding: Binding, index: number): Binding {
  switch (binding.kind) {
    case "value": {
      const { value } = binding;
      const item = value.kind === "tuple" || value.kind === "list" ? value.items[index] : undefined;
      return item === undefined
        ? { kind: "part", of: value, steps: [index] }
        : { kind: "value", value: item };
    }
    case "part":
      return { kind: "part", of: binding.of, steps: [...binding.steps, index] };
    default:
      return { kind: "open" };
  }
}

function addParameters(parameters: readonly Parameter[], add: Add): void {
  for (const { name, fallback } of parameters) {
    add(name, fallback === undefined ? { kind: "open" } : { kind: "value", value: fallback });
  }
}

/** What calls of macros hand to their parameters. */
function addArguments(
  call: Expression,
  macros: ReadonlyMap<string, readonly Parameter[]>,
  add: Add,
): void {
  if (call.kind !== "call" || call.callee.kind !== "name") {
    return;
  }
  const parameters = macros.get(call.callee.name) ?? [];
  for (const [index, { kind, name, value }] of call.args.entries()) {
    const parameter =
      kind === "positional" ? parameters[index] : parameters.find((known) => known.name === name);
    if (parameter !== undefined) {
      add(parameter.name, { kind: "value", value });
    }
  }
}

/** What lists and dictionaries get after they were made: `pairs.append((role, text))`. */
function addGrown(call: Expression, add: Add): void {
  if (call.kind !== "call" || call.callee.kind !== "attribute") {
    return;
  }
  const { object, name: method } = call.callee;
  const name = nameOf(object);
  const value = call.args[method === "insert" ? 1 : 0]?.value;
  if (name === undefined || value === undefined) {
    return;
  }
  if (method === "append" || method === "insert") {
    const { at, depth } = value;
    add(name, { kind: "value", value: { kind: "list", at, depth, items: [value] } });
  } else if (method === "extend" || method === "update") {
    add(name, { kind: "value", value });
  }
}
