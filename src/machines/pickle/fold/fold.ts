/**
 * Folding: what calls of pure functions give. It resolves names and arguments that a stream puts
 * together at load time, so that `"".join`, `rot13` or a chain of `getattr` hides nothing.
 */

import { build } from "../build.ts";
import { lookUp } from "../look-up.ts";
import type { Machine } from "../machine.ts";
import type { NameUse } from "../names/name-use.ts";
import { KIND, RichNode, TAINT, taintOf, taintOfAll } from "../value.ts";
import type { Node, Value } from "../value.ts";
import { canonical } from "./canonical.ts";
import { PURE_FUNCTIONS } from "./pure-functions.ts";
import type { Datum } from "./datum.ts";
import { datumOf, MAX_FOLDED, nodeOf, textOf } from "./datum.ts";

type Fold = (machine: Machine, args: readonly Value[], at: number) => Value | undefined;

/** The value of a call, where it can be known without making it. */
export function foldCall(
  machine: Machine,
  use: NameUse,
  args: readonly Value[],
  at: number,
): Value | undefined {
  if (use.folds === false) {
    return undefined;
  }
  use.folds = false;
  for (const name of canonical(use)) {
    const structural = Object.hasOwn(STRUCTURAL, name) ? STRUCTURAL[name] : undefined;
    if (structural !== undefined) {
      use.folds = true;
      return structural(machine, args, at);
    }
    if (PURE_FUNCTIONS.has(name)) {
      use.folds = true;
      return pure(machine, name, args, at);
    }
  }
  return undefined;
}

/** Runs a pure function over data, within the budget for work. */
function pure(
  machine: Machine,
  name: string,
  args: readonly Value[],
  at: number,
): Node | undefined {
  const run = PURE_FUNCTIONS.get(name);
  const data: Datum[] = [];
  for (const arg of args) {
    const datum = datumOf(machine, arg);
    if (datum === undefined) {
      return undefined;
    }
    data.push(datum);
  }
  if (run === undefined || !machine.options.governor.take("work", MAX_FOLDED)) {
    return undefined;
  }
  const result = run(data);
  return result === undefined ? undefined : nodeOf(result, at, taintOfAll(args) & ~TAINT.KNOWN);
}

/** `value.attribute`, as far as the value is known. */
function attributeOf(
  machine: Machine,
  target: Value | undefined,
  attribute: string | undefined,
  at: number,
): Value | undefined {
  if (target === undefined || attribute === undefined) {
    return undefined;
  }
  if (typeof target === "object") {
    if (target.kind === KIND.MODULE && typeof target.literal === "string") {
      return lookUp(machine, target.literal, attribute, "folded", at);
    }
    if (
      target.kind === KIND.GLOBAL &&
      target.use?.module !== undefined &&
      target.use.module !== null
    ) {
      // A member of a known enumeration is that enumeration's value.
      if (target.use.known?.kind === "enum" && !attribute.startsWith("__")) {
        const member = new RichNode(KIND.INSTANCE, at, TAINT.KNOWN);
        member.callee = target;
        return member;
      }
      return lookUp(
        machine,
        target.use.module,
        `${target.use.name ?? ""}.${attribute}`,
        "attribute",
        at,
      );
    }
    if (target.kind === KIND.OPAQUE) {
      return undefined;
    }
    if (target.kind === KIND.INSTANCE && typeof target.callee === "object") {
      // A method of an instance is judged as the method of its class.
      const method = attributeOf(machine, target.callee, attribute, at);
      const bound = new RichNode(
        KIND.BOUND,
        at,
        target.taint | (method === undefined ? 0 : taintOf(method)),
        [target],
      );
      bound.literal = attribute;
      bound.callee = method;
      return bound;
    }
  }
  const bound = new RichNode(
    KIND.BOUND,
    at,
    typeof target === "number" ? TAINT.NONE : target.taint,
    [target],
  );
  bound.literal = attribute;
  return bound;
}

