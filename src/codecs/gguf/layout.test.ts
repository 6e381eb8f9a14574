import { describe, expect, it } from "vitest";

import { buildGguf } from "../../../test/builders/gguf.ts";
import type { GgufSpec, GgufTensorSpec } from "../../../test/builders/gguf.ts";
import { Governor } from "../../bytes/governor.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { layOut } from "./layout.ts";
import type { GgufLayout } from "./layout.ts";
import { readGguf } from "./read-gguf.ts";

/** Lays out what is built; gaps are told from the start of the data. */
function lay(spec: GgufSpec, cut = 0) {
  const { bytes, dataStart } = buildGguf(spec);
  const source = new MemorySource(bytes.subarray(0, bytes.length - cut), "model");
  const layout: GgufLayout = layOut(readGguf(source, new Governor())!, source.size);
  return {
    dataStart: layout.dataStart - dataStart,
    placed: layout.placed.map(({ tensor, start, end }) => [
      tensor.name,
      start - dataStart,
      end - dataStart,
    ]),
    overlaps: layout.overlaps.map((pair) => pair.map(({ tensor }) => tensor.name)),
    gaps: layout.gaps
      .filter(({ start }) => start >= dataStart)
      .map(({ start, end, where }) => [where, start - dataStart, end - dataStart]),
    problems: layout.problems.map(({ kind, message }) => `${kind}: ${message}`),
    overflows: layout.overflows.map(({ advisory }) => advisory),
  };
}

/** Tensors of ten floats, which take 40 bytes of 64. */
const ten = (name: string, more: Partial<GgufTensorSpec> = {}): GgufTensorSpec => ({
  name,
  dimensions: [10],
  ...more,
});

const SOUND = { dataStart: 0, overlaps: [], problems: [], overflows: [] };

describe("layOut", () => {
  it("places tensors one after the other, with padding between", () => {
    expect(lay({ tensors: [ten("a"), ten("b")] })).toEqual({
      ...SOUND,
      placed: [
        ["a", 0, 40],
        ["b", 64, 104],
      ],
      gaps: [
        ["padding", 40, 64],
        ["padding", 104, 128],
      ],
    });
  });

  it("takes tensors without elements", () => {
    expect(lay({ tensors: [ten("none", { dimensions: [0, 4] }), ten("a")] })).toMatchObject({
      ...SOUND,
      placed: [
        ["none", 0, 0],
        ["a", 0, 40],
      ],
    });
  });

  it("tells bytes between tensors and behind them", () => {
    const layout = lay({
      alignment: 8,
      tensors: [ten("a"), { ...ten("b", { offset: 80 }), data: Buffer.alloc(80, 1) }],
      trailing: Buffer.from("behind"),
    });
    expect(layout.gaps).toEqual([
      ["between", 40, 80],
      ["behind", 120, 126],
    ]);
    expect(layout.problems).toEqual([
      'damaged: tensor "b" is at offset 80, where readers expect 40',
    ]);
  });

  it("tells offsets between two multiples of the alignment", () => {
    expect(lay({ tensors: [ten("a"), ten("b", { offset: 68 })] }).problems).toEqual([
      'damaged: tensor "b" is at offset 68, no multiple of 32',
    ]);
  });

  it("tells tensors that share bytes", () => {
    const layout = lay({ tensors: [ten("a"), ten("b", { offset: 32 }), ten("c", { offset: 0 })] });
    expect(layout.overlaps).toEqual([
      ["a", "c"],
      ["a", "b"],
    ]);
    expect(layout.problems).toHaveLength(2);
  });

  it("tells data that is cut off, and padding that is", () => {
    expect(lay({ tensors: [ten("a"), ten("b")] }, 25).problems).toEqual([
      'truncated: tensor "b" needs 40 bytes and 39 are there',
    ]);
    expect(lay({ tensors: [ten("a"), ten("b")] }, 1).problems).toEqual([
      "deviation: the padding behind the last tensor is not there",
    ]);
    expect(lay({ tensors: [{ name: "a", dimensions: [0] }], alignment: 4096 }, 1).problems).toEqual(
      [
        'truncated: tensor "a" needs 0 bytes and 0 are there',
        "truncated: the file ends in front of its data",
      ],
    );
  });

  it("tells sums that wrap around, though each size does not", () => {
    const huge = { dimensions: [2n ** 60n], type: "F32", data: Buffer.alloc(32, 1) };
    const layout = lay({
      tensors: [
        { name: "a", ...huge },
        { name: "b", ...huge },
      ],
    });
    expect(layout.overflows).toEqual(["CVE-2025-53630"]);
  });

  it("says nothing of gaps where a tensor's size is not known", () => {
    const layout = lay({ tensors: [ten("a"), ten("b", { type: 200 }), ten("c")] });
    expect(layout.gaps).toEqual([]);
    expect(layout.placed.map(([name]) => name)).toEqual(["a", "c"]);
  });
});
