import { describe, expect, it } from "vitest";

import { artifact, built, digestSet, frozen, input } from "../../../test/builders/claims.ts";
import type { AttestedModel } from "../attestations/write-statement.ts";
import { holdAgainst } from "./hold-against.ts";
import type { Lineage } from "./lineage.ts";
import { traceLineage } from "./trace.ts";

const data = artifact("corpus");
const model = artifact("model");
const claims = [frozen(data), built("training", model, [input("dataset", data)])];
const lineage = traceLineage({ name: "model", digest: digestSet(model) }, claims);

function held(copy: AttestedModel): Lineage {
  return holdAgainst(lineage, {
    name: copy.name,
    digest: digestSet(copy),
    place: `./${copy.name}`,
  });
}

describe("a copy of what a model was made from", () => {
  it("is told where it is the artifact that was used", () => {
    const { nodes, complete } = held(data);

    expect(complete).toBe(true);
    expect(nodes.map(({ copies }) => copies)).toEqual([undefined, ["./corpus"]]);
  });

  it.each([
    [
      "other bytes under the same name",
      artifact("corpus", undefined, "poisoned"),
      "lineage/digest-mismatch",
      1,
    ],
    ["the same bytes under other names", artifact("corpus", ["x", "y"]), "lineage/renamed", 1],
    ["something else", artifact("stranger"), "lineage/digest-mismatch", 0],
  ])("is a problem where it is %s", (_what, copy, rule, node) => {
    const { problems, complete } = held(copy);

    expect(complete).toBe(false);
    expect(problems.map((each) => [each.rule.id, each.node])).toEqual([[rule, node]]);
  });
});
