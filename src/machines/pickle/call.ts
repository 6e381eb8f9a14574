/** Calls: who is called with what, what pure functions give, and whether it is known to be harmless. */

import type { CallPort, How } from "./call-port.ts";
import { describe } from "./describe.ts";
import { foldCall, foldGetter, foldMethod } from "./fold/fold.ts";
import { isTransparent } from "./fold/transparent.ts";
import { judgeNamedCall, keepCallable, reachedBy } from "./judge.ts";
import type { Machine } from "./machine.ts";
import { USED } from "./names/name-use.ts";
import type { NameUse } from "./names/name-use.ts";
import { LOADERS } from "./readers.ts";
import { KIND, RichNode, TAINT, taintOfAll } from "./value.ts";
import type { Node, Value } from "./value.ts";

const MAX_DEPTH = 24;
let depth = 0;

/**
 * Follows a call.
 *
 * @param args undefined where the stream does not show them.
 * @returns what the call leaves on the stack.
 */
function callValue(
  machine: Machine,
  callee: Value,
  args: readonly Value[] | undefined,
  at: number,
  how: How,
): Value {
  if (typeof callee === "number") {
    machine.diverge(at, LOADERS, "something is called that is not callable");
    return machine.opaque(at);
  }
  if (depth > MAX_DEPTH) {
    return computedCall(machine, callee, args, at);
  }
  depth += 1;
  try {
    return follow(machine, callee, args, at, how);
  } finally {
    depth -= 1;
  }
}

function follow(
  machine: Machine,
  callee: Node,
  args: readonly Value[] | undefined,
  at: number,
  how: How,
): Value {
  switch (callee.kind) {
    case KIND.GLOBAL:
      return callGlobal(machine, callee, args, at, how);
    case KIND.PARTIAL:
      return callValue(
        machine,
        callee.callee ?? machine.opaque(at),
        args === undefined ? undefined : [...(callee.items ?? []), ...args],
        at,
        how,
      );
    case KIND.BOUND:
      return foldMethod(machine, callee, args, at) ?? computedCall(machine, callee, args, at);
    case KIND.GETTER:
      return foldGetter(machine, callee, args, at) ?? computedCall(machine, callee, args, at);
    case KIND.TUPLE:
    case KIND.LIST:
    case KIND.DICT:
    case KIND.SET:
    case KIND.FOLDED:
    case KIND.BYTEARRAY:
      machine.diverge(at, LOADERS, "something is called that is not callable");
      return machine.opaque(at);
    default:
      return computedCall(machine, callee, args, at);
  }
}

/** NEWOBJ: `cls.__new__(cls, *args)`. */
function instantiate(
  machine: Machine,
  callee: Value,
  args: readonly Value[] | undefined,
  at: number,
  how: How,
): Value {
  if (typeof callee === "number" || callee.kind !== KIND.GLOBAL || callee.use === undefined) {
    return callValue(machine, callee, args, at, how);
  }
  const { use } = callee;
  use.used |= USED.INSTANTIATED;
  judgeNamedCall(machine, { use, args, at }, "instantiate");
  const node = new RichNode(KIND.INSTANCE, at, resultTaint(use, args));
  node.callee = callee;
  machine.options.tracer?.call(node, callee, args, "NEWOBJ");
  return node;
}

function callGlobal(
  machine: Machine,
  callee: Node,
  args: readonly Value[] | undefined,
  at: number,
  how: How,
): Value {
  const { use } = callee;
  if (use === undefined) {
    return machine.opaque(at);
  }
  use.used |= USED.CALLED;
  if (!isTransparent(machine, use, args)) {
    judgeNamedCall(machine, { use, args, at }, "call");
  }
  use.instantiates ??= use.name?.endsWith(".__new__") === true;
  if (use.instantiates && args?.[0] !== undefined) {
    // Protocols without NEWOBJ_EX call `cls.__new__(cls, …)`.
    return instantiate(machine, args[0], args.slice(1), at, "REDUCE");
  }
  const folded = args === undefined ? undefined : foldCall(machine, use, args, at);
  if (folded !== undefined) {
    if (typeof folded === "object" && folded.offset === at) {
      machine.options.tracer?.call(folded, callee, args, how);
    }
    return folded;
  }
  return resultOf(machine, callee, args, at, how);
}

/** The node for what a call gives. */
function resultOf(
  machine: Machine,
  callee: Node,
  args: readonly Value[] | undefined,
  at: number,
  how: How,
): Value {
  const { use } = callee;
  if (use === undefined) {
    return machine.opaque(at);
  }
  use.calls += 1;
  if (use.result !== undefined && args !== undefined && taintOfAll(args) === TAINT.NONE) {
    return use.result;
  }
  const made = use.known?.makes === undefined ? undefined : args?.[use.known.makes];
  const isClass = made !== undefined || (use.known !== undefined && use.known.kind !== "function");
  const node = new RichNode(isClass ? KIND.INSTANCE : KIND.CALL, at, resultTaint(use, args));
  node.callee = made ?? callee;
  node.args = args;
  machine.options.tracer?.call(node, callee, args, how);
  if (use.calls > INDIVIDUALS && isInterchangeable(machine, use)) {
    use.result = node;
  }
  return node;
}

/** Results of one function that are told apart; past them, those that nothing is done to are one. */
const INDIVIDUALS = 1000;

/** Whether nothing that a stream may do to a result depends on which one it is. */
function isInterchangeable(machine: Machine, { known }: NameUse): boolean {
  return (
    machine.options.tracer === undefined &&
    known !== undefined &&
    known.makes === undefined &&
    !known.allow.has("build") &&
    !known.allow.has("items")
  );
}

function resultTaint(use: NameUse, args: readonly Value[] | undefined): number {
  let own: number = TAINT.UNKNOWN;
  if (use.known !== undefined) {
    own = TAINT.KNOWN;
  } else if (use.danger !== undefined) {
    own = TAINT.DANGEROUS;
  }
  return own | (args === undefined ? TAINT.NONE : taintOfAll(args));
}

/** The callee is a value that nobody can name. */
function computedCall(
  machine: Machine,
  callee: Node,
  args: readonly Value[] | undefined,
  at: number,
): Node {
  const from = describe(machine, callee);
  const maker = typeof callee.callee === "object" ? callee.callee.use : undefined;
  const unknownMaker =
    maker !== undefined && maker.known === undefined && maker.danger === undefined;
  machine.findings.observations.add({
    kind: "computed-call",
    offset: at,
    key: from,
    message: `calls ${from}: what that is only shows at load time`,
    ...(unknownMaker ? { implies: "unknown" } : {}),
    ...reachedBy(machine),
  });
  const node = new RichNode(
    KIND.CALL,
    at,
    callee.taint | TAINT.UNKNOWN | (args === undefined ? 0 : taintOfAll(args)),
  );
  // Who made the maker is told, and no further: a stream of two bytes a call would keep them all.
  node.callee = callee.kind === KIND.CALL && callee.use === undefined ? shallow(callee) : callee;
  machine.options.tracer?.call(node, callee, args, "REDUCE");
  return node;
}

/** The same value without what made its maker. */
function shallow({ kind, offset, taint, callee, use }: Node): Node {
  const copy = new RichNode(kind, offset, taint);
  copy.use = use;
  if (typeof callee === "object" && callee.kind === KIND.GLOBAL) {
    copy.callee = callee;
  }
  return copy;
}

/** The judge of calls that machines are given. */
export const CALLS: CallPort = { call: callValue, instantiate, keep: keepCallable };
