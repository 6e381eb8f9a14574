/** The header of a safetensors file with 10,000 tensors, read and checked, against `JSON.parse` of it alone. */

import { checkLayout } from "../src/codecs/safetensors/check-layout.ts";
import { readSafetensorsHeader } from "../src/codecs/safetensors/read-header.ts";
import type { Bench } from "./bench.ts";
import { median, seconds } from "./measure.ts";

const TENSORS = 10_000;
const ELEMENTS = 4096;
/** Runs that are not counted: both have to be compiled first. */
const WARM = 10;
/** A run takes milliseconds, so that more of them make a figure. */
const REPEATED = 5;

/** As the reference library writes it: the wider dtype first, names in order. */
function header(): { readonly bytes: Buffer; readonly size: number } {
  const members = ['"__metadata__":{"format":"pt"}'];
  let at = 0;
  for (const [dtype, width, suffix] of [
    ["F32", 4, "input_layernorm.weight"],
    ["BF16", 2, "self_attn.q_proj.weight"],
  ] as const) {
    for (let index = 0; index < TENSORS / 2; index += 1) {
      const name = `model.layers.${String(index).padStart(4, "0")}.${suffix}`;
      const end = at + ELEMENTS * width;
      members.push(`"${name}":{"dtype":"${dtype}","shape":[64,64],"data_offsets":[${at},${end}]}`);
      at = end;
    }
  }
  return { bytes: Buffer.from(`{${members.join(",")}}`), size: at };
}

export const safetensorsHeader: Bench = {
  name: "safetensors-header",
  run({ runs }) {
    const { bytes, size } = header();
    const ours: number[] = [];
    const reference: number[] = [];
    for (let run = 0; run < WARM + runs * REPEATED; run += 1) {
      const start = performance.now();
      const { tensors, problems } = readSafetensorsHeader(bytes, { entries: 2 * TENSORS });
      const layout = checkLayout(tensors, bytes.length, bytes.length + size);
      const between = performance.now();
      JSON.parse(bytes.toString());
      const end = performance.now();
      if (tensors.length !== TENSORS || problems.length + layout.problems.length > 0) {
        throw new Error("the header is not read");
      }
      if (run >= WARM) {
        ours.push((between - start) / 1000);
        reference.push((end - between) / 1000);
      }
    }
    return Promise.resolve([
      {
        work: `safetensors header with ${TENSORS} tensors, ${(bytes.length / 1e6).toFixed(1)} MB`,
        measured: seconds(median(ours)),
        reference: `JSON.parse ${seconds(median(reference))}`,
        value: median(reference) / median(ours),
        target: { kind: "at least", value: 0.7, unit: "x" },
      },
    ]);
  },
};
