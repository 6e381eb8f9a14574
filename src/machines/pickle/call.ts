/** Calls: who is called with what, what pure functions give, and whether it is known to be harmless. */

import { EFFECTS } from "./effects/effects.ts";
import type { Danger } from "./effects/dangerous-names.ts";
import { judgeCall } from "./effects/sentence.ts";
import type { ArgumentText } from "./effects/sentence.ts";
import { matchArguments } from "./arguments.ts";
import { describe } from "./describe.ts";
import { foldCall, foldGetter, foldMethod, isPlainAttribute } from "./fold/fold.ts";
import type { Machine } from "./machine.ts";
import type { Allowed } from "./names/known-name.ts";
import { displayName, USED } from "./names/name-use.ts";
import type { NameUse } from "./names/name-use.ts";
import { LOADERS } from "./readers.ts";
import { KIND, offsetOf, RichNode, TAINT, taintOfAll } from "./value.ts";
import type { Node, Value } from "./value.ts";

export type How = "REDUCE" | "INST" | "OBJ" | "NEWOBJ" | "NEWOBJ_EX" | "BUILD" | "argument";

const MAX_DEPTH = 24;
let depth = 0;

/**
 * Follows a call.
 *
 * @param args undefined where the stream does not show them.
 * @returns what the call leaves on the stack.
 */
