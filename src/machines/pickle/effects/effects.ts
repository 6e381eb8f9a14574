/**
 * What a dangerous name can do to the machine that loads a file, and how loud a scan is about it. A name that a
 * stream only refers to weighs less than one that it calls: the first needs somebody else to call it.
 */

import type { Severity } from "../../../kernel/severity.ts";
import type { Implication } from "../../../kernel/verdict.ts";

/** Effects, worst first. */
export const EFFECT_NAMES = [
  "exec",
  "process",
  "import",
  "native",
  "nested",
  "tamper",
  "file",
  "network",
  "attribute",
  "call",
  "decode",
  "crash",
] as const;

export type Effect = (typeof EFFECT_NAMES)[number];

export interface Weight {
  readonly severity: Severity;
  readonly implies: Implication;
}

export interface EffectInfo {
  /** What the names do, as a noun phrase. */
  readonly title: string;
  /** The stream calls the name while it loads. */
  readonly called: Weight;
  /** The stream names it and does not call it. */
  readonly referenced: Weight;
}

const TAKES_OVER: Omit<EffectInfo, "title"> = {
  called: { severity: "critical", implies: "malicious" },
  referenced: { severity: "high", implies: "suspicious" },
};

// Opening a file or naming a host is not yet harm; `judgeCall` raises what writes or connects.
const REACHES_OUT: Omit<EffectInfo, "title"> = {
  called: { severity: "high", implies: "suspicious" },
  referenced: { severity: "medium", implies: "suspicious" },
};

// Tools for building one of the above. Libraries refer to them without harm, so a mere reference is `unknown`.
const BUILDS: Omit<EffectInfo, "title"> = {
  called: { severity: "high", implies: "suspicious" },
  referenced: { severity: "medium", implies: "unknown" },
};

const HINDERS: Omit<EffectInfo, "title"> = {
  called: { severity: "medium", implies: "suspicious" },
  referenced: { severity: "low", implies: "unknown" },
};

export const EFFECTS: Readonly<Record<Effect, EffectInfo>> = {
  exec: { title: "code execution", ...TAKES_OVER },
  process: { title: "programs and processes", ...TAKES_OVER },
  import: { title: "import of modules", ...TAKES_OVER },
  native: { title: "native code and memory", ...TAKES_OVER },
  nested: { title: "deserializers that can run code", ...TAKES_OVER },
  tamper: {
    title: "changes to a scanner or to a loader's protection",
    called: { severity: "critical", implies: "malicious" },
    referenced: { severity: "critical", implies: "suspicious" },
  },
  file: { title: "files", ...REACHES_OUT },
  network: { title: "network", ...REACHES_OUT },
  attribute: { title: "attributes and namespaces", ...BUILDS },
  call: { title: "calls by other means", ...BUILDS },
  decode: { title: "decoding, which hides names", ...HINDERS },
  crash: { title: "ending or stopping the program", ...HINDERS },
};
