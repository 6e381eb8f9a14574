/** What is written into conditions, and what they are asked about, is hostile. */

import { describe, expect, it } from "vitest";

import { compileCondition } from "./compile-condition.ts";
import type { Input } from "./condition.ts";

const VARIABLES = { x: "json", name: "text" } as const;

function problemOf(source: string): string {
  const compiled = compileCondition(source, VARIABLES);
  return compiled.kind === "problem" ? compiled.problem.message : "none";
}

function ask(source: string, input: Input): boolean | string {
  const compiled = compileCondition(source, VARIABLES);
  if (compiled.kind === "problem") {
    throw new Error(compiled.problem.message);
  }
  const answer = compiled.condition.evaluate({ name: "", ...input });
  return answer.kind === "answer" ? answer.value : answer.problem.message;
}

describe("compileCondition", () => {
  it("names the place of a mistake", () => {
    const compiled = compileCondition("x.a == 1 &&\n  y.b", VARIABLES);

    expect(compiled).toEqual({
      kind: "problem",
      problem: { message: "Unknown variable: y", line: 2, column: 3 },
    });
  });

  it.each([
    ["", "Unexpected"],
    ["x.a ==", "Unexpected"],
    ["1 + 1", "it gives int, and conditions give yes or no"],
    ["name == 1", "no such overload"],
    ["x.exec()", "there is no function exec in conditions"],
    ["fetch(name)", "there is no function fetch in conditions"],
    ["cel.bind(a, x + x, a == a)", "there is no function bind in conditions"],
    ["name.split('') == []", "there is no function split in conditions"],
    ["x.matchesLinearly('a')", "there is no function matchesLinearly in conditions"],
    ["name.matches(x.pattern)", "matches takes one pattern, written as text"],
    ["name.matches('a', 'b')", "matches takes one pattern, written as text"],
    ["name.matches('(a')", "not a pattern of RE2"],
    [String.raw`name.matches('(a)\\1')`, "not a pattern of RE2"],
    ["name.matches('a(?=b)')", "not a pattern of RE2"],
    [`name.matches('${"a".repeat(1025)}')`, "more than 1024 characters"],
    [`name.matches('((a{100}){100}){100}')`, "not a pattern of RE2"],
  ])("refuses %s", (source, message) => {
    expect(problemOf(source)).toContain(message);
  });

  it.each([
    ["a source that is too long", `x == "${"a".repeat(4096)}"`],
    ["too many nodes", Array.from({ length: 300 }, () => "x.a").join(" && ")],
    ["parentheses", `${"(".repeat(1000)}true${")".repeat(1000)}`],
    ["negations", `${"!".repeat(4000)}true`],
    ["members", `x${".a".repeat(1000)}`],
    ["lists", `${"[".repeat(1000)}${"]".repeat(1000)} == x`],
    ["choices", `${"true ? ".repeat(200)}true${" : false".repeat(200)}`],
    ["macros", "x.all(a, a.all(b, b.all(c, c.all(d, d))))"],
    ["growth by sums", "x.map(a, a + a).map(b, b + b) == []"],
    ["growth by lists", "x.map(a, [a, a]).map(b, [b, b]) == []"],
    ["growth by maps", "x.map(a, {'k': a, 'l': a}) == []"],
  ])("refuses bombs made of %s", (_what, source) => {
    expect(problemOf(source)).not.toBe("none");
  });
});

describe("a condition", () => {
  const numbers = Array.from({ length: 5000 }, (_, index) => index);

  it("is not evaluated where it could take too long", () => {
    const twice = "x.all(a, x.exists(b, b == -1) || a >= 0)";

    expect(ask(twice, { x: [1, 2, 3] })).toBe(true);
    expect(ask(twice, { x: numbers })).toContain("it could take too long");
    expect(ask("x.all(a, a >= 0)", { x: numbers })).toBe(true);
  });

  it("counts what deep comparisons and long texts cost", () => {
    const tree = Array.from({ length: 200 }, () => numbers.slice(0, 200));

    expect(ask("x.all(a, x.all(b, a == b))", { x: tree })).toContain("too long");
    expect(
      ask("x.all(a, name.matches('(a+)+$'))", { x: numbers, name: "a".repeat(9999) }),
    ).toContain("too long");
  });

  it("matches in linear time", () => {
    expect(ask("name.matches('^(a+)+$')", { x: 0, name: `${"a".repeat(50_000)}b` })).toBe(false);
  });

  it("reads members by any name", () => {
    const x: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "a": 2}');

    expect(ask("x.a == 2 && x.constructor == 1 && x['__proto__'].polluted", { x })).toBe(true);
    expect(ask("has(x.polluted)", { x })).toBe(false);
    expect(ask("x.toString == 1", { x })).toBe("there is no x.toString");
  });

  it("refuses input that is too deep", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level += 1) {
      deep = [deep];
    }

    expect(ask("x == 1", { x: deep })).toContain("nested more than 64 deep");
  });

  it("says where it failed", () => {
    const compiled = compileCondition("name == 'a' &&\n  x.b.c == 1", VARIABLES);
    const answer =
      compiled.kind === "condition"
        ? compiled.condition.evaluate({ name: "a", x: { b: {} } })
        : undefined;

    expect(answer).toEqual({
      kind: "failed",
      problem: { message: "there is no x.b.c", line: 2, column: 7 },
    });
  });

  it("has no answer about what is missing", () => {
    expect(ask("x == 1", {})).toContain("Unknown variable");
    expect(ask("name == ''", { name: 5, x: 1 })).toContain("is not of type 'string'");
  });
});
