/** What a call of a name means: known to be harmless with these arguments, dangerous, or neither. */

import { matchArguments } from "./arguments.ts";
import { describe } from "./describe.ts";
import type { Danger } from "./effects/dangerous-names.ts";
import { EFFECTS } from "./effects/effects.ts";
import { judgeCall } from "./effects/sentence.ts";
import type { ArgumentText } from "./effects/sentence.ts";
import type { Machine } from "./machine.ts";
import type { Allowed } from "./names/known-name.ts";
import { displayName } from "./names/name-use.ts";
import type { NameUse } from "./names/name-use.ts";
import { KIND, offsetOf, TAINT } from "./value.ts";
import type { Node, Value } from "./value.ts";

/** A call of a name, at a position. `args` is undefined where the stream does not show them. */
export interface NamedCall {
  readonly use: NameUse;
  readonly args: readonly Value[] | undefined;
  readonly at: number;
}

/** Says what a call of a name means, unless it is known to be harmless with these arguments. */
export function judgeNamedCall(machine: Machine, call: NamedCall, wanted: Wanted): void {
  const { use, args, at } = call;
  const { known, danger } = use;
  if (known !== undefined) {
    const allowed =
      known.allow.has(wanted) || (wanted === "instantiate" && known.allow.has("call"));
    if (allowed && matchArguments(machine, known.arguments, args, at)) {
      return;
    }
    if (danger === undefined) {
      observeUnexpected(machine, call, wanted, allowed);
      return;
    }
  }
  if (danger !== undefined) {
    observeDanger(machine, danger, call);
    return;
  }
  if (use.origin === "computed") {
    // Looking it up was the finding.
    return;
  }
  observeUnknown(machine, call, wanted);
  passesDanger(machine, call);
}

type Wanted = Extract<Allowed, "call" | "instantiate">;

function observeUnexpected(
  machine: Machine,
  { use, args, at }: NamedCall,
  wanted: Wanted,
  allowed: boolean,
): void {
  machine.findings.observations.add({
    kind: "unexpected-use",
    offset: at,
    key: `${displayName(use)} ${allowed ? "arguments" : wanted}`,
    message: allowed
      ? `calls ${displayName(use)} with arguments that it is not known to be harmless with: ${shownArguments(machine, args)}`
      : `${wanted === "call" ? "calls" : "instantiates"} ${displayName(use)}, which is only known to be harmless as a reference`,
  });
}

function observeUnknown(machine: Machine, { use, at }: NamedCall, wanted: Wanted): void {
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
}

function observeDanger(machine: Machine, danger: Danger, { use, args, at }: NamedCall): void {
  if (passesDanger(machine, { use, args, at })) {
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
    trace: traceOf(machine, { use, args, at }),
    ...reachedBy(machine),
  });
}

/** A dangerous callable among the arguments of a function that may call it. */
function passesDanger(machine: Machine, { use, args, at }: NamedCall): boolean {
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
    trace: traceOf(machine, { use, args, at }),
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
    const inside =
      levels === 0 ? undefined : findDanger(machine, machine.itemsOf(value) ?? [], levels - 1);
    if (inside !== undefined) {
      return inside;
    }
    if (
      typeof value.callee === "object" &&
      value.callee.use?.danger !== undefined &&
      value.kind === KIND.PARTIAL
    ) {
      return value.callee;
    }
  }
  return undefined;
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

export function reachedBy(machine: Machine): { readers?: readonly string[] } {
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
      : {
          kind: typeof value.literal === "string" ? "string" : "number",
          text: String(value.literal),
        };
  }
  return {
    kind: "other",
    text: describe(machine, value),
    literal: value.taint === TAINT.NONE && value.kind <= KIND.SET,
  };
}

function shownArguments(machine: Machine, args: readonly Value[] | undefined): string {
  return args === undefined
    ? "(…)"
    : `(${args
        .map((arg) => describe(machine, arg))
        .join(", ")
        .slice(0, 200)})`;
}

/** The opcodes that lead to a call: look-up, literal arguments, call. */
function traceOf(machine: Machine, { use, args, at }: NamedCall): string[] {
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
