/** Calls that are judged where they lead, not by themselves: `getattr`, and what passes a call on. */

import type { Machine } from "../machine.ts";
import type { NameUse } from "../names/name-use.ts";
import { KIND, TAINT } from "../value.ts";
import type { Value } from "../value.ts";
import { canonical } from "./canonical.ts";
import { textOf } from "./datum.ts";

/** Functions that give an attribute: harmless by themselves, what they give is judged instead. */
const ATTRIBUTE_GETTERS = new Set(["builtins.getattr"]);
/** dill's `_create_array(f, args, state, attributes)`: calls `f(*args)`, which is judged, and sets a state. */
const REBUILDERS = new Set(["dill._dill._create_array", "dill.dill._create_array"]);
const TYPE_GETTERS = new Set([
  "dill._dill._load_type",
  "dill.dill._load_type",
  "cloudpickle.cloudpickle._builtin_type",
  "cloudpickle._builtin_type",
]);

/**
 * Whether all that a call does is judged where it leads: a reference to a method or class by
 * `getattr(cls, "name")`, as serializers write it, or a call that is passed on.
 */
export function isTransparent(
  machine: Machine,
  use: NameUse,
  args: readonly Value[] | undefined,
): boolean {
  use.leadsTo ??= leadsTo(canonical(use));
  if (use.leadsTo === "nothing else" || args === undefined) {
    return false;
  }
  if (use.leadsTo === "call") {
    return args.length >= 2;
  }
  if (use.leadsTo === "type") {
    return (
      args.length === 1 && typeof args[0] === "number" && textOf(machine, args[0]) !== undefined
    );
  }
  const [target] = args;
  const attribute = textOf(machine, args[1]);
  return (
    args.length === 2 &&
    typeof target === "object" &&
    (target.kind === KIND.GLOBAL || target.kind === KIND.INSTANCE || target.kind === KIND.CALL) &&
    (target.taint & TAINT.DANGEROUS) === 0 &&
    target.use?.origin !== "computed" &&
    attribute !== undefined &&
    /^(?:_?[A-Za-z]\w*|__new__)$/.test(attribute)
  );
}

/** Which of these functions goes by one of the names. */
function leadsTo(names: readonly string[]): NonNullable<NameUse["leadsTo"]> {
  if (names.some((name) => REBUILDERS.has(name))) {
    return "call";
  }
  if (names.some((name) => TYPE_GETTERS.has(name))) {
    return "type";
  }
  return names.some((name) => ATTRIBUTE_GETTERS.has(name)) ? "attribute" : "nothing else";
}
