import { describe, expect, it } from "vitest";

import {
  artifact,
  built,
  digestSet,
  frozen,
  input,
  strange,
} from "../../../test/builders/claims.ts";
import type { Claim } from "./lineage.ts";
import { summarizeLineage } from "./summarize.ts";
import type { LineageSummary } from "./summarize.ts";
import { traceLineage } from "./trace.ts";

const data = artifact("corpus");
const base = artifact("base");
const tuned = artifact("tuned");
const training = built("training", base, [input("dataset", data)]);
const tuning = built("finetune", tuned, [
  { ...input("base-model", base), uri: "pkg:huggingface/example/base" },
  input("dataset", data),
]);

function summary(claims: readonly Claim[]): LineageSummary {
  return summarizeLineage(traceLineage({ name: "tuned", digest: digestSet(tuned) }, claims));
}

describe("a lineage in short", () => {
  it("counts the steps along the longest way, and names the base models", () => {
    expect(summary([frozen(data), training, tuning])).toEqual({
      depth: 2,
      gaps: [],
      conflicts: [],
      baseModels: ["pkg:huggingface/example/base"],
    });
  });

  it("does not count steps that nobody who is trusted claims", () => {
    const { depth, gaps } = summary([frozen(data), strange(training), tuning]);

    expect(depth).toBe(1);
    expect(gaps).toHaveLength(1);
  });

  it("tells what cannot be true apart from what is missing", () => {
    const { depth, gaps, conflicts } = summary([
      built("finetune", base, [input("base-model", tuned)]),
      tuning,
    ]);

    expect(depth).toBe(2);
    expect(gaps).toHaveLength(1);
    expect(conflicts).toHaveLength(1);
  });
});
