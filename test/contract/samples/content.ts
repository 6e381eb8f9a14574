/** Content that is only named, and git-LFS pointers. */

import { BINARY_SAMPLES } from "../../builders/content.ts";
import type { Sample } from "../sample.ts";

function binary(kind: string): Buffer {
  return BINARY_SAMPLES.find((sample) => sample.kind === kind)?.bytes ?? Buffer.alloc(0);
}

export const contentSamples: readonly Sample[] = [
  { name: "empty.bin", format: "content", bytes: Buffer.alloc(0), verdict: "clean" },
  {
    name: "program.bin",
    format: "content",
    bytes: binary("elf"),
    verdict: "unknown",
    fires: ["content/executable"],
  },
  { name: "picture.png", format: "content", bytes: binary("png"), verdict: "unknown" },
  {
    name: "script.sh",
    format: "content",
    bytes: Buffer.from("#!/bin/sh\ntouch wb_canary\n"),
    verdict: "unknown",
    fires: ["content/script"],
  },
  {
    name: "config.json",
    format: "content",
    bytes: Buffer.from('{"architectures": ["BertModel"], "hidden_size": 8}\n'),
    verdict: "unknown",
  },
];

const OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";

export const lfsPointerSamples: readonly Sample[] = [
  {
    name: "pointer.bin",
    format: "lfs-pointer",
    bytes: Buffer.from(
      `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\nsize 437955512\n`,
    ),
    verdict: "incomplete",
    fires: ["lfs/pointer"],
  },
];
