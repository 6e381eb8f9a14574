/** CEL as its specification defines it, in what policies use. Where the implementation differs, the case says so. */

import { describe, expect, it } from "vitest";

import { compileCondition } from "./compile-condition.ts";

const VARIABLES = { x: "json", now: "time" } as const;
const INPUT = {
  x: {
    text: "héllo",
    int: 3,
    double: 1.5,
    big: 2 ** 60,
    zero: 0,
    none: null,
    yes: true,
    list: [1, 2, 3],
    names: ["a", "b"],
    nested: { deep: { value: "v" } },
    objects: [{ n: "a", v: 1 }, { n: "b" }],
    at: "2026-11-20T09:00:00Z",
    ["__proto__x"]: 1,
  },
  now: new Date("2026-11-21T09:00:00Z"),
};

function ask(source: string): boolean | string {
  const compiled = compileCondition(source, VARIABLES);
  if (compiled.kind === "problem") {
    return `does not compile: ${compiled.problem.message}`;
  }
  const answer = compiled.condition.evaluate(INPUT);
  return answer.kind === "answer" ? answer.value : answer.problem.message;
}

describe("CEL", () => {
  it.each([
    // Numbers: one line for all of them when compared, none when calculated.
    ["x.int == 3"],
    ["x.int == 3.0"],
    ["x.int > 1.5 && x.double < 2"],
    ["x.double == 1.5"],
    ["x.int + 1 == 4"],
    ["-x.int == -3"],
    ["7 / 2 == 3 && -7 / 2 == -3"],
    ["7 % 2 == 1 && -7 % 2 == -1"],
    ["double(x.int) / 2.0 == 1.5"],
    ["int('42') == 42 && string(42) == '42'"],
    ["x.zero == 0 && x.zero == 0.0"],
    ["1u < 2u"],
    ["0x10 == 16"],
    ["1e3 == 1000.0"],
    // Text: characters, not units of UTF-16.
    ["size(x.text) == 5 && x.text.size() == 5"],
    ["size('😀') == 1"],
    ["'a' + 'b' == 'ab'"],
    ["x.text.startsWith('hé') && x.text.endsWith('lo') && x.text.contains('ll')"],
    ["'abc'.matches('b')"],
    ["!'abc'.matches('^b')"],
    ["'a\\nb'.matches('a.b') == false"],
    ["'a\\nb'.matches('(?s)a.b')"],
    ["r'a\\d' == 'a\\\\d'"],
    ["'\\u00e9' == 'é'"],
    ["'A' != 'a'"],
    // Truth: errors are absorbed where the other side decides, in either order.
    ["true || x.missing"],
    ["x.missing || true"],
    ["!(false && x.missing)"],
    ["!(x.missing && false)"],
    ["x.yes ? true : x.missing"],
    // Presence.
    ["has(x.text) && !has(x.missing)"],
    ["has(x.none)"],
    ["x.none == null"],
    ["!has(x.nested.other)"],
    ["'text' in x && !('missing' in x)"],
    ["2 in x.list && !(5 in x.list)"],
    // Macros.
    ["x.list.all(i, i > 0)"],
    ["x.list.exists(i, i == 2)"],
    ["x.list.exists_one(i, i > 2)"],
    ["!x.list.exists_one(i, i > 1)"],
    ["x.list.map(i, i * 2) == [2, 4, 6]"],
    ["x.list.filter(i, i > 1) == [2, 3]"],
    ["x.objects.exists(o, o.v == 1)"],
    ["!x.objects.all(o, o.n == 'b')"],
    ["[].all(i, false) && ![].exists(i, true)"],
    ["x.nested.exists(k, k == 'deep')"],
    // Equality of values with structure.
    ["x.nested == {'deep': {'value': 'v'}}"],
    ["[1, 2] != [2, 1]"],
    ["{'a': 1, 'b': 2} == {'b': 2, 'a': 1}"],
    // Time.
    ["timestamp(x.at) < now"],
    ["now - timestamp(x.at) == duration('24h')"],
    ["timestamp(x.at) + duration('90m') == timestamp('2026-11-20T10:30:00Z')"],
    ["now.getFullYear() == 2026"],
    ["type(x.int) == int && type(x.text) == string"],
  ])("%s", (source) => {
    expect(ask(source)).toBe(true);
  });

  it.each([
    ["x.missing == 1", "there is no x.missing"],
    ["x.nested.other.value == 'v'", "there is no x.nested.other"],
    ["has(x.missing.value)", "there is no x.missing"],
    ["x['missing'] == 1", "there is no x['missing']"],
    ["x.list[3] == 1", "there is no x.list[3]"],
    ["1 / x.zero == 1", "division by zero"],
    ["x.int / 2.0 == 1.5", "no such overload: int / double"],
    ["9223372036854775807 + x.int > 0", "integer overflow"],
    ["x.text < 1", "no such overload: string < int"],
    ["x.text && true", "Logical operator requires bool"],
    ["x.objects.all(o, o.v == 1)", "there is no o.v"],
    ["timestamp(x.text) < now", "timestamp"],
    ["x.__proto__ == null", "there is no x.__proto__"],
    ["x.constructor == null", "there is no x.constructor"],
    ["x.list.constructor == null", "constructor"],
    ["x.text.length == 5", "length"],
    ["x.text", "it gives something other than yes or no"],
  ])("%s has no answer", (source, message) => {
    expect(ask(source)).toContain(message);
    expect(ask(source)).not.toContain("does not compile");
  });

  it("tells integers beyond 2^53 from exact ones", () => {
    expect(ask("type(x.big) == double")).toBe(true);
  });
});
