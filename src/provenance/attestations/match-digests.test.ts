import { describe, expect, it } from "vitest";

import { artifact, digestSet } from "../../../test/builders/claims.ts";
import { matchDigests, rootOfFile } from "./match-digests.ts";

const model = digestSet(artifact("model"));
const renamed = digestSet(artifact("model", ["b", "c"]));
const other = digestSet(artifact("other"));
const file = "a".repeat(64);

describe("two sets of digests", () => {
  it.each([
    ["the same", model, model, "same"],
    ["one of them with more", { ...model, sha512: "f".repeat(128) }, model, "same"],
    ["other bytes", model, other, "other"],
    ["other names", model, renamed, "renamed"],
    ["a root alone", { sha256: model["sha256"]! }, model, "unbound"],
    ["two roots alone", { sha256: file }, { sha256: file }, "same"],
    ["nothing in common", { gitCommit: "a".repeat(40) }, model, "other"],
    [
      "one in common, and one that differs",
      { ...model, sha512: "a" },
      { ...model, sha512: "b" },
      "other",
    ],
    [
      "a file and the model that it is",
      { sha256: file },
      { sha256: rootOfFile(file), dirHash1: file },
      "same",
    ],
    [
      "a file that says it is a folder",
      { sha256: file, dirHash1: file },
      { sha256: rootOfFile(file) },
      "other",
    ],
  ] as const)("%s", (_what, one, two, expected) => {
    expect(matchDigests(one, two)).toBe(expected);
    expect(matchDigests(two, one)).toBe(expected);
  });
});
