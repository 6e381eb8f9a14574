/** The lineage of a model against what a rule requires of it. */

import { quote } from "../../kernel/text.ts";
import type { Reason } from "./decision.ts";
import { globTakes } from "./glob.ts";
import { reasonOf } from "./judgement.ts";
import type { Failure, Judging } from "./judgement.ts";
import { LINEAGE } from "./model-rules.ts";

export function judgeLineage(judging: Judging): Reason[] {
  const { lineage: required } = judging.rule;
  if (required === undefined) {
    return [];
  }
  const { lineage } = judging.evidence;
  const failures: Omit<Failure, "info" | "aspect" | "place">[] = [];
  if (lineage === undefined) {
    failures.push({
      message: "nothing is known of its lineage",
      remedy: "claims about how it was made",
    });
  } else {
    const { depth, gaps, conflicts, baseModels } = lineage;
    for (const conflict of conflicts.slice(0, 10)) {
      failures.push({
        message: `its lineage contradicts itself: ${conflict}`,
        remedy: "claims that agree",
      });
    }
    for (const gap of gaps.slice(0, 10)) {
      const remedy = "a claim that closes the gap";
      failures.push({ message: `its lineage has a gap: ${gap}`, remedy, effect: required.gaps });
    }
    if (depth < required.depth) {
      const message = `${depth} steps of its making are proved, and ${required.depth} are required`;
      failures.push({ message, remedy: "claims about earlier steps" });
    }
    const allowed = required.baseModels;
    const strangers =
      allowed === undefined
        ? []
        : baseModels.filter((uri) => !allowed.some((glob) => globTakes(glob, uri)));
    for (const uri of strangers.slice(0, 10)) {
      failures.push({
        message: `it was made from ${quote(uri)}`,
        remedy: "an entry in baseModels",
      });
    }
  }
  return failures.map((failure) =>
    reasonOf(judging, { info: LINEAGE, aspect: "history", place: required.place, ...failure }),
  );
}
