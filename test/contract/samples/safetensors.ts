/** Safetensors files: sound ones, and one for everything that a rule fires on. */

import { pickle } from "../../builders/pickle.ts";
import { dataStart, entry, rawSafetensors, safetensors } from "../../builders/safetensors.ts";
import type { Sample } from "../sample.ts";

const sound = safetensors(
  [
    { name: "layer.0.weight", dtype: "F32", shape: [2, 3], data: Buffer.alloc(24, 7) },
    { name: "layer.0.größe", dtype: "BF16", shape: [4], data: Buffer.alloc(8, 3) },
    { name: "empty", dtype: "I64", shape: [0, 5], data: Buffer.alloc(0) },
    { name: "scalar", dtype: "F8_E4M3", shape: [], data: Buffer.alloc(1, 1) },
    { name: "packed", dtype: "F4", shape: [6], data: Buffer.alloc(3, 2) },
  ],
  { format: "pt", note: 'trained on "words"' },
);
const data = dataStart(sound);
const none = rawSafetensors("{}      ");
const four = Buffer.alloc(4, 1);

const payload = pickle().proto(2).call("os", "system", "touch wb_canary").done();
const script =
  "#!/bin/sh\nset -e\nexport NAME=x\nif [ -e wb_canary ]; then\n  exit 0\nfi\ntouch wb_canary\n";

export const safetensorsSamples: readonly Sample[] = [
  {
    name: "sound.safetensors",
    format: "safetensors",
    bytes: sound,
    verdict: "clean",
    boundaries: [8, data, data + 24, data + 32, data + 33, sound.length],
  },
  {
    name: "no-tensors.safetensors",
    format: "safetensors",
    bytes: none,
    verdict: "clean",
    boundaries: [8, none.length],
  },
  {
    name: "twice.safetensors",
    format: "safetensors",
    bytes: rawSafetensors(
      `{${entry("a", 0, 2)},"\\u0061":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`,
      four,
    ),
    verdict: "suspicious",
    fires: ["safetensors/duplicate-key"],
  },
  {
    name: "gap.safetensors",
    format: "safetensors",
    bytes: rawSafetensors(
      `{${entry("a", 0, 2)},${entry("b", 2 + payload.length, 4 + payload.length)}}`,
      Buffer.concat([Buffer.alloc(2), payload, Buffer.alloc(2)]),
    ),
    verdict: "malicious",
    fires: ["safetensors/hidden-data", "pickle/dangerous-call"],
  },
  {
    name: "tail.safetensors",
    format: "safetensors",
    bytes: Buffer.concat([sound, Buffer.from("more than there should be")]),
    verdict: "suspicious",
    fires: ["safetensors/hidden-data"],
  },
  {
    name: "huge.safetensors",
    format: "safetensors",
    bytes: rawSafetensors(`{${entry("a", 0, 4)}}`, four, 2n ** 40n),
    verdict: "suspicious",
    fires: ["safetensors/oversized-header"],
  },
  {
    name: "deep.safetensors",
    format: "safetensors",
    bytes: rawSafetensors(
      `{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":${"[".repeat(200)}${"]".repeat(200)}}}`,
      four,
    ),
    verdict: "suspicious",
    fires: ["safetensors/oversized-header", "safetensors/odd-header"],
  },
  {
    name: "list.safetensors",
    format: "safetensors",
    bytes: rawSafetensors('{"a":["U8",[4],[0,4]]}', four),
    verdict: "suspicious",
    fires: ["safetensors/odd-header"],
  },
  {
    name: "script.safetensors",
    format: "safetensors",
    bytes: safetensors([{ name: "a", shape: [4], data: four }], { after_load: script }),
    verdict: "unknown",
    fires: ["safetensors/script-in-metadata"],
  },
  {
    name: "encoded.safetensors",
    format: "safetensors",
    bytes: safetensors([{ name: "a", shape: [4], data: four }], {
      state: payload.toString("base64"),
    }),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
];
