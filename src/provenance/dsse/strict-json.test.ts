import { describe, expect, it } from "vitest";

import { parseStrictJson } from "./strict-json.ts";

function parse(text: string | Uint8Array): unknown {
  const result = parseStrictJson(Buffer.from(text));
  return result.kind === "value" ? result.value : result.detail;
}

describe("strict JSON", () => {
  it.each(["{}", "[]", "0", '"a"', '{"a":[{"b":null},true,-1.5e3],"c":{}}', '[{"a":1},{"a":2}]'])(
    "reads %s as everybody does",
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text));
    },
  );

  it.each([
    ['{"a":1,"a":1}', 'the key "a" is there twice'],
    ['{"a":1,"\\u0061":2}', 'the key "a" is there twice'],
    ['{"x":[{"b":{"c":1,"d":2,"c":3}}]}', 'the key "c" is there twice'],
    ["", "it is empty"],
    ["{} {}", "something follows"],
    ['{"a":1', "too early"],
    ["[1,]", "not a value"],
    ["NaN", "not a value"],
    ['"\\ud800"', "surrogate"],
    ["1e999", "range of a double"],
    [`${"[".repeat(200)}${"]".repeat(200)}`, "deep"],
    [Uint8Array.of(0x22, 0xff, 0x22), "not UTF-8"],
    [`\ufeff{}`, "not a value"],
  ])("refuses %j", (text, detail) => {
    expect(parse(text)).toContain(detail);
  });

  it("gives names that objects have from birth as they are", () => {
    expect(Object.keys(parse('{"__proto__":1,"constructor":2}') as object)).toEqual([
      "__proto__",
      "constructor",
    ]);
  });
});
