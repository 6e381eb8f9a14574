/**
 * Asks the torch version that the simulation follows, where `python3` has it: the only thing that is
 * ever loaded for real, only what tests built, and only under `weights_only`.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { inflateRawSync } from "node:zlib";

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { readRange } from "../../src/bytes/read.ts";
import { TORCH_VERSION } from "../../src/machines/pickle/weights-only/torch-version.ts";
import type { Inflate } from "../../src/machines/pickle/weights-only/miniz-archive.ts";

const FIND = `
import importlib.metadata as m, sys
sys.exit(0 if m.version("torch").split("+")[0] == "${TORCH_VERSION}" else 1)`;

const LOAD = `
import sys, warnings
warnings.simplefilter("ignore")
import torch
for path in sys.argv[1:]:
    try:
        torch.load(path, weights_only=True)
        print("accepted")
    except Exception:
        print("rejected")`;

/** Whether there is that torch. */
export const hasTorch = spawnSync("python3", ["-c", FIND]).status === 0;

/** What `torch.load(path, weights_only=True)` says of each file: `accepted` or `rejected`. */
export function askTorch(files: readonly Uint8Array[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-torch-"));
  try {
    const paths = files.map((bytes, index) => {
      const path = join(folder, `${index}.pt`);
      writeFileSync(path, bytes);
      return path;
    });
    const { stdout } = spawnSync("python3", ["-W", "ignore", "-c", LOAD, ...paths], {
      encoding: "utf8",
    });
    return stdout.trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the simulation asks for deflated records. */
export const inflate: Inflate = (compressed, size) => {
  try {
    const bytes = inflateRawSync(readRange(compressed, 0, compressed.size));
    return Promise.resolve(bytes.length === size ? new MemorySource(bytes, "inflated") : undefined);
  } catch {
    return Promise.resolve(undefined);
  }
};
