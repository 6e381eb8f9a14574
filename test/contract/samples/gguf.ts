/** GGUF files: sound ones of all versions and byte orders, and one for each thing that rules look for. */

import { buildGguf } from "../../builders/gguf.ts";
import type { GgufSpec } from "../../builders/gguf.ts";
import { pickle } from "../../builders/pickle.ts";
import type { Sample } from "../sample.ts";

const entries: GgufSpec["entries"] = [
  ["general.architecture", ["string", "llama"]],
  ["general.name", ["string", "a small llama"]],
  ["general.file_type", ["u32", 15]],
  ["llama.rope.freq_base", ["f32", 10_000]],
  ["tokenizer.ggml.tokens", ["array", "string", ["<s>", "</s>", "a", "b"]]],
  ["tokenizer.ggml.scores", ["array", "f32", [0, 0, -1, -2]]],
];
const tensors: GgufSpec["tensors"] = [
  { name: "token_embd.weight", dimensions: [32, 4], type: "Q8_0" },
  { name: "output_norm.weight", dimensions: [5] },
  { name: "output.weight", dimensions: [256, 1], type: "Q4_K" },
];
const payload = pickle().proto(4).call("os", "system", "touch wb_canary").done();

function sample(
  name: string,
  spec: GgufSpec,
  more: Omit<Sample, "name" | "format" | "bytes">,
): Sample {
  return { name: `${name}.gguf`, format: "gguf", bytes: buildGguf(spec).bytes, ...more };
}

function sound(name: string, spec: GgufSpec): Sample {
  const { bytes, boundaries } = buildGguf(spec);
  // The data of the last tensor may end in front of its padding.
  const whole = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return {
    name: `${name}.gguf`,
    format: "gguf",
    bytes,
    boundaries,
    verdict: "clean",
    wholeAt: (cut) => (spec.tensors ?? []).length > 0 && cut >= whole,
  };
}

export const ggufSamples: readonly Sample[] = [
  sound("sound", { entries, tensors }),
  sound("version-2", { version: 2, entries, tensors }),
  sound("version-1", { version: 1, entries, tensors }),
  sound("big-endian", { bigEndian: true, alignment: 64, entries, tensors }),
  sound("vocabulary", { entries }),
  sound("nested", {
    entries: [
      [
        "nested",
        [
          "arrays",
          [
            ["array", "u16", [1, 2]],
            ["arrays", [["array", "string", ["x"]]]],
          ],
        ],
      ],
    ],
  }),
  sample(
    "template",
    {
      entries: [
        [
          "tokenizer.chat_template",
          ["string", "{% for m in messages %}{{ m.content }}{% endfor %}"],
        ],
      ],
    },
    { verdict: "clean", boundaries: [] },
  ),
  sample("later-version", { version: 4, entries, tensors }, { verdict: "incomplete" }),
  sample(
    "duplicate-key",
    { entries: [...entries, ["general.name", ["string", "another"]]], tensors },
    { verdict: "suspicious", fires: ["gguf/duplicate-key"] },
  ),
  sample(
    "duplicate-tensor",
    { entries, tensors: [...tensors, { name: "output.weight\0", dimensions: [8] }] },
    { verdict: "suspicious", fires: ["gguf/duplicate-tensor"] },
  ),
  sample(
    "overlap",
    { entries, tensors: [...tensors, { name: "one.more", dimensions: [8], offset: 0 }] },
    { verdict: "suspicious", fires: ["gguf/overlapping-tensors"] },
  ),
  sample(
    "overflow",
    {
      entries,
      tensors: [{ name: "huge", dimensions: [2n ** 62n, 4n], data: Buffer.alloc(64, 1) }],
    },
    { verdict: "suspicious", fires: ["gguf/overflow"] },
  ),
  sample(
    "cut",
    { entries, tensors: [{ name: "a", dimensions: [64], data: Buffer.alloc(32, 1) }] },
    { verdict: "incomplete", fires: ["gguf/missing-data"] },
  ),
  sample(
    "alignment",
    { entries: [["general.alignment", ["u32", 0]]], tensors },
    { verdict: "suspicious", fires: ["gguf/division-by-zero"] },
  ),
  sample(
    "no-elements",
    { entries, tensors: [...tensors, { name: "none", dimensions: [4, 0] }] },
    { verdict: "clean", fires: ["gguf/division-by-zero"] },
  ),
  sample(
    "padding",
    { entries, tensors, padding: 0x55 },
    { verdict: "unknown", fires: ["gguf/hidden-data"] },
  ),
  sample(
    "behind",
    { entries, tensors, trailing: payload },
    { verdict: "malicious", fires: ["gguf/hidden-data", "pickle/dangerous-call"] },
  ),
  sample(
    "behind-damage",
    { entries, entryCount: 7, tensors, trailing: Buffer.concat([Buffer.alloc(40), payload]) },
    { verdict: "malicious", fires: ["pickle/dangerous-call"] },
  ),
  sample(
    "literal",
    { entries: [["general.description", ["string", payload.toString("base64")]]] },
    { verdict: "malicious", fires: ["pickle/dangerous-call"] },
  ),
];
