/** What the `gguf` package of llama.cpp's project sees in GGUF files, where Python has it. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

import { Governor } from "../../src/bytes/governor.ts";
import { MemorySource } from "../../src/bytes/memory-source.ts";
import { layOut } from "../../src/codecs/gguf/layout.ts";
import { readGguf } from "../../src/codecs/gguf/read-gguf.ts";
import { TENSOR_TYPES } from "../../src/codecs/gguf/tensor-types.ts";
import { buildGguf } from "../builders/gguf.ts";
import { scanBytes } from "../scan-bytes.ts";

const PROGRAM = fileURLToPath(new URL("gguf.py", import.meta.url));

interface Seen {
  readonly keys: readonly string[];
  /** Name, type, dimensions with the innermost first, offset in the file, bytes. */
  readonly tensors: readonly (readonly [string, string, number[], number, number])[];
}

function ask(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync("python3", ["-I", PROGRAM, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the oracle fails: ${stderr}`);
  return stdout.trim();
}

function readAll(paths: readonly string[]): (Seen | null)[] {
  return ask("read", ...paths)
    .split("\n")
    .map((line) => JSON.parse(line) as Seen | null);
}

function seenByUs(bytes: Uint8Array): Seen {
  const front = readGguf(new MemorySource(bytes, "model"), new Governor())!;
  expect(front.whole).toBe(true);
  const { placed } = layOut(front, bytes.length);
  return {
    keys: front.entries.map(({ key }) => key),
    tensors: placed.map(({ tensor, start, end }) => [
      tensor.name,
      tensor.type,
      [...tensor.dimensions],
      start,
      end - start,
    ]),
  };
}

const hasGguf = spawnSync("python3", ["-I", "-c", "import gguf"]).status === 0;

describe.skipIf(!hasGguf)("the gguf package", () => {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-gguf-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("has the same blocks for every tensor type", () => {
    const types = JSON.parse(ask("types")) as Record<string, [number, number, number]>;
    expect(Object.keys(types).length).toBeGreaterThan(25);
    for (const [name, [id, block, size]] of Object.entries(types)) {
      // ggml's Q8_1 has had two halves in front of its numbers since they were floats; the package has not.
      if (name === "Q8_1") continue;
      expect(TENSOR_TYPES.get(id), name).toEqual({ name, block, size });
    }
  });

  it("writes what we read the same, and find nothing wrong with", async () => {
    const paths = ask("write", folder)
      .split("\n")
      .map((name) => join(folder, name));
    expect(paths).toHaveLength(8);
    const theirs = readAll(paths);
    for (const [index, path] of paths.entries()) {
      const bytes = readFileSync(path);
      expect(seenByUs(bytes), path).toEqual(theirs[index]);
      const report = await scanBytes(bytes, path);
      expect(report.findings, path).toEqual([]);
      // What they nest is told as a deviation; templates are nobody's yet.
      expect(report.issues.filter(({ kind }) => kind !== "deviation")).toEqual([]);
      expect(report.coverage.unaccounted).toBe(0);
      expect(report.children.every(({ path: name }) => name.includes("chat_template"))).toBe(true);
    }
  });

  it("reads what we build", () => {
    const built = [false, true].map((bigEndian) => {
      const path = join(folder, `built-${bigEndian}.gguf`);
      const { bytes } = buildGguf({
        bigEndian,
        alignment: 64,
        entries: [
          ["general.architecture", ["string", "llama"]],
          ["tokenizer.ggml.tokens", ["array", "string", ["a", "", "c"]]],
          ["test.i64", ["i64", -5]],
        ],
        tensors: [
          { name: "a", dimensions: [256, 3], type: "Q6_K" },
          { name: "b", dimensions: [7, 2, 2] },
        ],
      });
      writeFileSync(path, bytes);
      return { path, bytes };
    });
    const theirs = readAll(built.map(({ path }) => path));
    for (const [index, { bytes, path }] of built.entries()) {
      expect(seenByUs(bytes), path).toEqual(theirs[index]);
    }
  });
});
