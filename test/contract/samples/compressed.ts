/** Compressed streams, each around the same small pickle of data. */

import { deflateSync, gzipSync } from "node:zlib";

import { buildGzip, buildLz4, buildZstd } from "../../builders/compressed.ts";
import { pickle } from "../../builders/pickle.ts";
import { hostile } from "../../builders/pytorch.ts";
import type { Sample } from "../sample.ts";

const plain = pickle()
  .proto(4)
  .value(
    new Map<string, string | number>([
      ["layers", 3],
      ["name", "demo"],
    ]),
  )
  .done();

function decoded(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}

// `pickle.dumps({"layers": 3, "name": "demo"}, 4)` by Python's bz2 and lzma.
const bz2 = decoded(
  "QlpoOTFBWSZTWfZHbjIAAA914E0AAAEAQQAIJgeaIkAEBgAgACImjSYCaPRp6hQaNGgyA0QyKTExgMa/2+5rK68R7Viu4P2AKW6LuSKcKEh7I7cZAA==",
);
const xz = decoded(
  "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAogASVHgAAAAAAAAB9lCiMBmxheWVyc5RLA4wEbmFtZZSMBGRlbW+UdS4AAAAA4y7oKDsevRgAAUEpA1NWix+2830BAAAAAARZWg==",
);
const lzma = decoded(
  "XQAAgAD//////////wBAAQ5vO4+CzFaOBiepk/vYZJiE+RTRUdNXR9BSK0aUZkXmClRuNqPY///9vwAA",
);

function zfile(content: Uint8Array): Buffer {
  const size = `0x${content.length.toString(16)}`.padEnd(19, " ");
  return Buffer.concat([Buffer.from(`ZF${size}`, "latin1"), deflateSync(content)]);
}

/** Cut short; where that leaves nothing to tell the format by, with a wrong checksum. */
function wrong(format: string, bytes: Buffer): Buffer {
  if (format !== "zlib" && format !== "joblib-zfile") {
    return bytes.subarray(0, bytes.length - 2);
  }
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 0xff;
  return changed;
}

const soundPairs: readonly (readonly [format: string, extension: string, bytes: Buffer])[] = [
  ["gzip", "pkl.gz", buildGzip(plain)],
  ["zlib", "pkl.z", deflateSync(plain)],
  ["bzip2", "pkl.bz2", bz2],
  ["xz", "pkl.xz", xz],
  ["lzma", "pkl.lzma", lzma],
  ["lz4", "pkl.lz4", buildLz4([{ data: plain, stored: true }])],
  ["zstd", "pkl.zst", buildZstd([plain])],
  ["joblib-zfile", "joblib", zfile(plain)],
];

export const compressedSamples: readonly Sample[] = [
  ...soundPairs.flatMap(([format, extension, bytes]): Sample[] => [
    { name: `sound.${extension}`, format, bytes, verdict: "clean" },
    { name: `wrong.${extension}`, format, bytes: wrong(format, bytes), verdict: "incomplete" },
  ]),
  {
    name: "behind.pkl.gz",
    format: "gzip",
    bytes: Buffer.concat([buildGzip(plain), hostile()]),
    verdict: "malicious",
    fires: ["compressed/trailing-data"],
  },
  {
    name: "bomb.gz",
    format: "gzip",
    bytes: gzipSync(Buffer.alloc(80 * 1024 * 1024)),
    verdict: "unknown",
    fires: ["compressed/bomb"],
    heavy: true,
  },
];
