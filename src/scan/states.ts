/**
 * The states of a file that no rule is about, as reports name them: kinds of issues, and `coverage` for
 * bytes that nobody accounts for. They are told and explained like rules.
 */

import type { IssueKind } from "../kernel/report.ts";
import type { RuleInfo } from "../kernel/rule.ts";

export type State = Exclude<IssueKind, "deviation"> | "coverage";

const HELP: Readonly<Record<State, readonly [title: string, help: string]>> = {
  truncated: ["The file ends early", "The file ends before its format says that it does."],
  damaged: [
    "The file contradicts itself",
    "The file contradicts itself, so that nobody can say what a loader would read.",
  ],
  encrypted: [
    "The content is encrypted",
    "The content is encrypted. Only what is decrypted can be judged.",
  ],
  unsupported: [
    "Part of the format is not understood here",
    "The file uses a part of its format that is not understood here.",
  ],
  limit: [
    "A budget was used up",
    "Reading on would have taken more than a budget of one file allows (see --limits). The rest was not looked at.",
  ],
  unreadable: ["The file could not be read", "The file could not be read at all."],
  coverage: [
    "Bytes are not accounted for",
    "Nothing bad was found, and yet some bytes are not accounted for: nobody can vouch for them.",
  ],
};

/** All of them, in the shape of rules. Their ids have no family. */
export const STATES: readonly RuleInfo[] = Object.entries(HELP).map(([id, [title, help]]) => ({
  id,
  severity: id === "coverage" ? "low" : "medium",
  confidence: "high",
  trigger: "load",
  implies: id === "coverage" ? "unknown" : "incomplete",
  references: [],
  title,
  help,
}));
