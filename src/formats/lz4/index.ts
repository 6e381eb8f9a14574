/** LZ4 frames. joblib writes them for `compress="lz4"`. */

import { readFrame } from "../../codecs/lz4/frame.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
import { defineFormat } from "../format.ts";
import type { Match } from "../format.ts";

export const lz4 = defineFormat({
  id: "lz4",
  title: "LZ4",
  revision: 1,
  specification: [
    {
      title: "LZ4 Frame Format Description, version 1.6.4",
      url: "https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md",
    },
    {
      title: "LZ4 Block Format Description",
      url: "https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md",
    },
  ],
  extensions: [".lz4"],
  detect,
  parse: compressedParser(async () => ({
    title: "LZ4",
    decode: (await import("../../codecs/lz4/unlz4.ts")).unlz4,
  })),
  rules: compressedRules,
});

/** Skippable frames alone are left to Zstandard, which has the same. */
function detect(head: Uint8Array): Match {
  for (let at = 0; at < head.length;) {
    const frame = readFrame(head.subarray(at));
    if (frame === undefined) {
      return "none";
    }
    if (frame.kind === "skippable") {
      at += frame.headerSize + frame.size;
    } else {
      return frame.kind === "frame" ? "certain" : "likely";
    }
  }
  return "none";
}
