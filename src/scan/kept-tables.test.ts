import { describe, expect, it } from "vitest";

import type { LocatedTables } from "../kernel/tables.ts";
import { tablesAsText, tablesOfText } from "./kept-tables.ts";

const names = { bytes: Buffer.from("a.b模"), ends: new Uint32Array([1, 6]) };
const TABLES: readonly LocatedTables[] = [
  {
    locator: "model.safetensors",
    tables: {
      tensors: {
        names: { ...names, bytes: new Uint8Array(names.bytes) },
        dtypes: ["F32", '{"u8":"AA=="}'],
        dtype: new Uint32Array([0, 1]),
        dimensions: new Float64Array([2 ** 40, 3]),
        shapeEnds: new Uint32Array([1, 2]),
        // A view that does not start where its memory does.
        ranges: new Float64Array([9, 0, 2 ** 52, 7, 8]).subarray(1),
      },
    },
  },
  {
    locator: "index.json",
    tables: {
      placements: {
        names: { bytes: new Uint8Array(), ends: new Uint32Array() },
        files: ["a"],
        file: new Uint32Array([0]),
      },
    },
  },
];

describe("tables as text", () => {
  it("come back as they were", () => {
    const text = tablesAsText(TABLES) ?? "";

    expect(tablesOfText(text)).toEqual(TABLES);
    expect(tablesOfText(tablesAsText([]) ?? "")).toEqual([]);
  });

  it("are not kept where they are large", () => {
    const [first] = TABLES;
    const bytes = new Uint8Array(256 * 1024);
    const large = { ...first?.tables.tensors, names: { ...names, bytes } };

    expect(
      tablesAsText([{ locator: "a", tables: { tensors: large } } as LocatedTables]),
    ).toBeUndefined();
  });

  it.each(["", "{", "{}", "null", '[{"u32":"AAA="}]'])("are nothing in %j", (text) => {
    expect(tablesOfText(text)).toBeUndefined();
  });
});
