/** A gigabyte of safetensors against hashing it alone, as whole processes. */

import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { entry, rawSafetensors } from "../test/builders/safetensors.ts";
import { Random } from "../test/fuzz/random.ts";
import type { Bench } from "./bench.ts";
import { measure, runNode, seconds } from "./measure.ts";

const HASH = fileURLToPath(new URL("hash.ts", import.meta.url));
const TENSORS = 256;
const TENSOR_BYTES = 4 * 1024 * 1024;

/** Tensors of random bytes, which nothing can take for something else by luck of being zeros. */
function write(path: string): void {
  const entries = Array.from({ length: TENSORS }, (_, index) =>
    entry(`layer.${index}.weight`, index * TENSOR_BYTES, (index + 1) * TENSOR_BYTES, {
      dtype: "F16",
      shape: [TENSOR_BYTES / 2],
    }),
  );
  const random = new Random(11);
  const tensor = Buffer.from(
    Uint32Array.from({ length: TENSOR_BYTES / 4 }, () => random.int(2 ** 32)).buffer,
  );
  const file = openSync(path, "w");
  writeSync(file, rawSafetensors(`{${entries.join(",")}}`));
  for (let index = 0; index < TENSORS; index += 1) {
    writeSync(file, tensor);
  }
  closeSync(file);
}

export const largeSafetensors: Bench = {
  name: "large-safetensors",
  async run({ folder, program, runs }) {
    const path = join(folder, "large.safetensors");
    write(path);
    const [scan, hash] = await measure(
      runs,
      () => runNode([program, "scan", path]),
      () => runNode([HASH, path]),
    );
    return scan === undefined || hash === undefined
      ? []
      : [
          {
            work: "1 GB safetensors, with its SHA-256",
            measured: `${seconds(scan.cpu)} of processor, ${seconds(scan.wall)}`,
            reference: `hashing alone ${seconds(hash.cpu)}, ${seconds(hash.wall)}`,
            value: scan.cpu / hash.cpu,
            target: { kind: "at most", value: 1.2, unit: "x" },
            spread: scan.spread,
          },
        ];
  },
};