function moduleNode(name: string | undefined, at: number): Node | undefined {
  if (name === undefined) {
    return undefined;
  }
  const node = new RichNode(KIND.MODULE, at, TAINT.UNKNOWN);
  node.literal = name;
  return node;
}

const getattr: Fold = (machine, args, at) => {
  const path = textOf(machine, args[1]);
  let value = args[0];
  for (const part of path?.split(".") ?? [undefined]) {
    value = attributeOf(machine, value, part, at);
  }
  return value;
};

/** `os:system`, `os.system`: the ways in which resolvers take a dotted path. */
const resolve: Fold = (machine, args, at) => {
  const path = textOf(machine, args[0])?.replace(":", ".");
  const dot = path?.lastIndexOf(".") ?? -1;
  return path === undefined || dot <= 0
    ? moduleNode(path, at)
    : lookUp(machine, path.slice(0, dot), path.slice(dot + 1), "folded", at);
};

/** `_load_type("bytearray")` of dill, `_builtin_type("CodeType")` of cloudpickle: types by their names. */
const typeByName: Fold = (machine, args, at) => {
  const name = textOf(machine, args[0]);
  return name === undefined || !/^[A-Za-z]\w*$/.test(name)
    ? undefined
    : lookUp(machine, ...(NAMED_TYPES[name] ?? typeModule(name)), "attribute", at);
};

/** Types that dill names otherwise than their modules do. */
const NAMED_TYPES: Readonly<Record<string, readonly [module: string, name: string]>> = {
  PartialType: ["functools", "partial"],
  NumpyArrayType: ["numpy", "ndarray"],
  OrderedDictType: ["collections", "OrderedDict"],
};

function typeModule(name: string): readonly [module: string, name: string] {
  return [name.endsWith("Type") ? "types" : "builtins", name];
}

const rebuildArray: Fold = (machine, args, at) => {
  const [callee, callArgs, state] = args;
  const result =
    callee === undefined
      ? undefined
      : machine.call(callee, machine.itemsOf(callArgs), at, "argument");
  if (result !== undefined && state !== undefined) {
    build(machine, result, state, at);
  }
  return result;
};

const importModule: Fold = (machine, args, at) => moduleNode(textOf(machine, args[0]), at);

/** Functions that call their first argument, with what follows it. */
const callsFirst: Fold = (machine, args, at) => {
  const [callee, ...rest] = args;
  return callee === undefined ? undefined : machine.call(callee, rest, at, "argument");
};

/** `map(f, items)`: calls `f` with each item; the first one shows what happens. */
const callsOnItems: Fold = (machine, args, at) => {
  const [callee, items] = args;
  if (typeof callee !== "object") {
    return undefined;
  }
  const elements = machine.itemsOf(items);
  for (const element of elements?.slice(0, 8) ?? []) {
    machine.call(callee, [element], at, "argument");
  }
  if (elements === undefined) {
    machine.call(callee, undefined, at, "argument");
  }
  return undefined;
};

const starmap: Fold = (machine, args, at) => {
  const [callee, items] = args;
  const tuples = machine.itemsOf(items);
  for (const element of tuples?.slice(0, 8) ?? []) {
    if (typeof callee === "object") {
      machine.call(callee, machine.itemsOf(element), at, "argument");
    }
  }
  return undefined;
};

const makeInstance: Fold = (machine, args, at) => {
  const [cls, ...rest] = args;
  return cls === undefined ? undefined : machine.instantiate(cls, rest, at, "REDUCE");
};

const makePartial: Fold = (_machine, args, at) => {
  const [callee, ...rest] = args;
  if (callee === undefined) {
    return undefined;
  }
  const node = new RichNode(KIND.PARTIAL, at, taintOfAll(args), rest);
  node.callee = callee;
  return node;
};

