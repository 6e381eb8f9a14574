/** What is odd in a policy, each with its line; and nothing in one that is as it should be. */

import { describe, expect, it } from "vitest";

import { HEAD, hex, policyOf } from "../../../test/builders/trust.ts";
import { lintPolicy } from "./lint.ts";

const USED = `  - { match: "hf:used/x", require: { signature: [hsm, laptop, scanner, release, staff] } }\n`;

function lint(rules: string, head = HEAD): string[] {
  return lintPolicy(policyOf(`rules:\n${USED}${rules}`, head)).map(
    ({ rule, place }) => `${rule} ${place.line}`,
  );
}

describe("lintPolicy", () => {
  it.each([
    ["the same", `"hf:a/*"`, `"hf:a/*"`],
    ["all below", `"hf:a/**"`, `"hf:a/b/*"`],
    ["everything", `"hf:**"`, `"hf:a/b@main"`],
    ["one by a star", `"hf:a/*"`, `"hf:a/b"`],
    ["stars by stars", `"hf:a/*"`, `"hf:a/b-*"`],
    ["one of several", `["hf:a/*", "oci:**"]`, `["oci:x/y", "hf:a/b"]`],
  ])("finds a rule behind one that takes %s", (_what, first, second) => {
    const rules = `  - { match: ${first} }\n  - { match: ${second} }\n`;

    expect(lint(rules)).toEqual(["trust/unreachable-rule 16"]);
    expect(lint(rules.replace(" }", ", final: false }"))).toEqual([]);
  });

  it.each([
    [`"hf:a/*"`, `"hf:a/**"`],
    [`"hf:a/*@main"`, `"hf:a/*"`],
    [`"hf:a/b"`, `"hf:a/*"`],
    [`"hf:a/*"`, `"oci:a/*"`],
    [`"hf:a/x*"`, `"hf:a/*x"`],
  ])("finds nothing where something is left: %s, %s", (first, second) => {
    expect(lint(`  - { match: ${first} }\n  - { match: ${second} }\n`)).toEqual([]);
  });

  it("finds patterns that are not anchored", () => {
    const where = (condition: string): string =>
      `  - match: "hf:a/b"\n    require:\n      attestations:\n        - { type: "a:b", by: hsm, where: "${condition}" }\n`;

    expect(lint(where("predicate.x.matches('acme')"))).toEqual(["trust/weak-pattern 18"]);
    expect(lint(where("predicate.x.matches('^acme')"))).toEqual(["trust/weak-pattern 18"]);
    expect(lint(where("predicate.x.matches('^acme|evil$')"))).toEqual(["trust/weak-pattern 18"]);
    expect(lint(where("predicate.x.matches('^(?:a|b)[|)]$')"))).toEqual([]);
    expect(lint(where("predicate.x.matches('(?i)^a$')"))).toEqual([]);
  });

  it("finds levels that look at nothing, keys with two names, and names for nothing", () => {
    expect(lint(`  - { match: "hf:a/b", level: skip }\n`)).toEqual(["trust/skipped 15"]);
    expect(lint("", HEAD.replace(hex("laptop"), hex("hsm")))).toEqual(["trust/same-key 9"]);
    expect(
      lintPolicy(policyOf(`rules:\n  - { match: "hf:a/b" }\n`)).map(({ rule }) => rule),
    ).toEqual(Array.from({ length: 5 }, () => "trust/unused-authority"));
  });
});
