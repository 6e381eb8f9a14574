/** What a call of a name means: known to be harmless with these arguments, dangerous, or neither. */

import { impliedVerdict, verdictRank } from "../../kernel/verdict.ts";
import { matchArguments } from "./arguments.ts";
import { describe } from "./describe.ts";
import type { Danger } from "./effects/dangerous-names.ts";
import type { Weight } from "./effects/effects.ts";
import { judgeCall } from "./effects/sentence.ts";
import type { ArgumentText } from "./effects/sentence.ts";
import type { Machine } from "./machine.ts";
import type { Allowed } from "./names/known-name.ts";
import { displayName } from "./names/name-use.ts";
import type { NameUse } from "./names/name-use.ts";
import { KIND, offsetOf, TAINT } from "./value.ts";
import type { Value } from "./value.ts";

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
  const { names, observations } = machine.findings;
  // What the standard library really writes is listed; calling the rest is how payloads are built.
  const suspicious = wanted === "call" && names.tables.isStandardLibrary(use.module ?? "");
  const implies = suspicious ? "suspicious" : "unknown";
  const key = displayName(use);
  if (!observations.again(`unknown-call ${key}`, implies)) {
    observations.add({
      kind: "unknown-call",
      offset: at,
      key,
      message: `${wanted === "call" ? "calls" : "instantiates"} ${key}, which is not known to be harmless`,
      implies,
      ...(suspicious ? { severity: "high" } : {}),
      ...reachedBy(machine),
    });
  }
}

function observeDanger(machine: Machine, danger: Danger, call: NamedCall): void {
  const { use, args, at } = call;
  const { observations } = machine.findings;
  const passed = passesDanger(machine, call);
  if (
    passed === undefined &&
    observations.again(`dangerous-call ${displayName(use)}`, "malicious")
  ) {
    return;
  }
  const texts = args?.map((arg) => argumentText(machine, arg)) ?? [];
  const { message, implies, severity } = judgeCall(danger, texts);
  // A function that calls what it is handed does the harm of that; one that does more harm by itself is told, too.
  if (passed !== undefined && rankOf(passed) >= verdictRank(impliedVerdict(implies))) {
    return;
  }
  observations.add({
    kind: "dangerous-call",
    offset: at,
    key: displayName(use),
    message,
    implies,
    severity,
    references: danger.references,
    trace: traceOf(machine, call),
    ...reachedBy(machine),
  });
}

/** A dangerous callable among the arguments of a function that may call it. */
function passesDanger(machine: Machine, call: NamedCall): Passed | undefined {
  const { use, args, at } = call;
  const passed = args === undefined ? undefined : worstDanger(machine, args);
  if (passed !== undefined) {
    machine.findings.observations.add({
      kind: "dangerous-call",
      offset: at,
      key: `${displayName(use)} ${displayName(passed.use)}`,
      message: `hands ${displayName(passed.use)} to ${displayName(use)}, which would ${passed.danger.does}`,
      implies: passed.weight.implies,
      severity: passed.weight.severity,
      references: passed.danger.references,
      trace: traceOf(machine, call),
      ...reachedBy(machine),
    });
  }
  return passed;
}

/** A dangerous callable that somebody else may call, and how bad that is. */
interface Passed {
  readonly use: NameUse;
  readonly danger: Danger;
  readonly weight: Weight;
}

function rankOf({ weight }: Passed): number {
  return verdictRank(impliedVerdict(weight.implies));
}

/** Values that are looked through for one: arguments may hold the same containers over and over. */
const MAX_LOOKED_THROUGH = 4096;
const MOST_ELEMENTS = 64;
const DEEPEST = 3;

interface Search {
  left: number;
  worst: Passed | undefined;
}

/** The worst callable among values and in them; of several that are as bad, the first. */
function worstDanger(machine: Machine, values: readonly Value[]): Passed | undefined {
  const search: Search = { left: MAX_LOOKED_THROUGH, worst: undefined };
  lookThrough(machine, values, DEEPEST, search);
  return search.worst;
}

function lookThrough(
  machine: Machine,
  values: readonly Value[],
  levels: number,
  search: Search,
): void {
  const count = Math.min(values.length, MOST_ELEMENTS);
  for (let index = 0; index < count && search.left > 0; index += 1) {
    search.left -= 1;
    const value = values[index]!;
    if (typeof value === "number" || (value.taint & TAINT.DANGEROUS) === 0) {
      continue;
    }
    if (value.kind === KIND.GLOBAL) {
      consider(value.use, search);
      continue;
    }
    if (levels > 0) {
      lookThrough(machine, machine.itemsOf(value) ?? [], levels - 1, search);
    }
    if (value.kind === KIND.PARTIAL && typeof value.callee === "object") {
      consider(value.callee.use, search);
    }
  }
}

function consider(use: NameUse | undefined, search: Search): void {
  if (use?.danger === undefined) {
    return;
  }
  const found = { use, danger: use.danger, weight: judgeCall(use.danger, []) };
  if (search.worst === undefined || rankOf(found) > rankOf(search.worst)) {
    search.worst = found;
  }
  if (rankOf(search.worst) === verdictRank("malicious")) {
    search.left = 0;
  }
}

/** A callable that is stored to be called later: judged now, bites later. */
export function keepCallable(machine: Machine, value: Value, at: number): void {
  if (typeof value === "number" || (value.taint & TAINT.DANGEROUS) === 0) {
    return;
  }
  const kept = worstDanger(machine, [value]);
  if (kept === undefined) {
    return;
  }
  machine.findings.observations.add({
    kind: "dangerous-call",
    offset: at,
    key: `keeps ${displayName(kept.use)}`,
    message: `keeps ${displayName(kept.use)} to be called later, which would ${kept.danger.does}`,
    implies: kept.weight.implies,
    severity: kept.weight.severity,
    trigger: "inference",
    references: kept.danger.references,
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