function getter(name: string): Fold {
  return (_machine, args, at) => {
    const node = new RichNode(KIND.GETTER, at, taintOfAll(args), [...args]);
    node.literal = name;
    return node;
  };
}

const STRUCTURAL: Readonly<Record<string, Fold>> = {
  "builtins.getattr": getattr,
  "inspect.getattr_static": getattr,
  "xmlrpc.server.resolve_dotted_attribute": getattr,
  "SimpleXMLRPCServer.resolve_dotted_attribute": getattr,
  "builtins.__import__": importModule,
  "importlib.import_module": importModule,
  "importlib.__import__": importModule,
  "sys.modules.get": importModule,
  "sys.modules.__getitem__": importModule,
  "pkgutil.resolve_name": resolve,
  "pydoc.locate": resolve,
  "dill._dill._create_array": rebuildArray,
  "dill.dill._create_array": rebuildArray,
  "dill._dill._load_type": typeByName,
  "dill.dill._load_type": typeByName,
  "cloudpickle.cloudpickle._builtin_type": typeByName,
  "cloudpickle._builtin_type": typeByName,
  "functools.partial": makePartial,
  "operator.attrgetter": getter("attrgetter"),
  "operator.itemgetter": getter("itemgetter"),
  "operator.methodcaller": getter("methodcaller"),
  "operator.call": callsFirst,
  "builtins.apply": callsFirst,
  "contextvars.Context.run": callsFirst,
  "builtins.map": callsOnItems,
  "builtins.filter": callsOnItems,
  "itertools.imap": callsOnItems,
  "functools.reduce": callsOnItems,
  "itertools.starmap": starmap,
  "copyreg._reconstructor": (machine, args, at) => {
    const [cls] = args;
    return cls === undefined ? undefined : machine.instantiate(cls, [], at, "REDUCE");
  },
  "copyreg.__newobj__": makeInstance,
  "copyreg.__newobj_ex__": makeInstance,
  "copyreg.add_extension": (machine, args) => {
    const module = textOf(machine, args[0]);
    const name = textOf(machine, args[1]);
    const code = args[2] === undefined ? undefined : datumOf(machine, args[2]);
    if (module !== undefined && name !== undefined && typeof code === "number") {
      machine.extensions.set(code, { module, name });
    }
    return undefined;
  },
};

/** Calls a method of a value that is data: `"-".join(…)`, `b"…".decode(…)`. */
export function foldMethod(
  machine: Machine,
  bound: Node,
  args: readonly Value[] | undefined,
  at: number,
): Value | undefined {
  const target = bound.items?.[0];
  const method = String(bound.literal);
  if (bound.callee !== undefined && target !== undefined) {
    return machine.call(
      bound.callee,
      args === undefined ? undefined : [target, ...args],
      at,
      "argument",
    );
  }
  const datum = target === undefined ? undefined : datumOf(machine, target);
  if (datum === undefined || args === undefined || target === undefined) {
    return undefined;
  }
  return pure(machine, `builtins.${typeName(datum)}.${method}`, [target, ...args], at);
}

/** Applies `attrgetter`, `itemgetter` or `methodcaller` to an object. */
export function foldGetter(
  machine: Machine,
  getterNode: Node,
  args: readonly Value[] | undefined,
  at: number,
): Value | undefined {
  const target = args?.[0];
  const [first, ...rest] = getterNode.items ?? [];
  if (target === undefined || first === undefined) {
    return undefined;
  }
  switch (getterNode.literal) {
    case "attrgetter":
      return getattr(machine, [target, first], at);
    case "methodcaller": {
      const method = getattr(machine, [target, first], at);
      return method === undefined ? undefined : machine.call(method, rest, at, "argument");
    }
    case "itemgetter":
      return pure(machine, "operator.getitem", [target, first], at);
    default:
      return undefined;
  }
}

function typeName(datum: Datum): string {
  if (typeof datum === "string") {
    return "str";
  }
  return datum instanceof Uint8Array ? "bytes" : "list";
}
