/** What a call would do, as half a sentence: `would run the shell command "touch wb_canary"`. */

import { escapeText, quote } from "../../../kernel/text.ts";
import type { Danger } from "./dangerous-names.ts";
import { EFFECTS } from "./effects.ts";
import type { Weight } from "./effects.ts";
import { redact } from "./redact.ts";

/** An argument as far as it is known before the call happens. */
export interface ArgumentText {
  /** `other`: text made by the caller, such as `["sh", "-c", "ls"]`; empty where nothing is known. */
  readonly kind: "string" | "bytes" | "number" | "other";
  readonly text: string;
  /** Nothing in it is computed: a tuple of strings and numbers, say. */
  readonly literal?: boolean;
}

/** A call that was judged. */
export interface JudgedCall extends Weight {
  readonly message: string;
}

const SHOWN = 200;
/** Secrets are looked for in this much; more is never shown. */
const REDACTED = 4096;

/** Says what calling a dangerous name with these arguments would do. */
export function describeCall(danger: Danger, args: readonly ArgumentText[]): string {
  return `would ${filled(sentenceOf(danger, args), args) ?? danger.does}`;
}

/**
 * The same, with how bad it is: what certainly writes files or connects to a named place is worse than its
 * effect alone.
 */
export function judgeCall(danger: Danger, args: readonly ArgumentText[]): JudgedCall {
  const effect = EFFECTS[danger.effect].called;
  const message = describeCall(danger, args);
  if (danger.implies !== undefined) {
    return { message, severity: "high", implies: danger.implies.called };
  }
  const harms =
    (danger.effect === "file" && writes(danger, args)) ||
    (danger.effect === "network" && connects(danger, args));
  return harms
    ? { message, severity: "critical", implies: "malicious" }
    : { message, severity: effect.severity, implies: effect.implies };
}

/** How bad a mere reference to a dangerous name is. */
export function judgeReference(danger: Danger): Weight {
  const effect = EFFECTS[danger.effect].referenced;
  return danger.implies === undefined
    ? effect
    : { severity: "medium", implies: danger.implies.referenced };
}

function sentenceOf(danger: Danger, args: readonly ArgumentText[]): string | undefined {
  return typeof danger.write === "object" && writes(danger, args)
    ? danger.write.sentence
    : danger.sentence;
}

function writes({ write }: Danger, args: readonly ArgumentText[]): boolean {
  if (write === undefined || write === "always") {
    return write === "always";
  }
  const mode = args[write.mode];
  // `O_WRONLY` and its like are numbers: they say less than a mode, and are not guessed at.
  return mode?.kind === "string" && /[wax+]/.test(mode.text);
}

/** Whether the place is known: every argument that the sentence names is a literal. */
function connects({ sentence }: Danger, args: readonly ArgumentText[]): boolean {
  const places = [...(sentence ?? "").matchAll(/\{(\d)\}/g)].map(
    ([, index]) => args[Number(index)],
  );
  return (
    places.length > 0 &&
    places.every((arg) => arg?.kind === "string" || arg?.kind === "bytes" || arg?.literal === true)
  );
}

/** Puts arguments into a template; undefined where one of them is not known. */
function filled(template: string | undefined, args: readonly ArgumentText[]): string | undefined {
  if (template === undefined) {
    return undefined;
  }
  let complete = true;
  const sentence = template.replaceAll(/\{(\d|rest)\}/g, (_place, index: string) => {
    const shown =
      index === "rest" ? args.map(show).join(", ") : show(args[Number(index)] ?? UNKNOWN);
    complete &&= shown !== "";
    return shown;
  });
  return complete ? sentence : undefined;
}

const UNKNOWN: ArgumentText = { kind: "other", text: "" };

function show({ kind, text }: ArgumentText): string {
  const safe = redact(text.slice(0, REDACTED));
  switch (kind) {
    case "string":
      return quote(safe, SHOWN);
    case "bytes":
      return `b${quote(safe, SHOWN)}`;
    case "number":
    case "other":
      return safe.length > SHOWN ? `${escapeText(safe.slice(0, SHOWN))}…` : escapeText(safe);
    default:
      return kind satisfies never;
  }
}
