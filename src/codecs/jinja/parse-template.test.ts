import { describe, expect, it } from "vitest";

import { parseTemplate } from "./parse-template.ts";
import type { Argument, Expression } from "./syntax.ts";

/** An expression as brackets, so that precedence is seen. */
function shown(expression: Expression | undefined): string {
  if (expression === undefined) {
    return "";
  }
  switch (expression.kind) {
    case "name":
      return expression.name;
    case "constant":
      return JSON.stringify(expression.value);
    case "list":
    case "tuple":
    case "concat":
      return `${expression.kind}(${expression.items.map(shown).join(" ")})`;
    case "dict":
      return `dict(${expression.pairs.map(([key, value]) => `${shown(key)}:${shown(value)}`).join(" ")})`;
    case "attribute":
      return `${shown(expression.object)}.${expression.name}`;
    case "item":
      return `${shown(expression.object)}[${shown(expression.index)}]`;
    case "slice":
      return expression.parts.map(shown).join(":");
    case "unary":
      return `(${expression.operator} ${shown(expression.operand)})`;
    case "binary":
      return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
    case "compare": {
      const rest = expression.rest.map(({ operator, value }) => `${operator} ${shown(value)}`);
      return `(${shown(expression.first)} ${rest.join(" ")})`;
    }
    case "condition":
      return `(${shown(expression.chosen)} if ${shown(expression.test)} else ${shown(expression.otherwise)})`;
    case "call":
      return `${shown(expression.callee)}(${argumentsOf(expression)})`;
    default:
      return `${shown(expression.object)}|${expression.name}(${argumentsOf(expression)})`;
  }
}

function argumentsOf({ args }: { readonly args: readonly Argument[] }): string {
  const marks = { positional: "", keyword: "=", star: "*", "double-star": "**" };
  return args.map(({ kind, name, value }) => name + marks[kind] + shown(value)).join(" ");
}

describe("expressions", () => {
  it.each([
    ["a + b * c", "(a + (b * c))"],
    ["a ~ b + c", "(concat(a b) + c)"],
    ["a * b ~ c", "concat((a * b) c)"],
    ["2 ** 3 ** 2", "((2 ** 3) ** 2)"],
    ["-a.b|c", "(- a.b)|c()"],
    ["not a in b", "(not (a in b))"],
    ["a not in b == c", "(a not in b == c)"],
    ["a or b and not c", "(a or (b and (not c)))"],
    ["a if b else c if d else e", "(a if b else (c if d else e))"],
    ["a is not divisibleby 3 and b", "((not a|divisibleby(3)) and b)"],
    ["a is defined or b", "(a|defined() or b)"],
    ["a|f(1, k=2, *b, **c)", "a|f(1 k=2 *b **c)"],
    ["a[1:-1, ::2]", "a[tuple(1:(- 1): ::2)]"],
    ["a.0.b['c']()", 'a[0].b["c"]()'],
    ["{'a': [1, 2,], 'b': ()}", 'dict("a":list(1 2) "b":tuple())'],
    ["'a' \"b\" 'c'", '"abc"'],
    [String.raw`'\x41\u0042\103\N{LOW LINE}\q\''`, String.raw`"ABC_\\q'"`],
    ["1_000 + 0x_ff + 1.5e1_0 + .5", undefined],
    ["0b11 + 0o17 + 0xF + 1_0 + 2e3", "((((3 + 15) + 15) + 10) + 2000)"],
    ["none", "null"],
    ["{'a': {'b': 1}}", 'dict("a":dict("b":1))'],
  ])("%s", (text, expected) => {
    const [statement] = parseTemplate(`{{ ${text} }}`).body;
    expect(statement?.kind === "print" ? shown(statement.value) : undefined).toBe(expected);
  });
});

describe("statements", () => {
  it.each([
    "{% for a, (b, c) in d if e recursive %}{{ loop(a) }}{% break %}{% else %}{% endfor %}",
    "{%- if a -%}b{%+ elif c +%}d{% else %}e{%- endif -%}",
    "{% macro m(a, b=1) %}{% endmacro %}{% call(x) m(1) %}{% endcall %}",
    "{% set ns.a = 1, 2 %}{% set a | upper | f(1) %}b{% endset %}",
    "{% block a scoped required %} {% endblock a %}",
    "{% include ['a', 'b'] ignore missing with context %}{% extends a %}",
    "{% import 'a' as b %}{% from 'a' import b as c, d without context %}",
    "{% with a = 1, b = a %}{% endwith %}{% autoescape true %}{% endautoescape %}",
    "{% generation %}{% do a.append(1) %}{% endgeneration %}{% continue %}",
    "{% raw %}{{ {% {# {% endraw %}{# {{ %} #}{% filter f.g(1)|h %}{% endfilter %}",
    "text } }} %} #} { with braces",
  ])("parses %s", (text) => {
    expect(parseTemplate(text).problem).toBeUndefined();
  });

  it.each([
    ["{{ a", 0],
    ["{% if a %}", 10],
    ["{% nosuch %}", 3],
    ["{{ 'a }}", 3],
    ["{{ a b }}", 5],
    ["{{ (a] }}", 5],
    ["{# a", 0],
    ["{% raw %}", 0],
    ["{% set none = 1 %}", 7],
    ["{% macro m(a=1, b) %}{% endmacro %}", 17],
    [String.raw`{{ '\x4' }}`, 5],
    ["{{ ! }}", 3],
    ["{{ }}", 3],
    ["{% endif %}", 3],
  ])("says where %s is wrong", (text, at) => {
    expect(parseTemplate(text)).toMatchObject({ body: [], problem: { at, isLimit: false } });
  });
});

describe("hostile templates", () => {
  it.each([
    ["{", false],
    ["{{", false],
    ["{%", false],
    ["{#", false],
    ["{{(", false],
    ["{% raw %}", false],
    ["{{ '", false],
    ["{{ \\", false],
    ["{% if a %}", true],
    ["{{ 1_", false],
  ])("end: %s, again and again", (piece, isLimit) => {
    const { problem } = parseTemplate(piece.repeat(30_000));
    expect(piece === "{" ? true : problem?.isLimit === isLimit).toBe(true);
  });

  it.each(["a" + ".b".repeat(1000), "not ".repeat(1000) + "a", "-".repeat(1000) + "a"])(
    "have a bound where they are deep",
    (expression) => {
      expect(parseTemplate(`{{ ${expression} }}`).problem?.isLimit).toBe(true);
    },
  );

  it("have a bound where brackets are deep", () => {
    const nested = `{{ ${"[".repeat(1000)}${"]".repeat(1000)} }}`;
    expect(parseTemplate(nested).problem?.isLimit).toBe(true);
  });
});
