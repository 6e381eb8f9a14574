import { describe, expect, it } from "vitest";

import {
  artifact,
  built,
  deployed,
  digestSet,
  frozen,
  input,
  signed,
} from "../../../test/builders/claims.ts";
import { reachableClaims } from "./reachable.ts";

describe("claims that a lineage can come to", () => {
  it("are about the model and what it was made from, round in circles too", () => {
    const [data, base, tuned, other] = ["data", "base", "tuned", "other"].map((name) =>
      artifact(name),
    );
    const reached = [
      built("finetune", tuned!, [input("base-model", base!)]),
      built("finetune", base!, [input("dataset", data!), input("base-model", tuned!)]),
      frozen(data!),
      signed(base!),
      deployed(tuned!),
    ];
    // Made from the model, and so nothing that it was made from.
    const rest = [built("quantize", other!, [input("base-model", tuned!)]), signed(other!)];
    const model = { name: "tuned", digest: digestSet(tuned!) };

    expect(reachableClaims(model, [...rest, ...reached])).toEqual(new Set(reached));
    expect(reachableClaims(model, rest)).toEqual(new Set());
  });
});
