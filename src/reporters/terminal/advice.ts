/** What to do about a file: a sentence or two for whoever has to decide now. */

import type { FileReport } from "../../kernel/report.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import type { Verdict } from "../../kernel/verdict.ts";
import { reasonsOf } from "./reasons.ts";

/** By the kind of the issue that made a file incomplete. */
const INCOMPLETE: Readonly<Record<string, string>> = {
  truncated: "The file ends early. Get it again, and scan it again.",
  damaged: "Get the file again, and compare its SHA-256 with the one that its author states.",
  encrypted: "Decrypt it, and scan what comes out.",
  unsupported: "Take it as not scanned: unpack or convert it with a tool you trust, and scan that.",
  limit: "If its author can say why it is like this, raise the limit (--limits) and scan it again.",
  unreadable: "Make it readable, and scan it again.",
};

/** What to do, or nothing for a clean file. */
export function adviceFor(file: FileReport): string | undefined {
  return ADVICE[file.verdict](reasonsOf(file)[0]?.source ?? "", file.format);
}

/** Formats that need no code, so that one of theirs with code in it was made to harm. */
const WITHOUT_CODE: ReadonlySet<string> = new Set(["safetensors", "gguf"]);

/** By verdict; `source` is the rule or the issue that weighs most. */
const ADVICE: Readonly<Record<Verdict, (source: string, format: string) => string | undefined>> = {
  clean: () => undefined,
  unknown: (source) =>
    source.startsWith("pickle/unknown-")
      ? "If you know that code and trust it, vouch for its names: knownNames in weighbridge.yaml."
      : "Take it as not scanned. Load it only if you trust its author.",
  incomplete: (source) => INCOMPLETE[source] ?? "Take it as not scanned, and scan it again.",
  suspicious: (source) =>
    `Do not load it before you know why it is like this: weighbridge explain ${source}`,
  malicious: (_, format) =>
    WITHOUT_CODE.has(format)
      ? "Do not load it, nor what else comes from there: this format has no use for what is in it."
      : "Do not load it. Ask its author for safetensors, which cannot run anything.",
};

/** What `torch.load(weights_only=True)` would say, for files on which that is known. */
export function weightsOnlyNote(file: FileReport): string | undefined {
  switch (weightsOnlyResult(file)) {
    case "accepted":
      return "torch.load(…, weights_only=True) accepts it";
    case "rejected":
      return "torch.load(…, weights_only=True) refuses it";
    default:
      return undefined;
  }
}

/** `accepted` or `rejected`, on the file that the user would load. */
function weightsOnlyResult({ facts }: FileReport): string | undefined {
  const result = field(field(facts["pickle"], "weightsOnly"), "result");
  return typeof result === "string" ? result : undefined;
}

function field(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)[name]
    : undefined;
}
