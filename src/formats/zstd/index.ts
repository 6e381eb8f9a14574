/** Zstandard (RFC 8878): frames and skippable frames. */

import { Reader } from "../../bytes/reader.ts";
import { readFrame } from "../../codecs/zstd/frame.ts";
import { compressedRules } from "../compressed-rules.ts";
import { compressedParser } from "../compressed-parser.ts";
import { defineFormat } from "../format.ts";
import type { Match } from "../format.ts";

const SEEKABLE = 0x8f92eab1;
const SEEK_FOOTER = 9;
const HAS_CHECKSUMS = 0x80;

export const zstd = defineFormat({
  id: "zstd",
  title: "Zstandard",
  revision: 1,
  specification: [
    {
      title: "RFC 8878: Zstandard Compression and the 'application/zstd' Media Type",
      url: "https://www.rfc-editor.org/rfc/rfc8878",
    },
    {
      title: "Zstandard Seekable Format, version 0.1.0",
      url: "https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md",
    },
  ],
  extensions: [".zst", ".tzst"],
  detect,
  parse: compressedParser(async () => ({
    title: "Zstandard",
    decode: (await import("../../codecs/zstd/unzstd.ts")).unzstd,
    isKnownSkipped: isSeekTable,
  })),
  rules: compressedRules,
});

/** LZ4 has the same skippable frames: what follows them decides. */
function detect(head: Uint8Array): Match {
  for (let at = 0; at < head.length;) {
    const frame = readFrame(head.subarray(at));
    if (frame === "none") {
      return "none";
    }
    if (typeof frame === "string") {
      return "likely";
    }
    if (frame.kind === "zstd") {
      return "certain";
    }
    at += frame.headerSize + frame.size;
  }
  return head.length === 0 ? "none" : "possible";
}

/** Sizes of all frames, which seekable files end with. */
function isSeekTable(bytes: Uint8Array): boolean {
  const footer = new Reader(bytes, bytes.length - SEEK_FOOTER);
  if (bytes.length < SEEK_FOOTER) {
    return false;
  }
  const frames = footer.u32();
  const descriptor = footer.u8();
  const entry = (descriptor & HAS_CHECKSUMS) === 0 ? 8 : 12;
  return footer.u32() === SEEKABLE && frames * entry + SEEK_FOOTER === bytes.length;
}
