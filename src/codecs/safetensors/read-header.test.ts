import { describe, expect, it } from "vitest";

import { entry } from "../../../test/builders/safetensors.ts";
import { readSafetensorsHeader } from "./read-header.ts";

const read = (text: string | Uint8Array, entries = 1000) =>
  readSafetensorsHeader(Buffer.from(text), { entries });

/** The entry of a tensor of four bytes, with a field in place of what it should be. */
const tensor = (fields: Readonly<Record<string, string>>) => {
  const all = { dtype: '"U8"', shape: "[4]", data_offsets: "[0,4]", ...fields };
  const members = Object.entries(all).map(([key, value]) => `"${key}":${value}`);
  return `{"t":{${members.join(",")}}}`;
};

describe("readSafetensorsHeader", () => {
  it("reads tensors and metadata with their places", () => {
    const text = `{"__metadata__":{"format":"pt","größe":"a\\nb"},${entry("layer.ß", 0, 4)}}   `;
    const header = read(text);
    expect(header).toMatchObject({ problems: [], oddities: [], duplicates: [], invalid: 0 });
    expect(header.understood).toBe(8 + Buffer.byteLength(text));
    expect(header.tensors).toMatchObject([
      {
        name: "layer.ß",
        at: 8 + Buffer.from(text).indexOf('"layer'),
        dtype: "U8",
        bits: 8,
        shape: [4],
        elements: 4,
        begin: 0,
        end: 4,
      },
    ]);
    expect(header.metadata.map((pair) => [pair.key, header.textOf(pair)])).toEqual([
      ["format", "pt"],
      ["größe", "a\nb"],
    ]);
  });

  it.each([
    ["no object", "[]", 0, "does not begin with {"],
    ["a byte order mark", "\ufeff{}", 0, "byte order mark"],
    ["bytes behind it", "{}\u0000", 2, "something follows the object"],
    ["a comma too many", `{${entry("a", 0, 4)},}`, 53, "not valid JSON"],
    ["metadata that is a list", '{"__metadata__":[]}', 1, "is not an object"],
    ["metadata that is a number", '{"__metadata__":{"a":1}}', 21, "is not a string"],
    ["metadata twice", '{"__metadata__":{},"__metadata__":{}}', 19, "stands twice"],
    ["a tensor that is null", '{"t":null}', 5, "is not an object"],
    ["an unknown dtype", tensor({ dtype: '"F5"' }), 14, "is not known"],
    ["a dtype that is a number", tensor({ dtype: "8" }), 14, "no valid dtype"],
    ["a fraction", tensor({ shape: "[4.0]" }), 27, "no valid shape"],
    ["an exponent", tensor({ shape: "[4e0]" }), 27, "no valid shape"],
    ["a negative number", tensor({ shape: "[-4]" }), 27, "no valid shape"],
    ["a number past 64 bits", tensor({ shape: "[18446744073709551616]" }), 27, "no valid shape"],
    ["one offset", tensor({ data_offsets: "[4]" }), 46, "no valid data_offsets"],
    ["three offsets", tensor({ data_offsets: "[0,4,4]" }), 46, "no valid data_offsets"],
    ["a missing field", '{"t":{"shape":[4],"data_offsets":[0,4]}}', 1, "lacks dtype"],
    ["a field twice", '{"t":{"dtype":"U8","\\u0064type":"U8"}}', 19, "twice"],
    ["half of a surrogate pair", '{"\\ud800":null}', 2, "half of a surrogate pair"],
    ["an escape that only looks like one", '{"\\U0061":null}', 2, "escape that does not exist"],
  ])("says where it refuses %s", (_, text, at, message) => {
    const [problem] = read(text).problems;
    expect(problem).toMatchObject({ kind: "damaged", offset: 8 + at });
    expect(problem?.message).toContain(message);
  });

  it("says where a header is cut, and where it is not UTF-8", () => {
    expect(read('{"t":{"dtype":').problems).toMatchObject([{ kind: "truncated", offset: 22 }]);
    expect(read(Buffer.from('{"\u00ff":{}}', "latin1")).problems[0]).toMatchObject({
      message: "the header is not UTF-8",
      offset: 10,
    });
  });

  it.each([
    ["leading-space", ` ${tensor({})}`],
    ["trailing-space", `${tensor({})}\n`],
    ["array-form", '{"t":["U8",[4],[0,4]]}'],
    ["dtype-form", tensor({ dtype: '{"U8":null}' })],
    ["extra-field", tensor({ more: '[{"a":null}]' })],
    ["metadata-null", `{"__metadata__":null,${entry("t", 0, 4)}}`],
    ["huge-dimension", tensor({ shape: "[0,9007199254740993]", data_offsets: "[0,0]" })],
    ["many-dimensions", tensor({ shape: `[4${",1".repeat(70)}]` })],
  ])("takes a header with %s, and says so", (kind, text) => {
    const header = read(text);
    expect(header.problems).toEqual([]);
    expect(header.tensors).toMatchObject([{ name: "t", dtype: "U8" }]);
    expect(header.oddities).toMatchObject([{ kind }]);
  });

  it("lets the last of two tensors of a name count, however it is written", () => {
    const second = '"\\u0061":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}';
    const text = `{${entry("a", 0, 4)},${entry("b", 4, 8)},${second}}`;
    const { tensors, duplicates, problems } = read(text);
    expect(problems).toEqual([]);
    expect(duplicates).toEqual([{ of: "tensor", name: "a", at: 8 + text.indexOf(second) }]);
    expect(tensors.map(({ name, dtype }) => [name, dtype])).toEqual([
      ["a", "I8"],
      ["b", "U8"],
    ]);
  });

  it("reads on behind an entry that is no tensor", () => {
    const { tensors, invalid } = read(`{"x":7,"y":{"dtype":[]},${entry("t", 0, 4)}}`);
    expect(tensors.map(({ name }) => name)).toEqual(["t"]);
    expect(invalid).toBe(2);
  });

  it("keeps long strings of fields that no reader looks at", () => {
    const hidden = "hidden words in a further field";
    const header = read(tensor({ more: `["short",{"key":"${hidden}"}]` }));
    expect(header.strayStrings.map((text) => header.textOf(text))).toEqual([hidden]);
  });

  it("stops at a budget, and says so once", () => {
    const text = `{${Array.from({ length: 20 }, (_, index) => entry(`t${index}`, 0, 0)).join(",")}}`;
    const header = read(text, 5);
    expect(header.tensors).toHaveLength(5);
    expect(header.problems).toMatchObject([{ kind: "limit" }]);
  });

  it("keeps few remarks of many", () => {
    const many = Array.from({ length: 1000 }, (_, index) => `"t${index}":{"x":1}`).join(",");
    const header = read(`{${many},${many}}`, 1e6);
    expect(header.problems.length).toBeLessThanOrEqual(64);
    expect(header.oddities.length).toBeLessThanOrEqual(64);
    expect(header.invalid).toBe(2000);
  });
});
