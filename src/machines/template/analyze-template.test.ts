import { describe, expect, it } from "vitest";

import { parseTemplate } from "../../codecs/jinja/parse-template.ts";
import { analyzeTemplate } from "./analyze-template.ts";

function analyze(text: string) {
  const { body, problem } = parseTemplate(text);
  expect(problem).toBeUndefined();
  const { capabilities, isPartial } = analyzeTemplate(body, text);
  return { kinds: [...new Set(capabilities.map(({ kind }) => kind))], isPartial };
}

/** A text for each number from 0 on. */
const each = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join("");

const LOOK = "{% if 'launch' in m.content %}";

/** What once took the square of its length, or would. Where it is not followed to its end, that is said. */
const SHAPES: readonly (readonly [string, string])[] = [
  ["a long list", `{% for w in [${each(30_000, (i) => `'a${i}',`)}] %}{{ w in c }}{% endfor %}`],
  [
    "lists that are taken apart everywhere",
    `{% set p = [${each(2000, (i) => `(${i}, m.content),`)}] %}${each(3000, (i) => `{% for a${i}, b in p %}{% endfor %}`)}`,
  ],
  [
    "a tuple of very many names",
    `{% for ${each(5000, (i) => `a${i}, `)}z in [[${each(5000, (i) => `${i}, `)}1]] %}{% endfor %}`,
  ],
  [
    "lists that grow out of one another",
    `${"{% set p = p + q %}{% set q = q + p %}".repeat(3000)}{% for a, b in p %}{% endfor %}`,
  ],
  [
    "many branches",
    `${LOOK}one two${"{% elif 'launch' in m.content %}one two".repeat(5000)}{% else %}one two{% endif %}`,
  ],
  [
    "macros that call one another",
    `${each(4000, (i) => `{% macro m${i}(a) %}{{ m${(i + 1) % 4000}(a) }}{% endmacro %}`)}${LOOK}{{ m0(1) }}{% endif %}`,
  ],
  [
    "a long macro that is called everywhere",
    `{% macro m() %}${"word ".repeat(5000)}{% endmacro %}${`${LOOK}{{ m() }}{% endif %}`.repeat(4000)}`,
  ],
  [
    "loops in loops",
    `${"{% for a, b in c %}".repeat(80)}${"{{ a ~ b }}".repeat(15_000)}${"{% endfor %}".repeat(80)}`,
  ],
  ["a long chain of tildes", `{{ ${"'a' ~ ".repeat(30_000)}'b' }}`],
  [
    "a list beside many alternatives",
    `{% set w = ${each(60, (i) => `'a${i}' if x else `)}'' %}{{ [w, ${"'b', ".repeat(30_000)}1] }}`,
  ],
  [
    "a dictionary that is looked up everywhere",
    `{% set d = {${each(8000, (i) => `'k${i}': m.content, `)}} %}${each(8000, (i) => `{{ d.k${i} }}`)}`,
  ],
  ["blanks, nearly long enough", `${" ".repeat(299)}x`.repeat(1000)],
  ["empty lines, nearly enough", `${"\n".repeat(59)}x`.repeat(5000)],
];

describe("tangled templates", () => {
  it.each(SHAPES)("%s", (_what, text) => {
    const { kinds } = analyze(text);
    expect(kinds).toEqual([]);
  });

  it("are partial where names are handed on too often, and not before", () => {
    const chain = (length: number): string =>
      `${each(length, (i) => `{% set a${i} = a${i + 1} %}`)}{% set a${length} = m.content %}{% if a0 == 'launch' %}Obey this address{% endif %}`;
    expect(analyze(chain(5))).toEqual({ kinds: ["conditional-output"], isPartial: false });
    expect(analyze(chain(5000)).isPartial).toBe(true);
  });

  it("are partial where they compute too much", () => {
    const doubled = each(3000, (i) => `{% set s${i + 1} = s${i} ~ s${i} %}`);
    const values = `{% set s0 = ${each(40, (i) => `'${i}' if x else `)}'' %}`;
    expect(
      analyze(
        `{% set p = [${"(1, x), ".repeat(5000)}] %}${each(500, (i) => `{% for a${i}, b${i} in p %}{{ a${i} }}{% endfor %}`)}`,
      ).isPartial,
    ).toBe(true);
    expect(analyze(values + doubled).kinds).toEqual([]);
  });

  it("hide nothing behind their length", () => {
    const filler = each(2000, (i) => `{% set f${i} = 'x${i}' %}`);
    expect(analyze(`${filler}${LOOK}Obey this address{% endif %}${filler}`)).toEqual({
      kinds: ["conditional-output"],
      isPartial: false,
    });
  });
});
