/** A GGUF file with a vocabulary of 400,000 strings, against reading the same file and doing nothing with it. */

import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openFile } from "../src/bytes/file-source.ts";
import { Governor } from "../src/bytes/governor.ts";
import { gguf } from "../src/formats/gguf/index.ts";
import { NO_USER_NAMES } from "../src/machines/pickle/names/user-name.ts";
import { buildGguf } from "../test/builders/gguf.ts";
import { Random } from "../test/fuzz/random.ts";
import type { Bench, Row } from "./bench.ts";
import { median, seconds } from "./measure.ts";

const TOKENS = 200_000;
const MERGES = 200_000;
/** Times the file is worked on in one run: a single time is too short to measure. */
const TIMES = 20;
const WINDOW = 1024 * 1024;

/** Tokens and merges as long as those of real vocabularies, and as many scores and types as tokens. */
function vocabulary(): Buffer {
  const random = new Random(7);
  const word = (): string => "abcdefghijklmnopqrstuvwxyz".slice(0, random.between(2, 12));
  const numbers = Array.from({ length: TOKENS }, () => 1);
  return buildGguf({
    entries: [
      ["general.architecture", ["string", "llama"]],
      ["tokenizer.ggml.tokens", ["array", "string", Array.from({ length: TOKENS }, word)]],
      ["tokenizer.ggml.scores", ["array", "f32", numbers]],
      ["tokenizer.ggml.token_type", ["array", "i32", numbers]],
      [
        "tokenizer.ggml.merges",
        ["array", "string", Array.from({ length: MERGES }, () => `${word()} ${word()}`)],
      ],
    ],
    tensors: [{ name: "token_embd.weight", dimensions: [256, 64], type: "Q4_K" }],
  }).bytes;
}

/** Seconds of processor time for one time, in the median run; the first run does not count. */
async function timed(runs: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const start = process.cpuUsage();
    for (let time = 0; time < TIMES; time += 1) {
      await work();
    }
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1e6 / TIMES);
  }
  return median(times.slice(1));
}

function readAll(path: string): void {
  const source = openFile(path, path);
  const window = new Uint8Array(WINDOW);
  for (let at = 0; at < source.size; at += source.readIntoSync(window, at));
  source.close();
}

async function parse(path: string): Promise<void> {
  const source = openFile(path, path);
  const governor = new Governor();
  const context = { governor, name: path, role: "top", userNames: NO_USER_NAMES, quick: false };
  const { model, issues, ledger } = await gguf.parse(source, context);
  for (const rule of gguf.rules) {
    for (const { message } of rule.evaluate(model, { ...context, size: source.size })) {
      throw new Error(message);
    }
  }
  source.close();
  if (issues.length > 0 || ledger.gaps().length > 0) {
    throw new Error("the vocabulary was not understood");
  }
}

export const ggufStrings: Bench = {
  name: "gguf-strings",
  async run({ folder, runs }): Promise<Row[]> {
    const path = join(folder, "vocabulary.gguf");
    writeFileSync(path, vocabulary());
    const { size } = statSync(path);
    const reading = await timed(runs, () => readAll(path));
    const parsing = await timed(runs, () => parse(path));
    return [
      {
        work: "a GGUF file with 400,000 strings",
        measured: `${seconds(parsing)} for ${(size / 1e6).toFixed(1)} MB`,
        reference: `reading it: ${seconds(reading)}, so ${(parsing / reading).toFixed(1)} x`,
        value: size / parsing / 1e9,
        target: { kind: "at least", value: 1, unit: "GB/s" },
      },
    ];
  },
};