export function callValue(
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
      return callee.use === undefined
        ? machine.opaque(at)
        : callGlobal(machine, callee, callee.use, args, at, how);
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
export function instantiate(
  machine: Machine,
  callee: Value,
  args: readonly Value[] | undefined,
  at: number,
  how: "NEWOBJ" | "NEWOBJ_EX" | "REDUCE",
): Value {
  if (typeof callee === "number" || callee.kind !== KIND.GLOBAL || callee.use === undefined) {
    return callValue(machine, callee, args, at, how);
  }
  const { use } = callee;
  use.used |= USED.INSTANTIATED;
  judge(machine, use, args, at, "instantiate");
  const node = new RichNode(KIND.INSTANCE, at, resultTaint(use, args));
  node.callee = callee;
  machine.options.tracer?.call(node, callee, args, "NEWOBJ");
  return node;
}

function callGlobal(
  machine: Machine,
  callee: Node,
  use: NameUse,
  args: readonly Value[] | undefined,
  at: number,
  how: How,
): Value {
  use.used |= USED.CALLED;
  if (!isPlainAttribute(machine, use, args)) {
    judge(machine, use, args, at, "call");
  }
  if (use.name?.endsWith(".__new__") === true && args?.[0] !== undefined) {
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
  const own =
    use.known !== undefined ? TAINT.KNOWN : use.danger !== undefined ? TAINT.DANGEROUS : TAINT.UNKNOWN;
  return own | (args === undefined ? TAINT.NONE : taintOfAll(args));
}

/** Says what a call of a name means, unless it is known to be harmless with these arguments. */
function judge(
  machine: Machine,
  use: NameUse,
  args: readonly Value[] | undefined,
  at: number,
  wanted: Extract<Allowed, "call" | "instantiate">,
): void {
  const { known, danger } = use;
  if (known !== undefined) {
    const allowed =
      known.allow.has(wanted) || (wanted === "instantiate" && known.allow.has("call"));
    if (allowed && matchArguments(machine, known.arguments, args, at)) {
      return;
    }
    if (danger === undefined) {
      machine.findings.observations.add({
        kind: "unexpected-use",
        offset: at,
        key: `${displayName(use)} ${allowed ? "arguments" : wanted}`,
        message: allowed
          ? `calls ${displayName(use)} with arguments that it is not known to be harmless with: ${shownArguments(machine, args)}`
          : `${wanted === "call" ? "calls" : "instantiates"} ${displayName(use)}, which is only known to be harmless as a reference`,
      });
      return;
    }
  }
  if (danger !== undefined) {
    observeDanger(machine, use, danger, args, at);
    return;
  }
  if (use.origin === "computed") {
    // Looking it up was the finding.
    return;
  }
  if (!machine.findings.observations.again(`unknown-call ${displayName(use)}`)) {
    const library = machine.findings.names.tables.isStandardLibrary(use.module ?? "");
    machine.findings.observations.add({
      kind: "unknown-call",
      offset: at,
      key: displayName(use),
      message: `${wanted === "call" ? "calls" : "instantiates"} ${displayName(use)}, which is not known to be harmless`,
      // What the standard library really writes is listed; calling the rest is how payloads are built.
      ...(library && wanted === "call"
        ? { implies: "suspicious", severity: "high" }
        : { implies: "unknown" }),
      ...reachedBy(machine),
    });
  }
  passesDanger(machine, use, args, at);
}

function observeDanger(
  machine: Machine,
  use: NameUse,
  danger: Danger,
  args: readonly Value[] | undefined,
  at: number,
): void {
  if (passesDanger(machine, use, args, at)) {
    return;
  }
  const texts = args?.map((arg) => argumentText(machine, arg)) ?? [];
  const { message, implies, severity } = judgeCall(danger, texts);
  machine.findings.observations.add({
    kind: "dangerous-call",
    offset: at,
    key: displayName(use),
    message,
    implies,
    severity,
    references: danger.references,
    trace: traceOf(machine, use, args, at),
    ...reachedBy(machine),
  });
}

/** A dangerous callable among the arguments of a function that may call it. */
function passesDanger(
  machine: Machine,
  use: NameUse,
  args: readonly Value[] | undefined,
  at: number,
): boolean {
  const passed = args === undefined ? undefined : findDanger(machine, args, 3);
  if (passed?.use?.danger === undefined) {
    return false;
  }
  const effect = EFFECTS[passed.use.danger.effect];
  machine.findings.observations.add({
    kind: "dangerous-call",
    offset: at,
    key: `${displayName(use)} ${displayName(passed.use)}`,
    message: `hands ${displayName(passed.use)} to ${displayName(use)}, which would ${passed.use.danger.does}`,
    implies: effect.called.implies,
    severity: effect.called.severity,
    references: passed.use.danger.references,
    trace: traceOf(machine, use, args, at),
    ...reachedBy(machine),
  });
  return true;
}

function findDanger(machine: Machine, values: readonly Value[], levels: number): Node | undefined {
  for (const value of values.slice(0, 64)) {
    if (typeof value === "number" || (value.taint & TAINT.DANGEROUS) === 0) {
      continue;
    }
    if (value.kind === KIND.GLOBAL && value.use?.danger !== undefined) {
      return value;
    }
    const inside = levels === 0 ? undefined : findDanger(machine, machine.itemsOf(value) ?? [], levels - 1);
    if (inside !== undefined) {
      return inside;
    }
    if (typeof value.callee === "object" && value.callee.use?.danger !== undefined && value.kind === KIND.PARTIAL) {
      return value.callee;
    }
  }
  return undefined;
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
  node.callee = callee;
  machine.options.tracer?.call(node, callee, args, "REDUCE");
  return node;
}

/** A callable that is stored to be called later: judged now, bites later. */
export function keepCallable(machine: Machine, value: Value, at: number): void {
  if (typeof value === "number" || (value.taint & TAINT.DANGEROUS) === 0) {
    return;
  }
  const kept = findDanger(machine, [value], 3);
  if (kept?.use?.danger === undefined) {
    return;
  }
  const effect = EFFECTS[kept.use.danger.effect];
  machine.findings.observations.add({
    kind: "dangerous-call",
    offset: at,
    key: `keeps ${displayName(kept.use)}`,
    message: `keeps ${displayName(kept.use)} to be called later, which would ${kept.use.danger.does}`,
    implies: effect.called.implies,
    severity: effect.called.severity,
    trigger: "inference",
    references: kept.use.danger.references,
  });
}

function reachedBy(machine: Machine): { readers?: readonly string[] } {
  const readers = machine.readersHere();
  return readers === undefined ? {} : { readers };
}

/** An argument for a sentence: decoded where it is text or a number. */
export function argumentText(machine: Machine, value: Value): ArgumentText {
  if (typeof value === "number" && value < 0) {
    return { kind: "other", text: describe(machine, value), literal: true };
  }
  if (typeof value === "number") {
    const text = machine.literals.text(value);
    if (text !== undefined) {
      return { kind: "string", text };
    }
    const bytes = machine.literals.bytes(value);
    if (bytes !== undefined) {
      return { kind: "bytes", text: Buffer.from(bytes).toString("latin1") };
    }
    return { kind: "number", text: describe(machine, value) };
  }
  if (value.kind === KIND.FOLDED) {
    return value.literal instanceof Uint8Array
      ? { kind: "bytes", text: Buffer.from(value.literal).toString("latin1") }
      : { kind: typeof value.literal === "string" ? "string" : "number", text: String(value.literal) };
  }
  return {
    kind: "other",
    text: describe(machine, value),
    literal: value.taint === TAINT.NONE && value.kind <= KIND.SET,
  };
}

function shownArguments(machine: Machine, args: readonly Value[] | undefined): string {
  return args === undefined ? "(…)" : `(${args.map((arg) => describe(machine, arg)).join(", ").slice(0, 200)})`;
}

/** The opcodes that lead to a call: look-up, literal arguments, call. */
function traceOf(
  machine: Machine,
  use: NameUse,
  args: readonly Value[] | undefined,
  at: number,
): string[] {
  const steps: { offset: number; text: string }[] = [
    { offset: use.offset, text: `looks up ${displayName(use)}` },
    { offset: at, text: "calls" },
  ];
  for (const arg of args?.slice(0, 6) ?? []) {
    steps.push({ offset: offsetOf(arg), text: `argument ${describe(machine, arg)}` });
  }
  return steps
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, text }) => `0x${offset.toString(16)} ${text}`);
}
